import { expect, test } from 'vitest';
import { baseline, migrate } from '../../lib/runner/index.ts';
import { type Files, states } from '../support/migrations.ts';
import { describeMysql, type MysqlBench, mysqlBench } from '../support/mysql.ts';

const FILES = {
  '0001_a': 'create table a (id int);',
  '0002_b': 'create table b (id int);',
  '0003_c': 'create table c (id int);',
  R__v: 'create or replace view v as select 1 as one;',
};

const adopt = async ({ runner }: MysqlBench, to: string, files: Files = FILES) =>
  baseline({ requestedBy: 'test', ...(await runner(files)), to });
const baselined = ({ value }: MysqlBench) => value(`select count(*) from schema_migrations where status = 'baselined'`);
const tables = ({ sql, name }: MysqlBench) =>
  sql(
    `select table_name from information_schema.tables where table_schema = '${name}' and table_name not like 'schema%' order by 1`,
  ).then(rows => rows.flat());

describeMysql('baseline, on MySQL', () => {
  test('takes an existing database over: nothing is executed, the rest is applied; twice is once', async () => {
    const made = await mysqlBench();
    await made.raw.query('create table a (id int, more text); create table b (id int)');
    expect(await adopt(made, '2')).toMatchObject({
      outcome: 'baselined',
      baselined: ['0001_a', '0002_b'],
      problems: [],
    });
    expect(await tables(made)).toEqual(['a', 'b']);
    expect(states(await made.status(FILES))).toEqual({
      '0001_a': 'baselined',
      '0002_b': 'baselined',
      '0003_c': 'pending',
      R__v: 'pending',
    });
    expect(await adopt(made, '0002_b')).toMatchObject({ outcome: 'nothing-to-do', baselined: [] });
    expect(await made.up(FILES)).toMatchObject({ outcome: 'applied', applied: ['0003_c', 'R__v'] });
    expect(await adopt(made, '3')).toMatchObject({ outcome: 'nothing-to-do' });
    expect(await baselined(made)).toBe(2);
    expect(states(await made.status(FILES))).toMatchObject({ '0001_a': 'baselined', '0003_c': 'applied' });
  });

  test('two at once write each down once', async () => {
    const made = await mysqlBench();
    const options = { requestedBy: 'test', ...(await made.runner(FILES)), to: '3' };
    const other = await made.runner(FILES);
    const reports = await Promise.all([baseline(options), baseline({ ...options, ...other, database: made.client() })]);
    expect(reports.map(({ outcome }) => outcome).sort()).toEqual(['baselined', 'nothing-to-do']);
    expect(await baselined(made)).toBe(3);
  });

  test('what is half done is refused; an unknown version is an error', async () => {
    const made = await mysqlBench();
    const files = { '0001_a': 'create table a (id int);\nselect nowhere();' };
    expect(await made.up(files)).toMatchObject({ outcome: 'failed' });
    expect(await adopt(made, '1', files)).toMatchObject({
      outcome: 'stopped',
      problems: [{ code: 'half-done', migration: '0001_a' }],
    });
    expect(await baselined(made)).toBe(0);
    await expect(adopt(made, '9', files)).rejects.toMatchObject({ code: 'unknown-version' });
  });

  test('what was taken over, or reverted and taken over again, can be undone by the file', async () => {
    const made = await mysqlBench();
    const files = { '0001_a': 'create table a (id int);\n-- migrate:down\ndrop table a;' };
    await made.raw.query('create table a (id int)');
    await adopt(made, '1', files);
    expect(await made.revert(files, { steps: 1 })).toMatchObject({ outcome: 'reverted', reverted: ['0001_a'] });
    expect(await tables(made)).toEqual([]);
    await made.raw.query('create table a (id int)');
    expect(await adopt(made, '1', files)).toMatchObject({ outcome: 'baselined', baselined: ['0001_a'] });
    expect(
      await made.sql('select attempt, status from schema_migrations where version = 0001 order by attempt'),
    ).toEqual([
      [1, 'baselined'],
      [2, 'reverted'],
      [3, 'baselined'],
    ]);
    expect(await made.revert(files, { steps: 1 })).toMatchObject({ outcome: 'reverted' });
  });
});

describeMysql('the option baseline of a run, on MySQL', () => {
  const run = async (made: MysqlBench) =>
    migrate({ requestedBy: 'test', ...(await made.runner(FILES)), baseline: '2' });

  test('takes an existing database over, once', async () => {
    const made = await mysqlBench();
    await made.raw.query('create table a (id int); create table b (id int)');
    expect(await run(made)).toMatchObject({ outcome: 'applied', applied: expect.arrayContaining(['0003_c', 'R__v']) });
    expect(states(await made.status(FILES))).toMatchObject({
      '0001_a': 'baselined',
      '0002_b': 'baselined',
      '0003_c': 'applied',
    });
    expect(await run(made)).toMatchObject({ outcome: 'nothing-to-do' });
  });

  test('a database with nothing but a view is not empty', async () => {
    const made = await mysqlBench();
    await made.raw.query('create view v as select 1 as one');
    await run(made);
    expect(states(await made.status(FILES))['0001_a']).toBe('baselined');
  });

  test('in an empty database everything is run; one that was begun already goes on as it was', async () => {
    const made = await mysqlBench();
    await made.up({ '0001_a': FILES['0001_a'] });
    expect(await run(made)).toMatchObject({ applied: ['0002_b', '0003_c', 'R__v'] });
    const empty = await mysqlBench();
    expect(await run(empty)).toMatchObject({ outcome: 'applied' });
    expect(await tables(empty)).toEqual(['a', 'b', 'c', 'v']);
    expect([await baselined(made), await baselined(empty)]).toEqual([0, 0]);
  });
});
