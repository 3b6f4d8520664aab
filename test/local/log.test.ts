import { RDSDataClient } from '@aws-sdk/client-rds-data';
import { expect, test } from 'vitest';
import { freshLocal } from '../support/postgresql.ts';
import { begin, commit, execute, outcome } from './client.ts';

test('every request is in the log', async () => {
  await using local = await freshLocal();
  const transactionId = await begin(local);
  await execute(local, 'select 1', { transactionId });
  await outcome(execute(local, 'selekt'));
  await commit(local, transactionId);
  expect(local.log.entries).toMatchObject([
    { number: 1, operation: 'BeginTransaction', transactionId, attempt: 1, outcome: 'ok', database: local.database },
    { number: 2, operation: 'ExecuteStatement', sql: 'select 1', transactionId, outcome: 'ok', duplicate: false },
    { number: 3, operation: 'ExecuteStatement', sql: 'selekt', outcome: 'DatabaseErrorException' },
    { number: 4, operation: 'CommitTransaction', transactionId, outcome: 'ok' },
  ]);
  expect(local.log.entries.every(({ milliseconds }) => milliseconds !== undefined)).toBe(true);
  local.log.clear();
  await execute(local, 'select 2');
  expect(local.log.entries.map(({ number, sql }) => [number, sql])).toEqual([[5, 'select 2']]);
});

test('a client that repeats by itself is found out', async () => {
  await using local = await freshLocal();
  local.log.assertNoWriteRetried();
  const client = new RDSDataClient({ ...local.config, maxAttempts: 3 });
  local.faults.add({ fault: 'internal-error', when: 'after' });
  await execute({ ...local, client }, 'create table if not exists t ()');
  client.destroy();
  expect(local.log.entries.map(({ attempt }) => attempt)).toEqual([1, 2]);
  expect(new Set(local.log.entries.map(({ invocationId }) => invocationId)).size).toBe(1);
  expect(() => local.log.assertNoWriteRetried()).toThrow(/#2 ExecuteStatement attempt 2: create table/);
  local.log.assertNoWriteRetried(({ sql }) => sql?.includes('if not exists') ?? false);
});

test('open transactions are counted', async () => {
  await using local = await freshLocal();
  const id = await begin(local);
  expect(local.openTransactions()).toBe(1);
  await commit(local, id);
  expect(local.openTransactions()).toBe(0);
});
