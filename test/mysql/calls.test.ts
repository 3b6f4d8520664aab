import { chmodSync, existsSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { resolve as absolute, dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { compile, reader } from '../../lib/compile/index.ts';
import type { ManifestReader } from '../../lib/core/manifest.ts';
import type { MysqlSwitches } from '../../lib/local/index.ts';
import { installTracking } from '../../lib/runner/install.ts';
import { newRun } from '../../lib/runner/lease.ts';
import type { Files } from '../support/migrations.ts';
import { describeMysql, mysqlBench, mysqlMasterUrl } from '../support/mysql.ts';

/** A run: history, lease, its end; begin, SET, SET, commit. */
const RUN = 3 + 4;
/** The last checkpoint. */
const LAST = 1;

interface Shape {
  readonly what: string;
  readonly files: Files;
  /** Of the migrations alone, as it is counted from their statements. */
  readonly calls: number;
  /** The most that was promised, of all. */
  readonly most: number;
  /** All calls where DDL ends transactions, in a run that has learned that with its first. */
  readonly gone?: number;
}

const numbers = (count: number) => Array.from({ length: count }, (_, n) => n + 1);
const each = (count: number, sql: (n: number) => string) => numbers(count).map(sql).join('\n');
const folder = (count: number, sql: (n: number) => string) =>
  Object.fromEntries(numbers(count).map(n => [`${String(n + 100)}_m`, sql(n)]));
const table = 'create table t (id int primary key, n int);';
const insert = (n: number) => `insert into t values (${n}, ${n});`;

const SHAPES: readonly Shape[] = [
  { what: 'one CREATE TABLE', files: { '002_a': 'create table a (id int);' }, calls: 1 + 1 + LAST, most: 1 + 1 + 10 },
  { what: 'one INSERT', files: { '002_a': insert(1) }, calls: 1 + 2, most: 1 + 2 + 10 },
  {
    what: '20 DDL on distinct tables, one file',
    files: { '002_a': each(20, n => `create table x${n} (id int);`) },
    ...{ calls: 20 + 1 + LAST, most: 20 + 1 + 10, gone: 3 * 20 + 2 + 4 + 3 },
  },
  { what: '20 DML, one file', files: { '002_a': each(20, insert) }, calls: 20 + 2, most: 20 + 2 + 10 },
  {
    what: '5 files of 5 DML',
    files: folder(5, n => each(5, m => insert(10 * n + m))),
    ...{ calls: 5 * (5 + 2), most: 5 * (5 + 2) + 10 },
  },
  {
    // One call more than the first has the file of DML that follows one of DDL: DDL leaves no transaction, and only a statement opens one.
    what: '3 files of DML, each behind a file of DDL',
    files: {
      '002_a': 'create table a (id int);',
      '003_b': insert(1),
      ...{ '004_a': 'create table b (id int);', '005_b': insert(2) },
      ...{ '006_a': 'create table c (id int);', '007_b': insert(3) },
    },
    ...{ calls: 3 * (1 + 1) + 3 * (1 + 3), most: 3 * (1 + 1) + 3 * (1 + 2) + 10 },
  },
  {
    what: '10 times CREATE TABLE and INSERT, one file',
    files: { '002_a': each(10, n => `create table x${n} (id int);\ninsert into x${n} values (1);`) },
    ...{ calls: 10 * 4 + 2, most: 2 * 20 + 2 + 10 },
  },
  {
    what: 'columns of one table, which are judged one by one',
    files: { '002_a': each(10, n => `alter table t add column c${n} int;`) },
    ...{ calls: 10 + 1 + LAST, most: 10 + 1 + 10 },
  },
  {
    what: 'statements that are judged by what the one before changed',
    files: { '002_a': 'alter table t modify n bigint; alter table t modify n int; alter table t rename to s;' },
    ...{ calls: 3 + 3 + LAST, most: 3 + 3 + 10 },
  },
  {
    what: 'a setting, between two migrations',
    files: { '002_a': "set sql_mode = ''; insert into t values (1, 1);", '003_b': insert(2) },
    ...{ calls: 2 + 2 + 1 + 1 + 2, most: 2 * 2 + 2 + 3 + 10 },
  },
  {
    what: 'two idioms of conditional DDL, and an INSERT',
    files: {
      '002_a': `${each(
        2,
        n =>
          `set @s = if(${n} = 1, 'alter table t add x int', 'do 0');\nprepare p from @s; execute p; deallocate prepare p;`,
      )} insert into t (id) values (1);`,
    },
    ...{ calls: 1 + 1 + 2 + 1 + 1 + 1 + 1 + 1 + 2, most: 2 * 9 + 2 + 10 },
  },
  {
    what: 'a CALL',
    files: { '002_a': 'create procedure p() insert into t values (1, 1);\ncall p();' },
    ...{ calls: 2 + 2 + LAST, most: 2 * 2 + 2 + 10 },
  },
];

/** Applied after a first one; the next run finds nothing to do. */
async function countCalls(files: Files | ManifestReader, switches: MysqlSwitches = {}): Promise<number> {
  const bench = await mysqlBench({ mysql: { switches } });
  const isReader = typeof (files as ManifestReader).body === 'function';
  const first = { '001_first': table };
  await bench.up(first);
  const all = isReader ? (files as ManifestReader) : { ...first, ...(files as Files) };
  // The lease is not renewed, however slow the machine is.
  const report = await bench.up(all, { leaseMs: 600_000 });
  expect(report.problems).toEqual([]);
  expect(report.migrations.map(({ error }) => error).filter(Boolean)).toEqual([]);
  expect(report.outcome).toBe('applied');
  expect((await bench.up(all)).dataApiCalls).toBe(1);
  return report.dataApiCalls;
}

describeMysql('the calls of a run', () => {
  test.each(SHAPES)('$what', async ({ files, calls, most }) => {
    const counted = await countCalls(files);
    expect(counted).toBe(RUN + calls);
    expect(counted).toBeLessThanOrEqual(most);
  });

  test.each(SHAPES.filter(({ gone }) => gone !== undefined))(
    'where DDL ends transactions: $what',
    async ({ files, gone }) => {
      const counted = await countCalls(files, { transactionAfterDdl: 'gone', errors: 'driver' });
      // History, lease, its end; and to learn it: a call that is refused, and two looks.
      expect(counted).toBeLessThanOrEqual(gone! + 3);
    },
  );

  test('50 migrations of 5 CREATE TABLE', async () => {
    const counted = await countCalls(folder(50, n => each(5, m => `create table x${n}_${m} (id int);`)));
    expect(counted).toBe(RUN + 50 * (5 + 1) + LAST);
    expect(counted).toBeLessThanOrEqual(320);
  });

  test('a run that goes on where another stopped', async () => {
    const bench = await mysqlBench();
    await bench.up({ '001_first': '-- none' });
    const files = (last: string) => ({
      '001_first': '-- none',
      '002_a': `${table} insert into t values (1, 1); ${last}`,
    });
    expect((await bench.up(files('drop table nothing;'))).outcome).toBe('failed');
    const { dataApiCalls, outcome } = await bench.up(files('update t set n = 2;'));
    expect(outcome).toBe('applied');
    // The attempt that stopped is read twice: what it names, and what it left in flight. That nothing of it was edited the history tells.
    expect(dataApiCalls).toBe(RUN + 2 + 1 + 2);
  });

  test('LOAD DATA: a transaction takes it', async () => {
    const bench = await mysqlBench({
      superuser: 'LOAD DATA INFILE takes the privilege FILE, which Aurora gives nobody',
    });
    const first = { '001_t': table };
    await bench.up(first);
    const file = join(mkdtempSync(join(tmpdir(), 'load-')), 'rows');
    writeFileSync(file, '1\t1\n2\t2\n');
    chmodSync(dirname(file), 0o755);
    const load = `load data infile '${file}' into table t;`;
    expect(await bench.up({ ...first, '002_l': load })).toMatchObject({ outcome: 'applied', dataApiCalls: RUN + 3 });
    // Before and behind it others, one of which fails: what was loaded stays, once.
    const files = (last: string) => ({
      ...first,
      '002_l': load,
      '003_m': `delete from t; ${load} ${last} insert into t values (3, 3);`,
    });
    const failed = await bench.up(files('insert into t values (1, 1);'));
    expect(failed.migrations.at(-1)?.error).toMatchObject({ statement: 3 });
    expect(await bench.sql('select id from t order by id')).toEqual([[1], [2]]);
    expect(await bench.up(files('insert into t values (4, 4);'))).toMatchObject({ outcome: 'applied' });
    expect(await bench.sql('select id from t order by id')).toEqual([[1], [2], [3], [4]]);
    expect(bench.local.openTransactions()).toBe(0);
  });
});

const CORPUS = absolute(import.meta.dirname, '../../../shared/corpora/authelia/mysql');

describe('the calls of a real corpus', () => {
  test.skipIf(mysqlMasterUrl === '' || !existsSync(CORPUS))('authelia: at most 1.45 for each statement', async () => {
    const compiled = await compile({ dir: CORPUS, engine: 'mysql', relativeTo: CORPUS });
    const statements = compiled.manifest.migrations.reduce((sum, one) => sum + one.statements, 0);
    const bench = await mysqlBench();
    // The tracking tables come first, in calls of their own.
    const options = { requestedBy: 'test', ...(await bench.runner(reader(compiled))) };
    await installTracking(options, newRun(options));
    const report = await bench.up(reader(compiled), { leaseMs: 600_000 });
    expect(report.outcome).toBe('applied');
    expect(report.dataApiCalls).toBeLessThanOrEqual(1.45 * statements);
  });
});
