import { describe, expect, test } from 'vitest';
import { baseline, migrate } from '../../lib/runner/index.ts';
import { type Bench, bench, type Files, states } from '../support/migrations.ts';

const FILES = {
  '0001_a': 'create table a (id int);',
  '0002_b': 'create table b (id int);',
  '0003_c': 'create table c (id int);',
  R__v: 'create or replace view v as select 1 as one;',
};

const adopt = async ({ runner }: Bench, to: string, files: Files = FILES) =>
  baseline({ requestedBy: 'test', ...(await runner(files)), to });

describe('baseline', () => {
  test('takes an existing database over: nothing is executed, the rest is applied', async () => {
    const made = await bench();
    await made.sql('create table a (id int, more text); create table b (id int)');
    expect(await adopt(made, '2')).toMatchObject({
      outcome: 'baselined',
      baselined: ['0001_a', '0002_b'],
      problems: [],
    });
    expect(await made.sql(`select column_name from information_schema.columns where table_name = 'a'`)).toHaveLength(2);
    expect(states(await made.status(FILES))).toEqual({
      '0001_a': 'baselined',
      '0002_b': 'baselined',
      '0003_c': 'pending',
      R__v: 'pending',
    });
    expect(await made.up(FILES)).toMatchObject({ outcome: 'applied', applied: ['0003_c', 'R__v'] });
  });

  test('twice is once', async () => {
    const made = await bench();
    await adopt(made, '0002');
    expect(await adopt(made, '0002_b')).toMatchObject({ outcome: 'nothing-to-do', baselined: [] });
    expect(await adopt(made, '3')).toMatchObject({ outcome: 'baselined', baselined: ['0003_c'] });
    expect(await made.value(`select count(*)::int from schema_migrations where status = 'baselined'`)).toBe(3);
  });

  test('two at once write each down once', async () => {
    const made = await bench();
    const options = { requestedBy: 'test', ...(await made.runner(FILES)), to: '3' };
    const reports = await Promise.all([baseline(options), baseline({ ...options, database: made.client() })]);
    expect(reports.map(({ outcome }) => outcome).sort()).toEqual(['baselined', 'nothing-to-do']);
    expect(await made.value(`select count(*)::int from schema_migrations where status = 'baselined'`)).toBe(3);
  });

  test('what is applied stays as it is', async () => {
    const made = await bench();
    await made.up({ '0001_a': FILES['0001_a'] });
    expect(await adopt(made, '3')).toMatchObject({ baselined: ['0002_b', '0003_c'] });
    expect(states(await made.status(FILES))['0001_a']).toBe('applied');
  });

  test('what is half done is refused', async () => {
    const made = await bench();
    const files = { '0001_a': '-- migrate:up transaction:false\ncreate table a ();\nselect 1/0;' };
    await made.up(files);
    expect(await adopt(made, '1', files)).toMatchObject({
      outcome: 'stopped',
      problems: [{ code: 'half-done', migration: '0001_a' }],
    });
    expect(await made.value(`select count(*)::int from schema_migrations where status = 'baselined'`)).toBe(0);
  });

  test('an unknown version is an error', async () => {
    await expect(adopt(await bench(), '9')).rejects.toMatchObject({ code: 'unknown-version' });
  });

  test('what was taken over can be undone by the file', async () => {
    const made = await bench();
    const files = { '0001_a': 'create table a ();\n-- migrate:down\ndrop table a;' };
    await made.sql('create table a ()');
    await adopt(made, '1', files);
    expect(await made.revert(files, { steps: 1 })).toMatchObject({ outcome: 'reverted', reverted: ['0001_a'] });
    expect(await made.value(`select to_regclass('a')`)).toBeNull();
  });
});

describe('the option baseline of a run', () => {
  const run = async (made: Bench, files: Files = FILES) =>
    migrate({ requestedBy: 'test', ...(await made.runner(files)), baseline: '2' });

  test('takes an existing database over, once', async () => {
    const made = await bench();
    await made.sql('create table a (); create table b ()');
    expect(await run(made)).toMatchObject({ outcome: 'applied', applied: expect.arrayContaining(['0003_c', 'R__v']) });
    expect(states(await made.status(FILES))).toMatchObject({
      '0001_a': 'baselined',
      '0002_b': 'baselined',
      '0003_c': 'applied',
    });
    expect(await run(made)).toMatchObject({ outcome: 'nothing-to-do' });
  });

  test('in an empty database everything is run', async () => {
    const made = await bench();
    expect(await run(made)).toMatchObject({ outcome: 'applied' });
    expect(await made.value(`select to_regclass('a')::text`)).toBe('a');
    expect(states(await made.status(FILES))['0001_a']).toBe('applied');
  });

  test('one that was begun already goes on as it was', async () => {
    const made = await bench();
    await made.up({ '0001_a': FILES['0001_a'] });
    expect(await run(made)).toMatchObject({ applied: ['0002_b', '0003_c', 'R__v'] });
    expect(await made.value(`select count(*)::int from schema_migrations where status = 'baselined'`)).toBe(0);
  });
});
