import { ExecuteStatementCommand, RDSDataClient } from '@aws-sdk/client-rds-data';

const client = new RDSDataClient({});

/** GET /users. That the table is there was made sure of by the deploy. */
export async function handler() {
  const { formattedRecords } = await client.send(
    new ExecuteStatementCommand({
      resourceArn: process.env.CLUSTER_ARN,
      secretArn: process.env.SECRET_ARN,
      database: 'app',
      sql: 'SELECT id, email FROM users ORDER BY id LIMIT 100',
      formatRecordsAs: 'JSON',
    }),
  );
  return { statusCode: 200, headers: { 'content-type': 'application/json' }, body: formattedRecords };
}
