import { expect, test } from 'vitest';
import { describeMysql, type MysqlBench, mysqlBench } from '../support/mysql.ts';
import { openTransactions } from '../support/open-transactions.ts';

// Errors that pass a handler for exceptions: those of SQLSTATE class 01 and 02, and those that are fatal to a statement.

const DIRTY = "set time_zone = '+05:00', foreign_key_checks = 0, lock_wait_timeout = 77";
const FIRST = {
  '001_t': `create table t (id int primary key, mood enum('a', 'b'));
    create procedure signals() signal sqlstate '02000' set message_text = 'none of those';
    create procedure fetches() begin declare x int; declare c cursor for select id from t where false; open c; fetch c into x; end;`,
};

/** What a run may have left in the sessions of the pool, or waiting for them. */
async function left(bench: MysqlBench) {
  const { sql, name, client } = bench;
  const [settings] = await client().execute({
    sql: "select concat_ws(' ', @@time_zone, @@foreign_key_checks, @@lock_wait_timeout, convert(@aurora_migrations_was using utf8mb4))",
    effect: 'read',
  });
  return {
    settings: settings?.[0],
    transactions: await openTransactions(bench),
    locks: await sql(
      `select l.object_name from performance_schema.metadata_locks l join performance_schema.threads t on t.thread_id = l.owner_thread_id
        where l.object_type = 'USER LEVEL LOCK' and t.processlist_db = ?`,
      [name],
    ),
    running: await sql("select name from schema_migrations where status = 'running'"),
    leases: await sql('select run_id from schema_migrations_lease where run_id is not null'),
  };
}
const NOTHING = { settings: '+05:00 0 77', transactions: [], locks: [], running: [], leases: [] };

const KINDS = [
  [
    'rows that do not fit',
    "insert into t values (2, 'zzz')",
    '01000',
    'Data truncated',
    "insert into t values (2, 'b')",
  ],
  ['a definition that does not fit', "alter table t modify mood enum('b')", '01000', 'Data truncated', 'select 2'],
  ['a SIGNAL', 'call signals()', '02000', 'none of those', 'select 2'],
  ['a FETCH past the end', 'call fetches()', '02000', 'No data', 'select 2'],
  ['a fatal one', `do ${'abs('.repeat(3000)}1${')'.repeat(3000)}`, 'HY000', 'Thread stack overrun', 'select 2'],
] as const;

describeMysql.each([
  ['COMMIT AND CHAIN executed', true],
  ['COMMIT AND CHAIN refused', false],
] as const)('an error that is no exception, %s', (_, chains) => {
  test.each(KINDS)(
    '%s: written down with its place, and nothing is left open',
    async (_kind, sql, code, says, fixed) => {
      const bench = await mysqlBench({ chains, poolSize: 2, dirty: [DIRTY] });
      await bench.up(FIRST);
      const files = (second: string) => ({
        ...FIRST,
        '002_x': `insert into t values (1, 'a');\n${second};\ninsert into t values (3, 'b');`,
      });
      const report = await bench.up(files(sql));
      expect(report).toMatchObject({ outcome: 'failed', problems: [] });
      expect(report.migrations.at(-1)?.error).toMatchObject({
        ...{ code, statement: 2, file: '002_x.sql', line: 2, message: expect.stringContaining(says) },
        remedy: expect.stringContaining(
          says === 'Data truncated'
            ? 'Statement 1 is committed. A value does not fit: fix it in the file, or in the row'
            : 'Statement 1 is committed: fix the file from statement 2 on',
        ),
      });
      expect(
        await bench.sql(
          "select attempt, status, statements_applied, error_code, error_statement, error_line from schema_migrations where name = '002_x'",
        ),
      ).toEqual([[1, 'failed', 1, code, 2, 2]]);
      expect(await left(bench)).toEqual(NOTHING);
      expect(await bench.up(files(fixed))).toMatchObject({ outcome: 'applied', problems: [] });
      expect(await bench.value('select group_concat(id order by id) from t')).toBe(
        fixed === 'select 2' ? '1,3' : '1,2,3',
      );
      expect(await left(bench)).toEqual(NOTHING);
    },
  );

  test('in a down section, and in a session that is kept', async () => {
    const bench = await mysqlBench({ chains, poolSize: 2, dirty: [DIRTY] });
    const files = {
      ...FIRST,
      '002_x': `-- migrate:up
create trigger g before delete on t for each row set @x = 1;
create trigger h before delete on t for each row set @x = 1;
-- migrate:down
drop trigger h;
insert into t values (2, 'zzz');
drop trigger g;`,
    };
    await bench.up(files);
    const failed = await bench.revert(files, { steps: 1 });
    expect(failed).toMatchObject({ outcome: 'failed' });
    expect(
      await bench.sql(
        "select direction, status, statements_applied, error_code, error_line from schema_migrations where name = '002_x' order by attempt desc limit 1",
      ),
    ).toEqual([['down', 'failed', 1, '01000', 6]]);
    expect(await left(bench)).toEqual(NOTHING);
  });
});

describeMysql('an error that is no exception', () => {
  test.each([
    { errors: 'code' },
    { errors: 'message', callRows: false },
    { errors: 'driver', transactionAfterDdl: 'gone' },
  ] as const)('in whatever words the service tells it: %o', async switches => {
    const bench = await mysqlBench({ poolSize: 2, dirty: [DIRTY], mysql: { switches } });
    await bench.up(FIRST);
    const files = (second: string) => ({
      ...FIRST,
      '002_x': `create trigger g before delete on t for each row set @x = 1;\n${second};\nalter table t add m int;`,
    });
    for (const sql of ["insert into t values (2, 'zzz')", `do ${'abs('.repeat(3000)}1${')'.repeat(3000)}`]) {
      const report = await bench.up(files(sql));
      expect(report).toMatchObject({ outcome: 'failed', problems: [] });
      expect(report.migrations.at(-1)?.error).toMatchObject({ statement: 2, line: 2, file: '002_x.sql' });
      expect(await left(bench)).toEqual(NOTHING);
    }
    expect(await bench.up(files('select 2'))).toMatchObject({ outcome: 'applied', problems: [] });
    expect(await left(bench)).toEqual(NOTHING);
  });
});
