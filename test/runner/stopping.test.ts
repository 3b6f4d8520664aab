import { describe, expect, test } from 'vitest';
import { announce, migrate, type RunEvent, revert } from '../../lib/runner/index.ts';
import { bench, connect, copiesOf, type Files, timesSent } from '../support/migrations.ts';

const FIRST: Files = { '0001_first': 'create table t(id int); create table log(n int);' };
const STEPWISE = '-- migrate:up transaction:false\n';

const start = copiesOf(FIRST, { poolSize: 3 });

const lines = (values: unknown[][]) => values.map(row => row.join(' '));

describe.concurrent('a run that is told to end', () => {
  test.each([
    ['in one transaction', '', []],
    ['statement by statement', STEPWISE, ['1 failed interrupted']],
  ])('does not try for a lock once more: %s', async (_, head, rows) => {
    await using made = await start();
    const reader = await connect(made, 'report');
    await reader.query('begin; select * from t');
    const stop = new AbortController();
    const report = await made.up(
      { ...FIRST, '0002_x': `${head}alter table t add x int;` },
      { lockTimeoutMs: 50, signal: stop.signal, on: (e: RunEvent) => e.event === 'waiting' && stop.abort() },
    );
    await reader.end();
    expect(report).toMatchObject({ outcome: 'stopped', problems: [{ code: 'interrupted' }] });
    expect(made.local.log.entries.filter(({ sql }) => /name:0002_x/.test(sql ?? '')).length).toBeLessThanOrEqual(3);
    expect(
      lines(await made.sql(`select attempt, status, error_code from schema_migrations where name = '0002_x'`)),
    ).toEqual(rows);
  });

  test('does not try to make the tracking tables once more', async () => {
    await using made = await bench({ poolSize: 2, auto: false });
    const stop = new AbortController();
    const { faults, log } = made.local;
    faults.before({ pattern: '^DO ' }, () => stop.abort());
    faults.add({ fault: 'reset', pattern: '^DO ', times: 0 });
    await expect(made.up(FIRST, { signal: stop.signal })).rejects.toThrow('The database did not answer');
    expect(log.entries.filter(({ sql }) => /^DO /.test(sql ?? ''))).toHaveLength(1);
  });
});

describe.concurrent('a newer request of the same hook', () => {
  const files = {
    ...FIRST,
    '0002_a': 'create table a();',
    '0003_b': 'create table b();',
    '0004_c': `${STEPWISE}create table c();`,
  };

  test.each([
    ['between two migrations', 'name:0002_a', ['0002_a'], 2],
    ['before one that goes statement by statement', 'name:0003_b', ['0002_a', '0003_b'], 1],
  ])('stops the run at its next statement: %s', async (_, sql, applied) => {
    await using made = await start();
    const base = { ...(await made.runner(files)), hook: 'h', requestedBy: 'r1' };
    const one = { ...base, requestId: 'r1' };
    await announce(one);
    made.local.faults.after({ sql }, async () => {
      await announce({ ...base, database: made.client(), requestId: 'r2' });
    });
    expect(await migrate(one)).toMatchObject({ outcome: 'stopped', problems: [{ code: 'superseded' }] });
    expect(
      (
        await made.sql(`select name from schema_migrations where status = 'applied' and name ~ '^000[2-4]_' order by 1`)
      ).flat(),
    ).toEqual(applied);
    // The newer one does the work.
    expect(await migrate({ ...base, requestId: 'r2' })).toMatchObject({ outcome: 'applied' });
  });

  test('is not kept waiting by a lease that the older one held when an answer was lost', async () => {
    await using made = await start();
    const base = { ...(await made.runner(files)), hook: 'h', requestedBy: 'r1' };
    const one = { ...base, requestId: 'r1' };
    await announce(one);
    made.local.faults.add({ fault: 'reset', sql: 'name:0002_a' });
    made.local.faults.before({ sql: 'requested_by = :requested_by', call: 2 }, async () => {
      await announce({ ...base, database: made.client(), requestId: 'r2' });
    });
    expect(await migrate(one)).toMatchObject({ outcome: 'stopped', problems: [{ code: 'superseded' }] });
    expect(await made.value(`select run_id from schema_migrations_lease where id = 'lease'`)).toBeNull();
  });
});

describe.concurrent('what a run did is told', () => {
  test('also where the database says no more of what failed before', async () => {
    await using made = await start();
    const files = { ...FIRST, '0003_bad': 'select 1 / 0;' };
    expect(await made.up(files)).toMatchObject({ outcome: 'failed' });
    made.local.faults.after({ sql: 'name:0002_new' }, () => made.local.faults.add({ fault: 'forbidden', times: 0 }));
    const report = await made.up({ ...files, '0002_new': 'insert into log values (1);' });
    expect(report).toMatchObject({
      outcome: 'stopped',
      applied: ['0002_new'],
      problems: [{ code: 'database', remedy: expect.stringContaining('rds-data actions') }],
    });
  });
});

test.each([
  ['in one transaction', ''],
  ['statement by statement', ' transaction:false'],
])('undoing fails once for a request, whatever the next slice of it asks for: %s', async (_, how) => {
  await using made = await start();
  const files = {
    ...FIRST,
    '0002_x': `-- migrate:up${how}\ncreate table x();\n-- migrate:down\ninsert into log values (1); select 1 / 0;`,
  };
  await made.up(files);
  const options = {
    ...(await made.runner(files)),
    hook: 'h',
    requestId: 'r',
    requestedBy: 'r',
    what: { steps: 1 },
  } as const;
  await announce(options);
  const failure = { migration: '0002_x', code: '22012', statement: 2 };
  expect(await revert(options)).toMatchObject({ outcome: 'failed', failure });
  const first = timesSent(made, '0002_x');
  expect(await revert(options)).toMatchObject({ outcome: 'failed', failure });
  expect(timesSent(made, '0002_x')).toBe(first);
  const again = { ...options, requestId: 'r2', requestedBy: 'r2' };
  await announce(again);
  expect(await revert(again)).toMatchObject({ outcome: 'failed', failure });
  expect(timesSent(made, '0002_x')).toBeGreaterThan(first);
});
