import { expect, test } from 'vitest';
import type { Report } from '../../lib/core/report.ts';
import { SHORT_CALLS } from '../support/clocks.ts';
import type { Files } from '../support/migrations.ts';
import { connectTo, describeMysql, type MysqlBench, mysqlBench } from '../support/mysql.ts';
import { until } from '../support/until.ts';

/** The lease is as long as always: nobody waits for one of a run that died, and a busy machine needs its time between two calls. */
const QUICK = { lockTimeoutMs: 500 };

const FIRST = {
  '0001_first':
    'create table t(id int primary key, n int); insert into t values (1, 1), (2, 1); create table log(n int);',
};

const start = (chains: boolean) => mysqlBench({ chains, clocks: SHORT_CALLS });

const timedOut = ({ local }: MysqlBench) =>
  local.log.entries.some(({ outcome }) => outcome === 'StatementTimeoutException');

/** A run while somebody reads the table, in a transaction that ends after a call of the migration has timed out: so long an ALTER waits. */
async function upBehindReader(made: MysqlBench, files: Files): Promise<Report> {
  const reader = await connectTo(made.name);
  await reader.query('begin; select * from t');
  const running = made.up(files, { ...QUICK, lockTimeoutMs: 20_000 });
  await until('a call that times out', () => timedOut(made), { during: running });
  await new Promise(resolve => setTimeout(resolve, 200));
  await reader.query('commit');
  await reader.end();
  return running;
}

describeMysql.each([
  ['COMMIT AND CHAIN executed', true],
  ['COMMIT AND CHAIN refused', false],
])('MySQL, %s: a statement that outlives its call', { timeout: 60_000 }, (_, chains) => {
  const around = (sql: string) => ({
    ...FIRST,
    '0002_x': `insert into log values (1); ${sql}; insert into log values (2);`,
  });

  test('UPDATE: applied, once', async () => {
    const made = await start(chains);
    await made.up(FIRST, QUICK);
    const report = await made.up(around('update t set n = n + 1 + sleep(0.8) where id = 1'), QUICK);
    expect(report).toMatchObject({ outcome: 'applied', problems: [] });
    expect(timedOut(made)).toBe(true);
    expect(await made.sql('select n from t order by id')).toEqual([[2], [1]]);
    expect(await made.sql('select n from log order by n')).toEqual([[1], [2]]);
    made.local.log.assertNoWriteRetried();
  });

  test("UPDATE: failed, in the database's own words", async () => {
    const made = await start(chains);
    await made.up(FIRST, QUICK);
    const report = await made.up(around('update t set id = 2 + sleep(0.8) where id = 1'), QUICK);
    expect(report.outcome).toBe('failed');
    expect(report.migrations.find(({ error }) => error)?.error?.message).toContain("Duplicate entry '2'");
    expect(timedOut(made)).toBe(true);
  });

  test('ALTER: applied, once', async () => {
    const made = await start(chains);
    await made.up(FIRST, QUICK);
    const report = await upBehindReader(made, around('alter table t add column x int'));
    expect(report).toMatchObject({ outcome: 'applied', problems: [] });
    expect(timedOut(made)).toBe(true);
    expect(await made.sql('select id, n, x from t order by id')).toEqual([
      [1, 1, null],
      [2, 1, null],
    ]);
    expect(await made.sql('select n from log order by n')).toEqual([[1], [2]]);
    made.local.log.assertNoWriteRetried();
  });

  test("ALTER: failed, in the database's own words", async () => {
    const made = await start(chains);
    await made.up(FIRST, QUICK);
    const report = await upBehindReader(made, around('alter table t add unique index (n)'));
    expect(report.outcome).toBe('failed');
    expect(report.migrations.find(({ error }) => error)?.error?.message).toContain("Duplicate entry '1'");
    expect(timedOut(made)).toBe(true);
  });
});
