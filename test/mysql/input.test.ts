import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { describe as inWords } from '../../lib/core/errors.ts';
import { scan } from '../../lib/local/mysql/scanner.ts';
import {
  compileMysql,
  describeMysql,
  fingerprintMysql,
  freshMysql,
  mysqlBench,
  mysqlMasterUrl,
  mysqlUrl,
} from '../support/mysql.ts';

const SCHEMA = `
create table users (id int primary key auto_increment, name varchar(20) not null default 'it''s; :x', made datetime default current_timestamp, key (name)) comment 'a;b';
create table notes (id int primary key, user_id int, body text, constraint of_user foreign key (user_id) references users (id) on delete cascade);
create view named as select id, upper(name) as name from users;
create procedure tidy(in days int) begin
  # don't :stop
  declare done int default 0;
  declare continue handler for not found set done = 1;
  l:while days > 0 do set days = days - 1; end while;
  if done then select 'it\\'s :done'; end if;
end;
create function twice(n int) returns int deterministic begin return n * 2; end;
create trigger before_notes before insert on notes for each row begin set new.body = concat(new.body, ';'); end;
create event nightly on schedule every 1 day starts '2030-01-01 00:00:00' disable do begin delete from notes; call tidy(1); end;
`;

const dumper = spawnSync('mysqldump', ['--version']).status === 0;

/** What mysqldump writes of a database. */
function dump(database: string, ...options: string[]): string {
  // Past the Data API, as root: it dumps whatever is there.
  const { hostname, port, username, password } = new URL(mysqlUrl);
  const login = [
    `-h${hostname}`,
    `-P${port || 3306}`,
    `-u${username || 'root'}`,
    ...(password ? [`-p${password}`] : []),
  ];
  const ran = spawnSync('mysqldump', ['--no-defaults', ...login, '--skip-dump-date', ...options, database], {
    encoding: 'utf8',
  });
  if (ran.status !== 0) throw new Error(ran.stderr);
  return ran.stdout;
}

describeMysql('what is valid input', () => {
  test.skipIf(!dumper).each([
    ['COMMIT AND CHAIN executed', true],
    ['COMMIT AND CHAIN refused', false],
  ])("mysqldump's schema with procedures, triggers and events, %s", async (_, chains) => {
    const theirs = await freshMysql(true, mysqlMasterUrl);
    await theirs.raw.query(`set time_zone = @@global.time_zone; ${SCHEMA.trim().replace(/;$/, '')}`);
    const text = dump(theirs.name, '--no-data', '--routines', '--triggers', '--events');
    const compiled = await compileMysql({ '001_dump': text });
    expect(compiled.errors.map(inWords)).toEqual([]);
    const bench = await mysqlBench({ chains });
    const report = await bench.up({ '001_dump': text });
    expect(report.migrations.map(({ error }) => error).filter(Boolean)).toEqual([]);
    const wanted = (lines: string[]) => lines.filter(line => !line.startsWith('procedure tidy'));
    const expected = wanted(await fingerprintMysql(theirs.raw, theirs.name));
    expect(wanted(await fingerprintMysql(bench.raw, bench.name))).toEqual(expected);
    // Rewritten, see below: its comment and its label would have been parameters.
    await bench.sql('call tidy(3)');
  });

  test.skipIf(!dumper)("mysqldump's rows: LOCK TABLES is left out, and noted", async () => {
    const theirs = await freshMysql(true, mysqlMasterUrl);
    await theirs.raw.query(
      `${SCHEMA} insert into users (id, name) values (1, 'a;'), (2, 'it''s'); insert into notes values (1, 1, 'x :y')`,
    );
    const text = dump(theirs.name);
    const compiled = await compileMysql({ '001_dump': text });
    expect(compiled.errors.map(inWords)).toEqual([]);
    expect(compiled.warnings.map(({ code }) => code)).toContain('lock-tables');
    const bench = await mysqlBench();
    expect((await bench.up({ '001_dump': text })).outcome).toBe('applied');
    expect(await bench.sql('select id, name from users order by id')).toEqual([
      [1, 'a;'],
      [2, "it's"],
    ]);
  });

  test('a script of the schema itself, as the server takes it, whatever the scanner of the service reads', async () => {
    const theirs = await freshMysql(true, mysqlMasterUrl);
    await theirs.raw.query(`set time_zone = @@global.time_zone; ${SCHEMA.trim().replace(/;$/, '')}`);
    const wanted = (lines: string[]) => lines.filter(line => !line.startsWith('procedure'));
    for (const scanner of [{}, { backslashes: true, hashes: true, backticks: true }]) {
      const bench = await mysqlBench({ mysql: { scanner } });
      const report = await bench.up({ '001_schema': SCHEMA });
      expect(report.migrations.map(({ error }) => error).filter(Boolean)).toEqual([]);
      expect(wanted(await fingerprintMysql(bench.raw, bench.name))).toEqual(
        wanted(await fingerprintMysql(theirs.raw, theirs.name)),
      );
      await bench.sql('call tidy(3)');
    }
  });
});

describeMysql('names with a colon', () => {
  test('what is sent as it is is rewritten where that is safe', async () => {
    const { bodies, errors } = await compileMysql({ '001_schema': SCHEMA });
    expect(errors).toEqual([]);
    const { rewritten = [] } = bodies.get('001_schema')!.up.facts;
    const routine = rewritten.find(({ sql }) => sql.includes('tidy'))!.sql;
    expect(routine).toContain('l: while');
    expect(routine).toContain("'it''s :done'");
    expect(routine).not.toContain("don't");
    for (const { sql } of rewritten) {
      for (const backslashes of [true, false])
        for (const hashes of [true, false]) expect(scan(sql, { backslashes, hashes }).names).toEqual([]);
    }
  });

  test.each([
    ['a parameter of somebody else', 'insert into t values (:id);'],
    ['a name in backticks', 'create table `a:b` (id int);'],
  ])('refused with the place and the reason: %s', async (_, sql) => {
    const { errors } = await compileMysql({ '001_m': `select 1;\n${sql}` });
    expect(errors).toMatchObject([{ code: 'data-api-parameter', place: { line: 2 } }]);
  });

  test.each([
    ['insert into t values (1); begin; insert into t values (2)', 'transaction-control'],
    ['set autocommit = 0; insert into t values (1)', 'transaction-control'],
    ['begin; insert into t values (1); rollback', 'transaction-control'],
    ['start transaction read only; select 1; commit', 'transaction-control'],
    ['set session transaction isolation level read committed', 'transaction-settings'],
    ['use one; use other', 'use-database'],
    ['prepare s from concat(1)', 'prepare'],
    ['execute s', 'prepare'],
    ["load data local infile 'x' into table t", 'load-local'],
    ["set sql_mode = 'ANSI_QUOTES'", 'sql-mode'],
    ["set @a = '', session sql_mode = concat(@@sql_mode, ',ANSI')", 'sql-mode'],
    ['set sql_mode = 4', 'sql-mode'],
    ['set @@session.sql_mode := 0x4', 'sql-mode'],
    ['set sql_mode = @@sql_mode | 4', 'sql-mode'],
    ['set sql_mode = (2 + 2), @a = 1', 'sql-mode'],
    ['set sql_mode = ansi_quotes', 'sql-mode'],
    ['set session `SQL_mode` = `NO_BACKSLASH_ESCAPES`', 'sql-mode'],
    ["set @@sql_mode = N'ANSI'", 'sql-mode'],
    ['set `autocommit` = 0, @a = 1; insert into t values (@a)', 'transaction-control'],
    ['set global autocommit = 0', 'transaction-settings'],
    ['set role none', 'set-role'],
    ['lock instance for backup', 'session-lock'],
    ['flush tables with read lock', 'session-lock'],
    ['flush tables a, b for export', 'session-lock'],
    ["select get_lock('a', 1)", 'session-lock'],
    ['do 1, release_all_locks()', 'session-lock'],
    ['drop table schema_migrations', 'tracking-table'],
    ['delete from schema_migrations_lease', 'tracking-table'],
    ['select 1\\G', 'client-command'],
    ['--select 1\nselect 2', 'bare-comment'],
    ["select 'a", 'syntax'],
  ])('refused: %s', async (sql, code) => {
    const { errors } = await compileMysql({ '001_m': sql });
    expect(errors.map(error => error.code)).toContain(code);
    for (const { remedy, place } of errors) expect([remedy.length > 3, place?.line]).toEqual([true, 1]);
  });

  test.each([
    "set @a = 4, sql_mode = '', @b = 'ANSI_QUOTES'",
    'set sql_mode = 0',
    'set @saved_sql_mode = @@sql_mode; set sql_mode = @saved_sql_mode',
    'begin; insert into t values (1); commit; insert into t values (2)',
    'set autocommit = 0',
    'set @sql_mode = 4',
    'set @transaction = 1, @autocommit = 0',
    'flush tables a',
    "prepare s from 'select 1'; execute s; deallocate prepare s",
    "set @a = 'select ?, ?', @b = 1, @c = 2; prepare s from @a; execute s using @b, @c; drop prepare s",
    "create procedure p() begin do get_lock('a', 1); do release_lock('a'); end",
    "set sql_mode = replace(@@sql_mode, 'STRICT_TRANS_TABLES', '')",
  ])('not refused: %s', async sql => {
    expect((await compileMysql({ '001_m': sql })).errors).toEqual([]);
  });

  test('a transaction around the whole file is dropped, a BOM and CRLF are no matter', async () => {
    const { errors, bodies } = await compileMysql({
      '001_m': '\uFEFFstart transaction;\r\ncreate table t (id int);\r\ncommit;\r\n',
    });
    expect(errors).toEqual([]);
    expect(bodies.get('001_m')!.up.facts.lines).toEqual([2]);
  });
});
