import type { Engine } from './backend.ts';
import { ServiceError } from './service-error.ts';

export interface Secret {
  readonly arn: string;
  readonly database: string;
  readonly without: readonly string[];
}

/** Secrets Manager's GetSecretValue. https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_GetSecretValue.html */
export function getSecretValue(secret: Secret, engine: Engine, body: Readonly<Record<string, unknown>>): string {
  if (body.SecretId !== secret.arn && body.SecretId !== nameOf(secret.arn)) {
    throw new ServiceError('ResourceNotFoundException', 400, "Secrets Manager can't find the specified secret.");
  }
  const members = Object.entries({
    username: engine.username,
    password: engine.password,
    engine: engine.name === 'postgresql' ? 'postgres' : 'mysql',
    host: engine.host,
    port: engine.port,
    dbname: secret.database,
  }).filter(([name]) => !secret.without.includes(name));
  return JSON.stringify({
    ARN: secret.arn,
    Name: nameOf(secret.arn),
    VersionId: '00000000-0000-4000-8000-000000000000',
    SecretString: JSON.stringify(Object.fromEntries(members)),
    VersionStages: ['AWSCURRENT'],
    CreatedDate: 1_700_000_000,
  });
}

/** `arn:aws:secretsmanager:region:account:secret:name-6chars` */
function nameOf(arn: string): string {
  return arn.split(':').at(-1)?.slice(0, -7) ?? '';
}
