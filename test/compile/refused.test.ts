import { describe, expect, test } from 'vitest';
import { compileFiles, problemsOf } from './folder.ts';

/** A statement, where it is refused, why, and a part of what the reader is told to write instead. */
const REFUSED: readonly [sql: string, place: string, code: string, remedy: string][] = [
  // transaction control
  ['select 1;\nCOMMIT;', '2:1', 'transaction-control', 'transaction:false'],
  ['BEGIN;\nselect 1;', '1:1', 'transaction-control', 'a migration is one transaction'],
  ['START TRANSACTION;', '1:1', 'transaction-control', 'Take it out'],
  ['select 1; ROLLBACK; select 2', '1:11', 'transaction-control', 'Take it out'],
  ['select 1;\n SAVEPOINT a;', '2:2', 'transaction-control', 'BEGIN … EXCEPTION'],
  ['RELEASE a', '1:1', 'transaction-control', 'BEGIN … EXCEPTION'],
  ['ROLLBACK TO a', '1:1', 'transaction-control', 'BEGIN … EXCEPTION'],
  ["PREPARE TRANSACTION 'x'", '1:1', 'transaction-control', 'Take it out'],
  ["COMMIT PREPARED 'x'", '1:1', 'transaction-control', 'Take it out'],
  ["ROLLBACK PREPARED 'x'", '1:1', 'transaction-control', 'Take it out'],
  ['SET TRANSACTION ISOLATION LEVEL SERIALIZABLE', '1:1', 'transaction-settings', 'LOCK TABLE'],
  ['SET TRANSACTION READ ONLY', '1:1', 'transaction-settings', 'LOCK TABLE'],
  ["SET TRANSACTION SNAPSHOT 'x'", '1:1', 'transaction-settings', 'Take it out'],
  ['SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY', '1:1', 'transaction-settings', 'Take it out'],
  ["SET LOCAL transaction_isolation = 'serializable'", '1:1', 'transaction-settings', 'Take it out'],
  // what needs a client
  ["-- a\nCOPY t FROM stdin;\n1\tit's\n$$\n\\.\nselect 1;", '2:1', 'copy-from-stdin', 'INSERT … VALUES'],
  ['COPY t (a, b) FROM STDIN WITH (FORMAT csv);', '1:1', 'copy-from-stdin', '--inserts'],
  ['COPY t TO stdout', '1:1', 'copy-to-stdout', 'Take it out'],
  ['\\connect other\nselect 1;', '1:1', 'psql-command', 'in SQL'],
  ['select 1;\n\\i other.sql', '2:1', 'psql-command', 'in SQL'],
  ['select 1 \\gexec', '1:10', 'psql-command', 'in SQL'],
  ['select\n\\restrict a\n1;', '2:1', 'psql-command', 'in SQL'],
  // what a function cannot do, or what takes the session away
  ['SELECT a INTO b FROM c', '1:1', 'select-into', 'CREATE TABLE … AS'],
  ['WITH x AS (SELECT 1) SELECT * INTO TEMP y FROM x', '1:1', 'select-into', 'CREATE TABLE … AS'],
  ['SELECT 1 INTO b UNION SELECT 2', '1:1', 'select-into', 'CREATE TABLE … AS'],
  ['DISCARD ALL', '1:1', 'session-reset', 'clean session'],
  ['DEALLOCATE ALL', '1:1', 'session-reset', 'clean session'],
  ["SET client_encoding = 'LATIN1'", '1:1', 'client-encoding', 'UTF-8'],
  ["SET NAMES 'LATIN1'", '1:1', 'client-encoding', 'UTF-8'],
  ["SET standard_conforming_strings = off;\nselect 'a\\b';", '2:8', 'backslash', "E'…'"],
  // what no checkpoint can follow
  ['CREATE INDEX CONCURRENTLY ON t (a)', '1:1', 'unnamed-index', 'Give the index a name'],
  ['REINDEX SCHEMA public', '1:1', 'reindex-all', 'REINDEX TABLE'],
  ['REINDEX DATABASE d', '1:1', 'reindex-all', 'REINDEX TABLE'],
  ['REINDEX SYSTEM d', '1:1', 'reindex-all', 'REINDEX TABLE'],
  ['CLUSTER', '1:1', 'cluster-all', 'CLUSTER a table'],
  // the tracking tables
  ['DROP SCHEMA public CASCADE', '1:1', 'tracking-schema', 'option "schema"'],
  ['DROP SCHEMA IF EXISTS a, "public"', '1:1', 'tracking-schema', 'option "schema"'],
  ['ALTER SCHEMA public RENAME TO b', '1:1', 'tracking-schema', 'option "schema"'],
  ['DROP TABLE a, schema_migrations', '1:1', 'tracking-table', 'option "table"'],
  ['DROP TABLE public.schema_migrations_lease', '1:1', 'tracking-table', 'option "table"'],
  ['ALTER TABLE schema_migrations ADD a int', '1:1', 'tracking-table', 'option "table"'],
  ['ALTER TABLE schema_migrations RENAME TO b', '1:1', 'tracking-table', 'option "table"'],
  ['CREATE TABLE schema_migrations (version text)', '1:1', 'tracking-table', 'option "table"'],
  ['TRUNCATE a, schema_migrations', '1:1', 'tracking-table', 'option "table"'],
  ["INSERT INTO schema_migrations VALUES ('1')", '1:1', 'tracking-table', 'option "table"'],
  ['DELETE FROM schema_migrations', '1:1', 'tracking-table', 'option "table"'],
  ['DROP FUNCTION public.schema_migrations_run_1(text, text, text)', '1:1', 'tracking-table', 'option "table"'],
  ['CREATE FUNCTION schema_migrations_x() RETURNS int RETURN 1', '1:1', 'tracking-table', 'option "table"'],
];

describe('refused', () => {
  test.each(REFUSED)('%s', async (sql, place, code, remedy) => {
    const { errors } = await compileFiles({ '1_m.sql': sql });
    expect(errors.map(error => `${error.place?.line}:${error.place?.column} ${error.code}`)).toEqual([
      `${place} ${code}`,
    ]);
    expect(errors[0]!.remedy).toContain(remedy);
    expect(errors[0]!.migration).toBe('1_m');
    expect(errors[0]!.place?.file).toBe('1_m.sql');
    expect(errors[0]!.place?.text).toBe(sql.split('\n')[errors[0]!.place!.line - 1]);
  });

  test.each(REFUSED)('in a down section: %s', async (sql, place, code) => {
    const [line, column] = place.split(':');
    expect(await problemsOf(`select 1;\n-- migrate:down\n${sql}`)).toEqual([`${Number(line) + 2}:${column} ${code}`]);
  });

  test('all of a file at once, and all files', async () => {
    const { errors } = await compileFiles({
      '1_a.sql': 'COMMIT;\nDISCARD ALL;\nselect 1;\nCLUSTER;',
      '2_b.sql': 'selec 1;\nselect 2;\nDEALLOCATE ALL;\nselect $$;',
      '3_c.sql': 'select 1;',
    });
    expect(errors.map(({ place, code }) => `${place?.file}:${place?.line}:${place?.column} ${code}`)).toEqual([
      '1_a.sql:1:1 transaction-control',
      '1_a.sql:2:1 session-reset',
      '1_a.sql:4:1 cluster-all',
      '2_b.sql:1:1 syntax',
      '2_b.sql:3:1 session-reset',
      '2_b.sql:4:8 syntax',
    ]);
  });
});

describe('welcome', () => {
  test.each([
    'BEGIN;\ncreate table a (b int);\nCOMMIT;',
    '-- a\nSTART TRANSACTION;\ncreate table a (b int);\nEND;\n-- b',
    'BEGIN; COMMIT',
    "COPY t FROM '/tmp/a'",
    "COPY t TO PROGRAM 'cat'",
    'DISCARD PLANS',
    'DISCARD TEMP',
    'DEALLOCATE a',
    "SET client_encoding = 'UTF8'",
    "SET NAMES 'utf-8'",
    "SET default_transaction_isolation = 'serializable'",
    'REINDEX TABLE t',
    'CLUSTER t',
    'DROP SCHEMA app CASCADE',
    'CREATE TABLE app.schema_migrations (a int)',
    'SELECT * FROM schema_migrations',
    'CREATE FUNCTION f() RETURNS int LANGUAGE plpgsql AS $$ DECLARE a int; BEGIN SELECT 1 INTO a; COMMIT; END $$',
    "SET standard_conforming_strings = off; select E'a\\\\b'",
    "SET standard_conforming_strings = on; select 'a\\b'",
    '\\restrict abc\nselect 1;\n\\unrestrict abc\n',
    'CREATE RULE r AS ON INSERT TO a DO ALSO (INSERT INTO b VALUES (1); NOTIFY c)',
    'CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT 1; SELECT CASE WHEN true THEN 2 END; END;\nselect 1;',
  ])('%s', async sql => {
    expect(await problemsOf(sql)).toEqual([]);
  });

  test('the tracking tables follow the options', async () => {
    const sql =
      'DROP SCHEMA public;\nDROP TABLE schema_migrations;\nDROP SCHEMA ops;\nDROP TABLE ops.done;\nDROP TABLE done;';
    const { errors } = await compileFiles({ '1_m.sql': sql }, { schema: 'ops', table: 'done' });
    expect(errors.map(({ place, code }) => `${place?.line} ${code}`)).toEqual([
      '3 tracking-schema',
      '4 tracking-table',
    ]);
  });
});
