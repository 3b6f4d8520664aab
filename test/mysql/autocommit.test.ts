import { expect, test } from 'vitest';
import { describeMysql, fingerprintMysql, manifestOf, mysqlBench } from '../support/mysql.ts';
import { openChanges } from '../support/open-transactions.ts';

/** What a server whose global `autocommit` is 0 makes of every session. */
const OFF = ['set autocommit = 0'];

const FILES = {
  '001_t': 'create table t (id int primary key, n int);\ninsert into t values (1, 1);',
  '002_dml': 'insert into t values (2, 2);\nselect count(*) from t;\nupdate t set n = n + 1;',
  '003_call': `create procedure p() begin insert into t values (3, 3); insert into t values (4, 4); end;
call p();
insert into t values (5, 5);
alter table t add m int;
create index i on t (m);`,
  '004_idiom': `set @s = if((select count(*) from information_schema.columns where table_schema = database() and column_name = 'x') = 0,
  'alter table t add x int', 'do 0');
prepare one from @s; execute one; deallocate prepare one;
update t set x = id;`,
  '005_ddl': 'create table u (id int);\ncreate table v (id int);\ncreate view w as select * from u;',
};

const WAYS = [
  { how: 'COMMIT AND CHAIN executed', chains: true, transactionAfterDdl: 'kept' },
  { how: 'COMMIT AND CHAIN refused', chains: false, transactionAfterDdl: 'kept' },
  { how: 'executed, and transactions that DDL ends', chains: true, transactionAfterDdl: 'gone' },
  { how: 'refused, and transactions that DDL ends', chains: false, transactionAfterDdl: 'gone' },
] as const;

const benchOf = (dirty: readonly string[], { chains, transactionAfterDdl }: (typeof WAYS)[number]) =>
  mysqlBench({ chains, dirty, poolSize: 3, mysql: { switches: { transactionAfterDdl } } });

async function contentsOf(dirty: readonly string[], way: (typeof WAYS)[number]): Promise<string[]> {
  const bench = await benchOf(dirty, way);
  const report = await bench.up(FILES);
  expect(report.migrations.map(({ error }) => error).filter(Boolean)).toEqual([]);
  expect(report.outcome).toBe('applied');
  // The first read of a run finds out what its sessions are, and leaves a read view in one.
  expect(await openChanges(bench)).toEqual([]);
  expect((await bench.up(FILES)).outcome).toBe('nothing-to-do');
  return fingerprintMysql(bench.raw, bench.name);
}

describeMysql('a server whose global autocommit is 0', () => {
  test.each(WAYS)('$how: a run leaves the same as elsewhere, and nothing open', async way => {
    expect(await contentsOf(OFF, way)).toEqual(await contentsOf([], way));
  });

  test.each(WAYS)('$how: each run sees what the one before it wrote', async way => {
    const bench = await benchOf(OFF, way);
    const first = { '001_t': FILES['001_t'] };
    const failing = { ...first, '002_dml': 'insert into t values (2, 2); insert into t values (1, 1);' };
    for (let nth = 0; nth < 4; nth++) expect((await bench.status(FILES)).counts.applied).toBe(0);
    expect((await bench.up(first)).outcome).toBe('applied');
    for (let nth = 0; nth < 4; nth++) expect((await bench.up(failing)).outcome).toBe('failed');
    expect(await bench.sql('select id from t order by id')).toEqual([[1], [2]]);
    for (let nth = 0; nth < 4; nth++) {
      const { migrations } = await bench.status(failing);
      expect(migrations.at(-1)).toMatchObject({ state: 'failed', statementsApplied: 1 });
    }
    expect(
      (await bench.up({ ...first, '002_dml': 'insert into t values (2, 2); insert into t values (3, 1);' })).outcome,
    ).toBe('applied');
    expect(await openChanges(bench)).toEqual([]);
  });

  test('the sessions stay as they were found', async () => {
    const bench = await mysqlBench({ dirty: OFF, poolSize: 2 });
    await bench.up(FILES);
    const client = bench.client();
    for (let nth = 0; nth < 6; nth++)
      expect(await client.execute({ sql: 'select cast(@@autocommit as char)', effect: 'read' })).toEqual([['0']]);
  });

  test('the lease is renewed, given back and taken by others; requests of hooks are recorded', async () => {
    const bench = await mysqlBench({ dirty: OFF, poolSize: 3 });
    const slow = {
      '001_t': '-- none',
      '002_slow': `${FILES['001_t']}\n${'do sleep(0.6);\n'.repeat(6)}insert into t values (7, 7);`,
    };
    await bench.up({ '001_t': '-- none' });
    // Renewed after a third of it, which the statements take on any machine; that a slow one lets it expire takes 6 s between two of them.
    const leaseMs = 9_000;
    const runs = await Promise.all([bench.up(slow, { leaseMs }), bench.up(slow, { leaseMs })]);
    expect(runs.map(({ outcome }) => outcome).sort()).toEqual(['applied', 'nothing-to-do']);
    expect(bench.local.log.entries.filter(({ sql }) => sql?.includes('SET l.migration = :name'))).not.toEqual([]);
    expect(await bench.sql("select run_id from schema_migrations_lease where id = 'lease'")).toEqual([[null]]);
    expect(await bench.sql("select count(*) from schema_migrations where name = '002_slow'")).toEqual([[1]]);
    const manifest = await manifestOf(slow);
    expect((await bench.up(manifest, { hook: 'h', requestId: 'r' })).problems.map(({ code }) => code)).toEqual([]);
    expect(await openChanges(bench)).toEqual([]);
  });

  test('a CALL that has answered is committed, whatever becomes of its session', async () => {
    const bench = await mysqlBench({ dirty: OFF, poolSize: 3 });
    const before = { '001_t': 'create table t (id int primary key); create procedure p() insert into t values (1);' };
    await bench.up(before);
    const call = { ...before, '002_call': 'call p();\ndo 1;\ninsert into t values (2);' };
    bench.local.faults.add({ fault: 'reset', when: 'before', pattern: 'do 1$' });
    expect((await bench.up(call)).outcome).toBe('applied');
    expect(await bench.sql('select id from t order by id')).toEqual([[1], [2]]);
  });
});
