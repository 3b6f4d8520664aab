import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { expect, test } from 'vitest';
import { freshLocal } from '../support/postgresql.ts';

test('GetSecretValue', async () => {
  await using local = await freshLocal();
  const secrets = new SecretsManagerClient({
    endpoint: local.endpoint,
    region: local.region,
    credentials: { ...local.credentials },
  });
  const { ARN, SecretString } = await secrets.send(new GetSecretValueCommand({ SecretId: local.secretArn }));
  const { hostname, port, password } = new URL(local.postgresUrl);
  expect(ARN).toBe(local.secretArn);
  expect(JSON.parse(SecretString ?? '')).toEqual({
    username: 'postgres',
    password,
    engine: 'postgres',
    host: hostname,
    port: Number(port),
    dbname: local.database,
  });
  const other = secrets.send(new GetSecretValueCommand({ SecretId: 'other' }));
  await expect(other).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
  secrets.destroy();
});

test('a secret that no cluster made', async () => {
  await using local = await freshLocal({ secretWithout: ['dbname', 'engine'] });
  const secrets = new SecretsManagerClient({
    endpoint: local.endpoint,
    region: local.region,
    credentials: { ...local.credentials },
  });
  const { SecretString } = await secrets.send(new GetSecretValueCommand({ SecretId: local.secretArn }));
  expect(Object.keys(JSON.parse(SecretString ?? ''))).toEqual(['username', 'password', 'host', 'port']);
  secrets.destroy();
});
