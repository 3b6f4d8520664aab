import {
  BeginTransactionCommand,
  CommitTransactionCommand,
  ExecuteStatementCommand,
  type ExecuteStatementCommandInput,
  type ExecuteStatementCommandOutput,
  RollbackTransactionCommand,
} from '@aws-sdk/client-rds-data';
import type { FreshLocal } from '../support/postgresql.ts';

export function execute(
  local: FreshLocal,
  sql: string,
  more: Partial<ExecuteStatementCommandInput> = {},
): Promise<ExecuteStatementCommandOutput> {
  return local.client.send(new ExecuteStatementCommand({ ...local.target, sql, ...more }));
}

export async function begin(local: FreshLocal): Promise<string> {
  return (await local.client.send(new BeginTransactionCommand(local.target))).transactionId ?? '';
}

export async function commit({ client, resourceArn, secretArn }: FreshLocal, transactionId: string): Promise<void> {
  await client.send(new CommitTransactionCommand({ resourceArn, secretArn, transactionId }));
}

export async function rollback({ client, resourceArn, secretArn }: FreshLocal, transactionId: string): Promise<void> {
  await client.send(new RollbackTransactionCommand({ resourceArn, secretArn, transactionId }));
}

/** `name: message` of the error of a call, or `ok`. */
export function outcome(call: Promise<unknown>): Promise<string> {
  return call.then(
    () => 'ok',
    ({ name, message }) => `${name}: ${message}`,
  );
}

/** How many rows a table has, past the Data API. */
export async function count(local: FreshLocal, table: string): Promise<number> {
  const { rows } = await local.raw.query(`select count(*)::int as count from ${table}`);
  return rows[0].count;
}
