import { describe, expect, test } from 'vitest';
import { parseMysql } from '../../lib/data-api/mysql-errors.ts';
import { editedDone, explain } from '../../lib/engine/mysql/failure.ts';
import { compileFiles } from '../compile/folder.ts';
import { describeMysql, mysqlBench } from '../support/mysql.ts';

const MESSAGE = "Table 'app.users' already exists";

describe('errors of MySQL, in every form that the service may give them', () => {
  test.each([
    [`Database error code: 1050. Message: ${MESSAGE}`, undefined],
    [`Database error code: 1050. Message: ${MESSAGE}; SQLState: 42S01`, '42S01'],
    [`${MESSAGE}; Error code: 1050; SQLState: 42S01`, '42S01'],
    [`1050 (42S01): ${MESSAGE}`, '42S01'],
    [`ERROR 1050 (42S01): ${MESSAGE}`, '42S01'],
    [`error returned from database: 1050 (42S01): ${MESSAGE}`, '42S01'],
  ])('%s', (text, sqlState) => {
    expect(parseMysql(text)).toEqual({ message: MESSAGE, errorCode: 1050, sqlState, outcome: 'failed', busy: false });
  });

  test('the message alone is an answer of the database', () => {
    expect(parseMysql(MESSAGE)).toMatchObject({ message: MESSAGE, errorCode: undefined, outcome: 'failed' });
  });

  test.each([
    'Database error code: 2013. Message: Lost connection to MySQL server during query',
    'Server shutdown in progress; Error code: 1053; SQLState: 08S01',
    'Lost connection to MySQL server during query',
    'MySQL server has gone away',
  ])('a lost connection is none: %s', text => expect(parseMysql(text)?.outcome).toBe('unknown'));

  test('before any statement', () => {
    expect(parseMysql("1049 (42000): Unknown database 'x'")).toMatchObject({ outcome: 'not-run', busy: false });
    expect(parseMysql('1040 (08004): Too many connections')).toMatchObject({ outcome: 'not-run', busy: true });
  });

  test.each([
    'Database returned SQL Exception',
    'ERROR: relation "embeddings" already exists; SQLState: 42P07',
    'ERROR: relation "no_such_table_xyz" does not exist; Position: 15; SQLState: 42P01',
  ])('not of MySQL: %s', text => expect(parseMysql(text)).toBeUndefined());
});

test('what was done and edited since is named, with the way out', () => {
  expect(explain('001_a', 'up', editedDone('001_a', 'up', 2, 2))).toMatchObject({
    code: 'edited-in-force',
    message: 'statement 2 was executed by an earlier run, and edited since',
    remedy: 'Put statement 2 back as it was and run again; what is executed is changed by a new migration',
  });
});

test('what cannot mean the same in a migration is warned of', async () => {
  const text = 'SET @@SESSION.SQL_LOG_BIN = 0;\nUPDATE t SET a = 1;\nINSERT INTO s VALUES (ROW_COUNT());\n';
  const { warnings } = await compileFiles({ '1_m.sql': text }, { engine: 'mysql' });
  expect(warnings.map(({ code, message }) => `${code}: ${message}`)).toEqual([
    'replication: SET sql_log_bin is left out: it is for replicas',
    'row-count: ROW_COUNT() answers about the checkpoint before it',
  ]);
});

describeMysql('what MySQL quotes in an error is none of our own words', () => {
  test.each([
    ['a value', "insert into s values ('aurora-migrations fenced')", '23000'],
    ['a name', 'create table `aurora-migrations busy` (id int)', '42S01'],
    ['a key', "insert into s values ('schema_migrations.PRIMARY')", '23000'],
  ])('%s', async (_, sql, code) => {
    const bench = await mysqlBench();
    const files = { '001_m': `create table s (s varchar(100) primary key);\n${sql};\n${sql};` };
    const report = await bench.up(files, { budgetMs: 20_000 });
    expect(report.migrations.at(-1)?.error).toMatchObject({ code, statement: 3, line: 3 });
    expect(await bench.sql("select status, statements_applied from schema_migrations where name = '001_m'")).toEqual([
      ['failed', 2],
    ]);
  });
});
