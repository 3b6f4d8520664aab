import { expect, onTestFinished, test } from 'vitest';
import { connectTo, describeMysql, mysqlBench } from '../support/mysql.ts';

const FIRST = {
  '001_t': `create table t (id int primary key, n int); insert into t values (1, 1); create table log (n int);
    create procedure p() begin start transaction; insert into log values (1); commit; update t set n = n + 1; end;`,
};
const FILES = { ...FIRST, '002_c': 'call p();\ninsert into log values (2);' };

describeMysql('a statement that commits a part and then meets a lock', () => {
  test.each([
    ['COMMIT AND CHAIN executed', true],
    ['COMMIT AND CHAIN refused', false],
  ])('%s: is not tried again: a person has to look', async (_, chains) => {
    const bench = await mysqlBench({ chains });
    await bench.up(FIRST);
    const holder = await connectTo(bench.name);
    onTestFinished(() => holder.destroy());
    await holder.query('begin; update t set n = n');
    const report = await bench.up(FILES, { lockTimeoutMs: 1000 });
    await holder.query('commit');
    expect(report).toMatchObject({ outcome: 'failed', problems: [] });
    expect(report.migrations.at(-1)?.error).toMatchObject({
      code: 'unknown-outcome',
      statement: 1,
      message: 'statement 1 met a lock (error 1205), and nothing tells what of it was done before',
      remedy: expect.stringContaining('resolve --migration 002_c --statement 1 --as not-done'),
    });
    expect(await bench.sql('select n from log')).toEqual([[1]]);
    // Nor by the next run.
    expect((await bench.up(FILES)).migrations.at(-1)?.error).toMatchObject({ code: 'unknown-outcome', statement: 1 });
    expect(await bench.sql('select n from log')).toEqual([[1]]);
    await bench.raw.query('update t set n = n + 1');
    await bench.resolve(FILES, '002_c', 1, 'done');
    expect((await bench.up(FILES)).outcome).toBe('applied');
    expect(await bench.sql('select n from log')).toEqual([[1], [2]]);
  });

  test('one that was not sent yet is tried again', async () => {
    const bench = await mysqlBench();
    await bench.up(FIRST);
    const message = 'Deadlock found when trying to get lock; Error code: 1213; SQLState: 40001';
    const fault = { name: 'DatabaseErrorException', status: 400, message };
    bench.local.faults.add({ pattern: '^INSERT INTO .schema_migrations. ', fault });
    expect(await bench.up(FILES)).toMatchObject({ outcome: 'applied', problems: [] });
    expect(
      bench.local.log.entries.filter(({ sql, outcome }) => sql?.startsWith('INSERT') && outcome !== 'ok'),
    ).toHaveLength(1);
    expect(await bench.sql('select n from log')).toEqual([[1], [2]]);
  });
});
