import {
  BatchExecuteStatementCommand,
  type BatchExecuteStatementCommandInput,
  type BatchExecuteStatementCommandOutput,
  BeginTransactionCommand,
  CommitTransactionCommand,
  ExecuteStatementCommand,
  type ExecuteStatementCommandInput,
  type ExecuteStatementCommandOutput,
  type Field,
  RDSDataClient,
  RollbackTransactionCommand,
} from '@aws-sdk/client-rds-data';
import { expect, test } from 'vitest';
import { type FreshOptions, freshLocal } from '../../support/postgresql.ts';

/**
 * The contract tests run against the local Data API, or against a real cluster: set CONTRACT_RESOURCE_ARN, CONTRACT_SECRET_ARN,
 * CONTRACT_DATABASE, AWS_REGION and credentials. They make and drop tables whose names begin with `contract_`.
 */
export const isReal = process.env.CONTRACT_RESOURCE_ARN !== undefined;

/** A test that needs what only the local one has; shown as skipped against a real cluster. */
export const localTest = test.skipIf(isReal);

/** How much shorter the clocks are in the tests of clocks, for `contract({ clocks: { scale } })`. */
export const scale = isReal ? 1 : 0.01;

/** Milliseconds for so many of the service's seconds. */
export function clock(seconds: number): number {
  return seconds * 1000 * scale;
}

type More = Partial<ExecuteStatementCommandInput>;

/** The API under test. */
export interface Contract {
  readonly client: RDSDataClient;
  readonly target: { readonly resourceArn: string; readonly secretArn: string; readonly database: string };
  execute(sql: string, more?: More): Promise<ExecuteStatementCommandOutput>;
  /** The only value of the only row. */
  value(sql: string, more?: More): Promise<Field | undefined>;
  batch(sql: string, more?: Partial<BatchExecuteStatementCommandInput>): Promise<BatchExecuteStatementCommandOutput>;
  begin(): Promise<string>;
  commit(transactionId: string): Promise<string | undefined>;
  rollback(transactionId: string): Promise<string | undefined>;
  /** A name that no other test has. */
  table(): string;
  [Symbol.asyncDispose](): Promise<void>;
}

/** Reach the API under test; the options are for the local one. */
export async function contract(options: FreshOptions = {}): Promise<Contract> {
  if (isReal) {
    const target = {
      resourceArn: process.env.CONTRACT_RESOURCE_ARN ?? '',
      secretArn: process.env.CONTRACT_SECRET_ARN ?? '',
      database: process.env.CONTRACT_DATABASE ?? '',
    };
    const client = new RDSDataClient({ maxAttempts: 1 });
    return speak(client, target, async () => client.destroy());
  }
  const local = await freshLocal(options);
  return speak(local.client, local.target, local.stop);
}

/** Builds the contract on a client and what its calls carry. */
export function speak(client: RDSDataClient, target: Contract['target'], stop: () => Promise<void>): Contract {
  const { resourceArn, secretArn } = target;
  const tables: string[] = [];
  const execute: Contract['execute'] = (sql, more = {}) =>
    client.send(new ExecuteStatementCommand({ ...target, sql, ...more }));
  return {
    client,
    target,
    execute,
    value: async (sql, more) => (await execute(sql, more)).records?.[0]?.[0],
    batch: (sql, more = {}) => client.send(new BatchExecuteStatementCommand({ ...target, sql, ...more })),
    begin: async () => (await client.send(new BeginTransactionCommand(target))).transactionId ?? '',
    commit: async transactionId =>
      (await client.send(new CommitTransactionCommand({ resourceArn, secretArn, transactionId }))).transactionStatus,
    rollback: async transactionId =>
      (await client.send(new RollbackTransactionCommand({ resourceArn, secretArn, transactionId }))).transactionStatus,
    table: () => {
      const name = `contract_${Date.now().toString(36)}_${Math.random().toString(36).slice(2, 8)}`;
      tables.push(name);
      return name;
    },
    [Symbol.asyncDispose]: async () => {
      if (isReal) for (const table of tables) await execute(`drop table if exists ${table} cascade`);
      await stop();
    },
  };
}

/** The error of a call that must fail, with its name and text. */
export async function failure(call: Promise<unknown>): Promise<Error & { dbConnectionId?: number }> {
  const error = await call.then(
    () => undefined,
    error => error,
  );
  expect(error, 'the call should have failed').toBeInstanceOf(Error);
  return error;
}

/** `name: message` of the error of a call that must fail. */
export async function refusal(call: Promise<unknown>): Promise<string> {
  const { name, message } = await failure(call);
  return `${name}: ${message}`;
}
