import { ExecuteStatementCommand, RDSDataClient } from '@aws-sdk/client-rds-data';

/** The client, and the one call that a deploy with nothing to do costs. */
const client = new RDSDataClient({});

export async function handler(): Promise<void> {
  const { CLUSTER_ARN: resourceArn, SECRET_ARN: secretArn, DATABASE: database } = process.env;
  await client.send(new ExecuteStatementCommand({ resourceArn, secretArn, database, sql: 'SELECT 1' }));
}
