import { expect, test } from 'vitest';
import { freshLocal } from '../support/postgresql.ts';
import { begin, commit, execute, outcome, rollback } from './client.ts';

test('a SET outside of a transaction is lost for its author and found by others', async () => {
  await using local = await freshLocal({ poolSize: 2 });
  await execute(local, "set application_name = 'leaked'");
  const names = new Set<string | undefined>();
  for (let call = 0; call < 40; call++) {
    names.add((await execute(local, 'show application_name')).records?.[0]?.[0]?.stringValue);
  }
  expect([...names].sort()).toEqual(['', 'leaked']);
});

test('calls go to a few connections', async () => {
  await using local = await freshLocal({ poolSize: 3 });
  const pids = new Set<number | undefined>();
  for (let call = 0; call < 60; call++) {
    pids.add((await execute(local, 'select pg_backend_pid()')).records?.[0]?.[0]?.longValue);
  }
  expect(pids.size).toBe(3);
});

test('every new connection can be dirty', async () => {
  await using local = await freshLocal({ dirty: ['create schema if not exists evil', 'set search_path to evil'] });
  const transactionId = await begin(local);
  for (const more of [{}, { transactionId }]) {
    expect((await execute(local, 'select current_schema()::text', more)).records).toEqual([[{ stringValue: 'evil' }]]);
  }
  await rollback(local, transactionId);
});

test('what makes a connection dirty may fail', async () => {
  await using local = await freshLocal({ dirty: ['selekt'] });
  expect(await outcome(execute(local, 'select 1'))).toMatch(/^DatabaseErrorException: .*SQLState: 42601$/);
});

test('a transaction gives its connection back as it is', async () => {
  await using local = await freshLocal({ poolSize: 1 });
  const transactionId = await begin(local);
  await execute(local, "set application_name = 'left'", { transactionId });
  await execute(local, 'create temporary table left_behind ()', { transactionId });
  await commit(local, transactionId);
  expect((await execute(local, 'show application_name')).records).toEqual([[{ stringValue: 'left' }]]);
  await execute(local, 'select from left_behind');
});

test('a leaked time zone does not change the instants', async () => {
  await using local = await freshLocal({ dirty: ["set timezone to 'Asia/Kathmandu'", "set bytea_output to 'escape'"] });
  const { records } = await execute(local, "select timestamptz '2024-01-01 00:10:00.25+00', '\\x005c41'::bytea");
  expect(records?.[0]?.[0]).toEqual({ stringValue: '2024-01-01 00:10:00.250' });
  expect([...(records?.[0]?.[1]?.blobValue ?? [])]).toEqual([0, 0x5c, 0x41]);
});

test('a connection that still executes an outlived statement serves nobody else', async () => {
  await using local = await freshLocal({ poolSize: 1, clocks: { scale: 0.01 } });
  const long = execute(local, 'select 1 from pg_sleep(8)', { continueAfterTimeout: true });
  expect(await outcome(long)).toMatch(/^StatementTimeoutException/);
  const { dbConnectionId } = await long.catch(error => error);
  for (let call = 0; call < 5; call++) {
    const { records } = await execute(local, 'select pg_backend_pid()');
    expect(records?.[0]?.[0]?.longValue).not.toBe(dbConnectionId);
  }
});

test('many calls at once all have a connection', async () => {
  await using local = await freshLocal();
  const calls = Array.from({ length: 30 }, () => outcome(execute(local, 'select 1 from pg_sleep(0.05)')));
  expect(new Set(await Promise.all(calls))).toEqual(new Set(['ok']));
});

test('a literal BEGIN does not swallow what later calls do', async () => {
  await using local = await freshLocal({ poolSize: 1 });
  await execute(local, 'create table t ()');
  await execute(local, 'begin');
  await execute(local, 'insert into t default values');
  expect((await local.raw.query('select count(*)::int from t')).rows).toEqual([{ count: 1 }]);
});

test('latency', async () => {
  await using local = await freshLocal({ latency: 60 });
  await execute(local, 'select 1');
  const started = Date.now();
  await execute(local, 'select 1');
  // Two clocks, of which each may round.
  expect(Date.now() - started).toBeGreaterThanOrEqual(55);
});
