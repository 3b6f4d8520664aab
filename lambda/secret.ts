import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';

/**
 * The text of a secret. Loaded only when it is needed: what the cluster's construct knows makes it superfluous. Given up within a minute: the
 * SDK by itself waits for as long as the other side keeps silent.
 */
export async function readSecret(secretArn: string): Promise<string> {
  const client = new SecretsManagerClient({
    maxAttempts: 3,
    requestHandler: { connectionTimeout: 5_000, socketTimeout: 10_000 },
  });
  const { SecretString } = await client.send(new GetSecretValueCommand({ SecretId: secretArn }));
  return SecretString ?? '';
}
