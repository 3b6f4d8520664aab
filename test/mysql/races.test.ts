import { expect, test } from 'vitest';
import { mysql } from '../../lib/engine/mysql/index.ts';
import { describeMysql, mysqlBench } from '../support/mysql.ts';

const FIRST = { '001_t': 'create table t (id int primary key, n int);' };
const FILES = { ...FIRST, '002_x': 'insert into t values (1, 1);' };
const service = (message: string) => ({ name: 'DatabaseErrorException', status: 400, message });

describeMysql('a run beside others', () => {
  test('while the lease is free, and somebody is at work in the same database', async () => {
    const bench = await mysqlBench();
    await bench.up(FIRST);
    expect(await bench.value("select run_id from schema_migrations_lease where id = 'lease'")).toBeNull();
    const busy = bench.raw.query('select sleep(2)');
    expect(await bench.up(FILES)).toMatchObject({ outcome: 'applied', problems: [] });
    await busy;
  });

  test('after somebody ended a lock by hand, as other tools would have it', async () => {
    const bench = await mysqlBench();
    await bench.up(FIRST);
    await bench.raw.query("delete from schema_migrations_lease where id = 'lease'");
    expect(await bench.up(FILES)).toMatchObject({ outcome: 'applied', problems: [] });
  });

  test('a first run that another one locks out while both write that the tables are there', async () => {
    const bench = await mysqlBench();
    const message =
      'Deadlock found when trying to get lock; try restarting transaction; Error code: 1213; SQLState: 40001';
    bench.local.faults.add({ pattern: '^INSERT INTO .schema_migrations. .*HAVING', fault: service(message), times: 2 });
    expect(await bench.up(FIRST)).toMatchObject({ outcome: 'applied', problems: [] });
    expect(await bench.value("select count(*) from schema_migrations where name like '000%'")).toBe(1);
  });

  test('a first run that another one overtakes at that', async () => {
    const bench = await mysqlBench();
    bench.local.faults.before({ pattern: '^INSERT INTO .schema_migrations. .*HAVING' }, async () => {
      expect(await bench.up(FILES)).toMatchObject({ outcome: 'applied' });
    });
    expect(await bench.up(FILES)).toMatchObject({ problems: [], counts: { applied: 3, pending: 0 } });
    expect(await bench.value('select count(*) from t')).toBe(1);
    expect(await bench.value("select count(*) from schema_migrations where name like '000%'")).toBe(1);
  });

  test('a statement that is refused because its request has arrived already', async () => {
    const bench = await mysqlBench({ chains: false });
    await bench.up(FIRST);
    bench.local.faults.add({
      pattern: 'into t values',
      fault: service('Transaction is still running a query'),
    });
    expect(await bench.up(FILES, { leaseMs: 300 })).toMatchObject({ outcome: 'applied', problems: [] });
    expect(await bench.value('select count(*) from t')).toBe(1);
  });

  test('one that took the lease between its history and its lease: the history is read again', async () => {
    const bench = await mysqlBench();
    await bench.up(FIRST);
    bench.local.faults.before({ pattern: 'UPDATE .schema_migrations_lease. l' }, async () => {
      expect(await bench.up(FILES)).toMatchObject({ outcome: 'applied' });
    });
    expect(await bench.up(FILES)).toMatchObject({ outcome: 'nothing-to-do', problems: [] });
    expect(await bench.value('select count(*) from t')).toBe(1);
  });

  test('one whose statement was resolved in between: the same', async () => {
    const bench = await mysqlBench();
    await bench.up(FIRST);
    const files = {
      ...FIRST,
      '002_x': 'create table u (id int); call p(); insert into t values (2, 2);',
    };
    expect((await bench.up(files)).outcome).toBe('failed');
    await bench.raw.query('create procedure p() insert into t values (1, 1)');
    bench.local.faults.before({ pattern: 'UPDATE .schema_migrations_lease. l' }, async () => {
      await bench.resolve(files, '002_x', 2, 'done');
    });
    expect(await bench.up(files)).toMatchObject({ outcome: 'applied', problems: [] });
    expect(await bench.sql('select id from t')).toEqual([[2]]);
  });

  test('what an ended session had is missed where it is needed, not before', async () => {
    const bench = await mysqlBench();
    const file = (fourth: string) => ({
      '001_m': `create table t (id int primary key auto_increment, n int);\ninsert into t (n) values (1);\nset @made = last_insert_id();\n${fourth};\ninsert into t (n) values (10);\nupdate t set n = @made;`,
    });
    expect((await bench.up(file('insert into nothing values (1)'))).outcome).toBe('failed');
    const again = await bench.up(file('insert into t (n) values (5)'));
    expect(again.migrations.at(-1)?.error).toMatchObject({ code: 'lost-session', statement: 6 });
    expect(await bench.sql('select n from t order by id')).toEqual([[1], [5], [10]]);
  });

  test.each([
    'create procedure p() select 1',
    'create event e on schedule every 1 day do select 1',
    'create table t (id int)',
  ])('a database is not empty that has something of others: %s', async sql => {
    const bench = await mysqlBench();
    const engine = mysql();
    expect(await engine.store.isEmpty(bench.client())).toBe(true);
    await bench.up({ '001_nothing': '-- nothing' });
    expect(await engine.store.isEmpty(bench.client())).toBe(true);
    await bench.raw.query(sql);
    expect(await engine.store.isEmpty(bench.client())).toBe(false);
  });
});
