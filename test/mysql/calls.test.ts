import { chmodSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Files } from '../support/migrations.ts';
import { describeMysql, type MysqlBenchOptions, mysqlBench } from '../support/mysql.ts';

interface Shape {
  readonly what: string;
  readonly files: Files;
  /** Statements, and how many of them cannot be prepared. */
  readonly statements: number;
  readonly unprepared: number;
  /** How often sql_mode or a character set changes between two of those: one call more each than was promised (below, at that shape). */
  readonly changes?: number;
  /** The calls of a run that applies them. */
  readonly witness: number;
  readonly plain: number;
  /** The same where the service gives up a transaction when DDL commits it. */
  readonly gone?: { readonly witness: number; readonly plain: number };
  /** SETs that read others are then repeated, each by itself, before each statement that cannot be prepared. */
  readonly sets?: number;
  /** With the procedure where the rows that a CALL returns do not come back, if that is another number. */
  readonly rowless?: number;
}

const table = 'create table t (id int primary key, n int);';
const trigger = (name: string, on = 't') =>
  `create trigger ${name} before insert on ${on} for each row set new.n = ${name.length};`;

const routine = (name: string) => `create procedure ${name}() select 1;`;
const mode = (value: string) => `set sql_mode = '${value}';`;

/** As mysqldump writes triggers down. */
const dumped = (name: string) => `/*!50003 SET @saved_cs_client = @@character_set_client */ ;
/*!50003 SET @saved_col_connection = @@collation_connection */ ;
/*!50003 SET character_set_client = utf8mb4 */ ;
/*!50003 SET collation_connection = utf8mb4_0900_ai_ci */ ;
/*!50003 SET @saved_sql_mode = @@sql_mode */ ;
/*!50003 SET sql_mode = 'STRICT_TRANS_TABLES,NO_ENGINE_SUBSTITUTION' */ ;
DELIMITER ;;
/*!50003 CREATE*/ /*!50003 TRIGGER ${name} BEFORE INSERT ON t FOR EACH ROW BEGIN SET new.n = 1; SET new.n = 2; END */;;
DELIMITER ;
/*!50003 SET sql_mode = @saved_sql_mode */ ;
/*!50003 SET character_set_client = @saved_cs_client */ ;
/*!50003 SET collation_connection = @saved_col_connection */ ;
`;

/**
 * A run reads the history, acquires the lease, and releases it: 3. With the procedure a migration takes 1 more, a statement that cannot be
 * prepared 2, and its session 3 a run (begin, SET, commit), or 2 where the procedure makes it; one that reads texts otherwise is put back by 1
 * more. Without it: the procedure is asked for, 1; DDL takes its mark, itself, and sometimes a checkpoint, and their session 4 a run (begin, SET,
 * SET, commit); DML 4, and 2 more for its session where it takes no hints: several of it share that.
 */
const SHAPES: readonly Shape[] = [
  {
    what: 'DDL and DML',
    files: { '002_a': `${table} insert into t values (1, 1); alter table t add m int;` },
    ...{ statements: 3, unprepared: 0, witness: 3 + 1, plain: 4 + 4 + 2 + 4 + 3 },
  },
  {
    what: 'migrations of one DML each',
    files: {
      '002_a': table,
      '003_b': 'insert into t values (1, 1);',
      '004_c': 'update t set n = 2;',
      '005_d': 'delete from t;',
    },
    ...{ statements: 4, unprepared: 0, witness: 3 + 4, plain: 4 + 4 + 3 + 3 * 4 },
  },
  {
    what: 'DDL only',
    files: { '002_a': table, '003_b': 'alter table t add m int; create index i on t (n);' },
    ...{ statements: 3, unprepared: 0, witness: 3 + 2, plain: 4 + 4 + 3 + 5 + 1 },
  },
  {
    what: 'a trigger between others',
    files: { '002_a': `${table} ${trigger('g')} insert into t values (1, 1);` },
    ...{
      statements: 3,
      unprepared: 1,
      witness: 3 + 1 + 2 + 3,
      plain: 4 + 4 + 3 + 2 + 4,
      gone: { witness: 9, plain: 18 },
    },
  },
  {
    what: 'routines only',
    files: { '002_a': `${routine('a')} ${routine('b')} ${routine('c')}` },
    ...{
      statements: 3,
      unprepared: 3,
      witness: 3 + 1 + 3 * 2 + 2,
      plain: 4 + 4 + 3 * 3,
      gone: { witness: 18, plain: 20 },
    },
  },
  {
    what: 'a trigger in each of two migrations',
    files: { '002_a': `${table} ${trigger('g')}`, '003_b': `${trigger('h')} insert into t values (1, 1);` },
    ...{
      statements: 4,
      unprepared: 2,
      witness: 3 + 2 * (1 + 2) + 3,
      plain: 4 + 4 + 3 + 3 + 2 + 4,
      gone: { witness: 14, plain: 23 },
    },
  },
  {
    // Each may commit by itself, and nothing would tell that it was done: it stands between two checkpoints.
    what: 'CALLs',
    files: { '002_a': `${routine('a')} ${'call a();'.repeat(10)}` },
    ...{ statements: 11, unprepared: 1, witness: 3 + 1 + 2 + 2, plain: 41, gone: { witness: 10, plain: 80 } },
  },
  {
    what: 'settings before DML',
    files: {
      '002_a': `${table} set foreign_key_checks = 0; insert into t values (1, 1); insert into t values (2, 2); insert into t values (3, 3);`,
    },
    // Two statements share what their session costs: begin, SET, checkpoint, the two, SET, commit.
    ...{ statements: 5, unprepared: 0, witness: 3 + 1, plain: 4 + 4 + 2 + 2 * 7 },
  },
  { what: 'comments only', files: { '002_a': '-- none' }, statements: 0, unprepared: 0, witness: 3 + 1, plain: 4 + 1 },
  {
    what: 'a trigger behind a SET of sql_mode',
    files: { '002_a': `${table} ${mode('TRADITIONAL')} ${trigger('g')} insert into t values (1, 1);` },
    ...{ statements: 4, unprepared: 1, witness: 3 + 1 + 2 + 4, plain: 25, gone: { witness: 10, plain: 25 } },
  },
  {
    what: 'a routine behind SET NAMES, first and alone',
    files: { '002_a': `set names latin1; ${routine('a')}` },
    ...{ statements: 2, unprepared: 1, witness: 3 + 1 + 2 + 4, plain: 17, gone: { witness: 10, plain: 17 } },
  },
  {
    what: 'a routine with DELIMITER behind a SET of sql_mode, and SETs that read others',
    files: {
      '002_a': `set @a = 1; set @b = @a + 1; set @c = @b + 1, sql_mode = 'TRADITIONAL';\nDELIMITER //\ncreate procedure a() begin select 1; select 2; end//\nDELIMITER ;\n`,
    },
    ...{ statements: 4, unprepared: 1, witness: 3 + 1 + 2 + 4, plain: 27, gone: { witness: 12, plain: 27 } },
  },
  {
    what: 'one first and one last, behind SETs that read others',
    files: {
      '002_a': `${routine('a')} set @a = 1; set @b = @a; ${table} insert into t values (@b, 1); ${trigger('g')}`,
    },
    ...{ statements: 6, unprepared: 2, witness: 3 + 1 + 2 * 2 + 2, plain: 31, gone: { witness: 15, plain: 34 } },
  },
  {
    what: 'SETs between, that do not change how texts are read',
    files: {
      '002_a': `${routine('a')} set time_zone = '+01:00'; ${routine('b')} set foreign_key_checks = 0, @x = 1; set @y = @x; ${routine('c')}`,
    },
    ...{ statements: 6, unprepared: 3, witness: 3 + 1 + 2 * 3 + 2, plain: 31, gone: { witness: 19, plain: 32 } },
  },
  {
    what: 'triggers as mysqldump writes them',
    files: { '002_a': `${table}\n${['g', 'h', 'i', 'j'].map(dumped).join('')}` },
    ...{
      statements: 41,
      unprepared: 4,
      witness: 3 + 1 + 2 * 4 + 4,
      plain: 208,
      gone: { witness: 40, plain: 223 },
      sets: 16,
      rowless: 19,
    },
  },
  {
    what: 'migrations that each SET sql_mode before a routine, and one that does not',
    files: {
      '002_a': `${mode('TRADITIONAL')} ${routine('a')}`,
      '003_b': `${mode('TRADITIONAL')} ${routine('b')}`,
      '004_c': routine('c'),
      '005_d': 'select 1;',
    },
    ...{
      statements: 6,
      unprepared: 3,
      witness: 3 + 4 + 2 * 3 + 5,
      plain: 37,
      gone: { witness: 21, plain: 37 },
      rowless: 19,
    },
  },
  {
    what: 'settings before single DML between DDL',
    files: {
      '002_a': `${table} set @a = 1; insert into t values (1, @a); alter table t add m int; insert into t values (2, @a, 1); alter table t add o int; insert into t values (3, @a, 1, 1);`,
    },
    ...{ statements: 7, unprepared: 0, witness: 3 + 1, plain: 34 },
  },
  {
    what: 'settings that read others before DML',
    files: {
      '002_a': `${table} set @a = 1; set @b = @a + 1; set @c = @b + 1; set @d = @c + 1; set @e = @d + 1; ${[1, 2, 3, 4, 5, 6, 7].map(n => `insert into t values (${n}, @e);`).join(' ')}`,
    },
    ...{ statements: 13, unprepared: 0, witness: 3 + 1, plain: 59 },
  },
  {
    what: 'DML that takes no hints',
    files: {
      '002_a': `${table} ${[1, 2, 3].map(n => `with x as (select ${n} as id) update t join x using (id) set n = ${n};`).join(' ')}`,
    },
    ...{ statements: 4, unprepared: 0, witness: 3 + 1, plain: 4 + 2 + 4 + 7 + 6 },
  },
  {
    // What only a top-level SET can change is one call more for each statement that meets it changed: every stored program puts sql_mode and the
    // character sets back when it ends, no hint applies to CREATE, and nothing else can share a call with it.
    what: 'sql_mode that changes from one to the next',
    files: {
      '002_a': `${mode('TRADITIONAL')} ${routine('a')} ${mode('NO_ZERO_DATE')} ${routine('b')} ${mode('TRADITIONAL')} ${routine('c')}`,
    },
    ...{
      statements: 6,
      unprepared: 3,
      changes: 2,
      witness: 3 + 1 + 2 * 3 + 4 + 2,
      plain: 35,
      gone: { witness: 18, plain: 36 },
    },
  },
];

/** Apply them after a first one; the next run finds nothing to do. */
async function countCalls(files: Files, options: MysqlBenchOptions, calls: number): Promise<void> {
  const bench = await mysqlBench(options);
  const first = { '001_first': '-- none' };
  await bench.up(first);
  const report = await bench.up({ ...first, ...files });
  expect(report.problems).toEqual([]);
  expect(report.outcome).toBe('applied');
  const { dataApiCalls } = report;
  const said = bench.local.log.entries
    .slice(-dataApiCalls)
    .map(({ operation, sql }) => (sql ?? operation).slice(0, 70));
  expect(dataApiCalls, said.join('\n')).toBe(calls);
  expect((await bench.up({ ...first, ...files })).dataApiCalls).toBe(1);
}

describeMysql('the calls of a run', () => {
  describe.each([
    ['with the procedure', true],
    ['without it', false],
  ])('%s', (_, witness) => {
    test.each(SHAPES)('$what', async ({ files, statements, unprepared, changes = 0, witness: withIt, plain }) => {
      const migrations = Object.keys(files).length;
      await countCalls(files, { witness }, witness ? withIt : plain);
      // What was promised.
      expect(witness ? withIt : plain).toBeLessThanOrEqual(
        witness ? 2 * migrations + 2 * unprepared + changes + 6 : 5 * statements + 8,
      );
    });

    test('one that goes on where another stopped', async () => {
      const bench = await mysqlBench({ witness });
      await bench.up({ '001_first': '-- none' });
      const files = (last: string) => ({
        '001_first': '-- none',
        '002_a': `${table} insert into t values (1, 1); ${last}`,
      });
      expect((await bench.up(files('drop table nothing;'))).outcome).toBe('failed');
      const { dataApiCalls, outcome } = await bench.up(files('update t set n = 2;'));
      expect(outcome).toBe('applied');
      // The attempt that stopped is read once more.
      expect(dataApiCalls).toBe(witness ? 4 + 1 : 5 + 4);
      expect(dataApiCalls).toBeLessThanOrEqual(witness ? 2 + 6 : 5 + 8);
    });
  });

  /*
   * What was promised does not hold where the service gives up a transaction when DDL commits it: the session of a statement that cannot be
   * prepared ends with it. Then such a statement takes its CALL, begin, SET and itself: 4, and more where its SETs read others. Without the
   * procedure a statement between two checkpoints that may commit takes 7: they, begin, SET, itself, the SET that puts back, and commit.
   */
  const switched = SHAPES.filter(({ gone }) => gone !== undefined);
  describe('where DDL ends transactions', () => {
    const mysql = { switches: { transactionAfterDdl: 'gone' } } as const;
    test.each(switched)('with the procedure: $what', async ({ files, unprepared, gone, sets = 0 }) => {
      await countCalls(files, { mysql }, gone!.witness);
      expect(gone!.witness).toBeLessThanOrEqual(2 * Object.keys(files).length + 4 * unprepared + sets + 6);
    });
    test.each(switched.filter(({ gone, plain }) => gone!.plain !== plain))(
      'without it: $what',
      async ({ files, statements, gone }) => {
        await countCalls(files, { mysql, witness: false }, gone!.plain);
        expect(gone!.plain).toBeLessThanOrEqual(7 * statements + 8);
      },
    );
  });

  // How texts are to be read is told by such a row: without it a statement that may meet them changed takes one call more, 3 in all.
  describe('where a CALL returns no rows', () => {
    const mysql = { switches: { callRows: false } };
    test.each(SHAPES.filter(({ rowless }) => rowless !== undefined))(
      '$what',
      async ({ files, unprepared, rowless }) => {
        await countCalls(files, { mysql }, rowless!);
        expect(rowless).toBeLessThanOrEqual(2 * Object.keys(files).length + 3 * unprepared + 6);
      },
    );
  });

  test('LOAD DATA: a transaction that the procedure leaves open takes it', async () => {
    const bench = await mysqlBench({
      superuser: 'LOAD DATA INFILE takes the privilege FILE, which Aurora gives nobody',
    });
    const first = { '001_t': table };
    await bench.up(first);
    const file = join(mkdtempSync(join(tmpdir(), 'load-')), 'rows');
    writeFileSync(file, '1\t1\n2\t2\n');
    chmodSync(dirname(file), 0o755);
    const load = `load data infile '${file}' into table t;`;
    expect(await bench.up({ ...first, '002_l': load })).toMatchObject({
      outcome: 'applied',
      dataApiCalls: 3 + 1 + 2 + 2,
    });
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
    // One that fails leaves nothing.
    const twice = await bench.up({ ...files('insert into t values (4, 4);'), '004_n': load });
    expect(twice.migrations.at(-1)?.error).toMatchObject({ statement: 1, code: '23000' });
    expect(await bench.value('select count(*) from t')).toBe(4);
    expect(bench.local.openTransactions()).toBe(0);
    expect(twice.dataApiCalls).toBeLessThanOrEqual(2 + 2 + 6);
  });

  test('a procedure that somebody dropped is made again, and one that cannot be made is asked for once a run', async () => {
    const bench = await mysqlBench();
    const first = { '001_t': table };
    await bench.up(first);
    const procedures = () =>
      bench.value('select count(*) from information_schema.routines where routine_schema = database()');
    expect(await procedures()).toBe(3);
    await bench.raw.query('drop procedure schema_migrations_apply_1');
    expect((await bench.up(first)).dataApiCalls).toBe(1);
    expect(await bench.up({ ...first, '002_a': 'insert into t values (1, 1);' })).toMatchObject({
      outcome: 'applied',
      dataApiCalls: 4 + 2 + 1,
    });
    expect(await procedures()).toBe(3);

    const without = await mysqlBench({ witness: false });
    const asked = () => without.local.log.entries.filter(({ sql }) => sql?.startsWith('CREATE PROCEDURE')).length;
    await without.up(first);
    expect(asked()).toBe(1);
    await without.up({ ...first, '002_a': 'insert into t values (1, 1);', '003_b': 'insert into t values (2, 1);' });
    expect(asked()).toBe(2);
  });
});
