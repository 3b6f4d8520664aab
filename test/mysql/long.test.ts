import { expect, test } from 'vitest';
import type { RunEvent } from '../../lib/core/report.ts';
import { SHORT_CALLS } from '../support/clocks.ts';
import { describeMysql, fingerprintMysql, mysqlBench } from '../support/mysql.ts';
import { mortal } from '../support/sweep.ts';
import { until } from '../support/until.ts';

const clocks = SHORT_CALLS;
const SHORT = { leaseMs: 300 };

const FIRST = {
  '0001_first': 'create table t (id int primary key, n int); insert into t values (1, 1); create table log (n int);',
};
const LONG = {
  ...FIRST,
  '0002_x':
    'insert into log values (1); update t set n = n + 1 + sleep(0.8); create table u as select sleep(0.8) as s; insert into log values (2);',
};

describeMysql('a statement that outlives its call', { timeout: 60_000, concurrent: true }, () => {
  const start = () => mysqlBench({ clocks, auto: false });

  test('ends as applied, once, in the same run', async () => {
    await using made = await start();
    const report = await made.up(LONG, SHORT);
    expect(report.problems).toEqual([]);
    expect(report.migrations.map(({ error }) => error).filter(Boolean)).toEqual([]);
    expect(report.outcome).toBe('applied');
    expect(await made.sql('select n, s from t, u')).toEqual([[2, 0]]);
    expect(await made.sql('select n from log order by n')).toEqual([[1], [2]]);
    expect(made.local.log.entries.some(({ outcome }) => outcome === 'StatementTimeoutException')).toBe(true);
    expect(await made.sql(`select name, status from schema_migrations where name = '0002_x'`)).toEqual([
      ['0002_x', 'applied'],
    ]);
    made.local.log.assertNoWriteRetried();
  });

  test.each([
    ['DML', 'insert into t select 1, sleep(0.8);', "Duplicate entry '1' for key 't.PRIMARY'"],
    [
      'DDL',
      'create table u (id int primary key) as select 1 as id, sleep(0.4) as a union all select 1, sleep(0.4);',
      "Duplicate entry '1' for key 'u.PRIMARY'",
    ],
  ])('%s that fails: in the words of the database, and nothing of it stays', async (_, sql, message) => {
    await using made = await start();
    await made.up(FIRST, SHORT);
    const before = await fingerprintMysql(made.raw, made.name);
    const report = await made.up({ ...FIRST, '0002_x': sql }, SHORT);
    expect(report.outcome, JSON.stringify(report.problems)).toBe('failed');
    expect(report.migrations.find(({ error }) => error)?.error?.message).toContain(message);
    expect(made.local.log.entries.some(({ outcome }) => outcome === 'StatementTimeoutException')).toBe(true);
    expect(await fingerprintMysql(made.raw, made.name)).toEqual(before);
    expect(await made.sql(`select status from schema_migrations where name = '0002_x'`)).toEqual([['failed']]);
  });

  test.each([
    ['DDL', 'create table u as select sleep(1.2) as s'],
    ['DML', 'update t set n = n + 1 + sleep(1.2)'],
  ])('%s of a run that has died: the next one waits for it, and no deadlock stops it', async (_, sql) => {
    await using made = await start();
    await made.up(FIRST, SHORT);
    const files = { ...FIRST, '0002_x': `insert into log values (1); ${sql}; insert into log values (2);` };
    const death = new AbortController();
    made.local.faults.before({ sql: 'sleep(1.2)' }, () => death.abort());
    void made.up(files, { ...SHORT, database: mortal(made.client(), death.signal) });
    await new Promise(resolve => death.signal.addEventListener('abort', resolve));
    await new Promise(resolve => setTimeout(resolve, 350));
    const report = await made.up(files, SHORT);
    expect(report.problems).toEqual([]);
    expect(report.outcome).toBe('applied');
    expect(await made.sql('select n from log order by n')).toEqual([[1], [2]]);
    expect(await made.sql('select n from t')).toEqual([[sql.startsWith('update') ? 2 : 1]]);
    const attempts = await made.sql(
      `select status, coalesce(error_code, '') from schema_migrations where name = '0002_x' order by attempt`,
    );
    // A call of the one that takes over may be cut off too; what counts is that every attempt but the last says so.
    expect(attempts.at(-1)).toEqual(['applied', '']);
    // A run that died in its first transaction has left no row: that is committed with its first unit.
    if (!sql.startsWith('update')) expect(attempts.slice(0, -1)).not.toEqual([]);
    for (const attempt of attempts.slice(0, -1)) expect(attempt).toEqual(['failed', 'interrupted']);
  });
});

describeMysql('a run whose time is over', { timeout: 60_000, concurrent: true }, () => {
  const log = (made: Awaited<ReturnType<typeof mysqlBench>>) => made.sql('select n from log order by n');
  const NAMES = `select status, coalesce(error_code, ''), statements_applied from schema_migrations where name = '0002_x' order by attempt`;

  test.each([
    ['rows', (n: number) => `insert into log select ${n} from (select 1) s;`],
    [
      'definitions and rows',
      (n: number) => `create procedure p${n}() select 1; insert into log select ${n} from (select 1) s;`,
    ],
  ])('stops between two statements, and the next one goes on there: %s', async (_, statement) => {
    await using made = await mysqlBench({ auto: false });
    await made.up(FIRST);
    const files = { ...FIRST, '0002_x': [1, 2, 3].map(statement).join('\n') };
    // The time is over while the second is at work, however busy the machine is.
    const [began, budgetMs] = [Date.now(), 4000];
    const over = () => until('the end of the budget', () => Date.now() > began + budgetMs);
    made.local.faults.before({ pattern: 'create procedure p2|select 2 from' }, over);
    const first = await made.up(files, { budgetMs });
    expect(first).toMatchObject({ outcome: 'stopped', problems: [{ code: 'out-of-time' }], applied: [] });
    const done = (await log(made)).flat();
    expect([[1], [1, 2]]).toContainEqual(done);
    expect(await made.sql(NAMES)).toEqual([['failed', 'interrupted', expect.any(Number)]]);
    expect(await made.up(files)).toMatchObject({ outcome: 'applied', applied: ['0002_x'] });
    expect(await log(made)).toEqual([[1], [2], [3]]);
  });

  test('does not wait for the end of a statement that outlives its call; the next one does', async () => {
    await using made = await mysqlBench({ clocks, auto: false });
    await made.up(FIRST, SHORT);
    const files = {
      ...FIRST,
      '0002_x': 'insert into log values (1); create table u as select sleep(15) as s; insert into log values (2);',
    };
    const first = await made.up(files, { ...SHORT, budgetMs: 1000 });
    expect(
      await made.value(
        "select count(*) from information_schema.tables where table_name = 'u' and table_schema = database()",
      ),
    ).toBe(0);
    expect(first).toMatchObject({ outcome: 'stopped', applied: [] });
    expect(['lease-held', 'out-of-time']).toContain(first.problems[0]!.code);
    expect(await made.up(files, SHORT)).toMatchObject({ outcome: 'applied', counts: { applied: 3, pending: 0 } });
    expect(await log(made)).toEqual([[1], [2]]);
    expect(await made.sql('select s from u')).toEqual([[0]]);
    made.local.log.assertNoWriteRetried();
  });
});

describeMysql('a statement that goes on and on', { timeout: 60_000 }, () => {
  const rows =
    'with recursive r (i) as (select 1 union all select i + 1 from r where i < 1000) select a.i * 1000 + b.i, a.i from r a, r b';
  const slow = 'alter table big add index (n), add index (n, id), add index (id, n);';
  const heard = async () => {
    const made = await mysqlBench();
    await made.raw.query(`create table big (id int primary key, n int); insert into big ${rows} where a.i <= 300`);
    const working: RunEvent[] = [];
    const on = (event: RunEvent) => event.event === 'working' && working.push(event);
    const report = await made.up({ '0001_x': slow }, { on, progressMs: 50 });
    expect(report).toMatchObject({ outcome: 'applied', problems: [] });
    return working;
  };

  test('with its stage and percent, where the server tells them', async () => {
    const made = await mysqlBench();
    const consumer = (enabled: string) =>
      made.raw.query(
        `update performance_schema.setup_consumers set enabled = '${enabled}' where name = 'events_stages_current'`,
      );
    await consumer('yes');
    const working = await heard().finally(() => consumer('no'));
    expect(working).toContainEqual({
      event: 'working',
      migration: '0001_x',
      seconds: expect.any(Number),
      progress: expect.stringMatching(/^alter table \(.*\) \d+ %$/),
    });
  });

  test('else that it goes on', async () => {
    const told = { event: 'working', migration: '0001_x', seconds: expect.any(Number), progress: null };
    expect((await heard())[0]).toEqual(told);
  });
});
