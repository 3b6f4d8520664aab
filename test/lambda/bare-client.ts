import { ExecuteStatementCommand, RDSDataClient } from '@aws-sdk/client-rds-data';

/** The least that a function behind the Data API can be: a client, and one command. */
export async function handler(): Promise<unknown> {
  const client = new RDSDataClient({});
  const { CLUSTER_ARN: resourceArn, SECRET_ARN: secretArn } = process.env;
  return client.send(new ExecuteStatementCommand({ resourceArn, secretArn, sql: 'SELECT 1' }));
}
