import { describe, expect, test } from 'vitest';
import { bench, states } from '../support/migrations.ts';

const ACCOUNTS = { '001_accounts': 'create table accounts(n int); insert into accounts values (1);' };
const DOUBLE = 'update accounts set n = n * 2;';
const down = (drop: string) => `\n-- migrate:down\n${drop};`;

describe('a migration under a new name', () => {
  test('is recorded, not run, in one call more; then a run is one call again', async () => {
    const { up, value, plan, status, sql } = await bench();
    await up({ ...ACCOUNTS, '002_double': DOUBLE });
    const renamed = { ...ACCOUNTS, '002_double_cents': DOUBLE };
    expect(await plan(renamed)).toMatchObject({
      steps: [{ migration: '002_double_cents', reason: 'moved', from: 0, other: '002_double' }],
      problems: [],
      notes: ['002_double_cents is 002_double under a new name; recorded, not run'],
    });
    expect(states(await status(renamed))).toEqual({ '001_accounts': 'applied', '002_double_cents': 'applied' });
    const report = await up(renamed);
    expect(report).toMatchObject({ outcome: 'applied', applied: [], counts: { pending: 0, applied: 3 } });
    expect(await value('select n from accounts')).toBe(2);
    expect(await up(renamed)).toMatchObject({ outcome: 'nothing-to-do', dataApiCalls: 1 });
    expect(
      await sql(`select name, attempt, status, other_name, content, content_facts is null from schema_migrations
        where name like '002%' order by 1`),
    ).toEqual([
      ['002_double', 1, 'applied', null, DOUBLE, false],
      ['002_double_cents', 1, 'applied', '002_double', DOUBLE, false],
    ]);
    // Older code knows it by its old name, and changes nothing.
    expect(await up({ ...ACCOUNTS, '002_double': DOUBLE })).toMatchObject({
      outcome: 'nothing-to-do',
      dataApiCalls: 1,
    });
  });

  test('all moves of a plan are one call', async () => {
    const { up, value } = await bench();
    await up({ ...ACCOUNTS, '002_double': DOUBLE, '003_b': 'create table b();', '004_c': 'create table c();' });
    const report = await up({
      '20240101_accounts': ACCOUNTS['001_accounts'],
      '20240102_double': DOUBLE,
      '20240103_b': 'create table b();',
      '20240104_c': 'create table c();',
    });
    // History, facts, lease, moves, release.
    expect(report).toMatchObject({ outcome: 'applied', applied: [], problems: [], dataApiCalls: 5 });
    expect(await value('select n from accounts')).toBe(2);
  });

  test('of two branches: the applied one moves, the other one runs', async () => {
    const { up, value } = await bench();
    await up({ ...ACCOUNTS, '002_y': DOUBLE });
    const report = await up({ ...ACCOUNTS, '002_x': 'create table x();', '003_y': DOUBLE });
    expect(report).toMatchObject({ outcome: 'applied', applied: ['002_x'] });
    expect(await value('select n from accounts')).toBe(2);
  });

  test('is undone once, with the down section that its old row stored', async () => {
    const { up, revert, value, status } = await bench();
    await up({ ...ACCOUNTS, '002_t': `create table t();${down('drop table t')}` });
    await up({ ...ACCOUNTS, '003_t': 'create table t();' });
    const report = await revert({ ...ACCOUNTS, '003_t': 'create table t();' }, { steps: 1 });
    expect(report).toMatchObject({ outcome: 'reverted', reverted: ['003_t'] });
    expect(await value(`select to_regclass('t')::text`)).toBeNull();
    const old = { ...ACCOUNTS, '002_t': 'create table t();' };
    expect(states(await status(old))).toMatchObject({ '002_t': 'reverted' });
    expect(await up(old)).toMatchObject({ outcome: 'applied', applied: ['002_t'] });
    expect(await value(`select to_regclass('t')::text`)).toBe('t');
    expect(await up(old)).toMatchObject({ outcome: 'nothing-to-do' });
  });

  test('in a rollback with onRollback: revert, older code undoes only what it does not know by any name', async () => {
    const { up, revert, value } = await bench();
    const users = `create table if not exists users(id int);${down('drop table users')}`;
    await up({ '001_users': users });
    const failing = { '001_people': users, '002_bad': 'select 1/0;' };
    expect(await up(failing)).toMatchObject({ outcome: 'failed' });
    expect(await revert({ '001_users': users }, 'missing')).toMatchObject({ outcome: 'nothing-to-do', reverted: [] });
    expect(await value(`select to_regclass('users')::text`)).toBe('users');
  });

  test('that is half done is resumed', async () => {
    const { up, value, raw } = await bench();
    const files = (name: string, fixed: string) => ({
      '001_t': 'create table t(n int);',
      [name]: `-- migrate:up transaction:false\ninsert into t values (1);\n${fixed};`,
    });
    expect(await up(files('002_half', 'insert into later values (1)'))).toMatchObject({ outcome: 'failed' });
    await raw.query('create table later(n int)');
    const report = await up(files('002_renamed', 'insert into later values (1)'));
    expect(report).toMatchObject({ outcome: 'applied', applied: ['002_renamed'] });
    expect(await value('select count(*)::int from t')).toBe(1);
    expect(await value('select count(*)::int from later')).toBe(1);
  });
});

describe('the plan stops before anything runs', () => {
  const split = { '002_a': 'create table a();', '003_b': DOUBLE };
  test.each([
    ['already-executed', { '003_z': DOUBLE }, 'which is applied here and is not in this folder', 'replaces:002_double'],
    ['already-executed', { '002_a': DOUBLE, '003_b': 'create table b();' }, '', 'again:002_double'],
    [
      'renamed-and-changed',
      { '002_other': 'update accounts set n = n * 3;' },
      'names accounts too',
      'number of its own (010 is free)',
    ],
    [
      'renamed-and-changed',
      { '005_double': 'update accounts set n = n * 3;' },
      'the words of 002_double',
      'undo it first',
    ],
  ])('%s', async (code, files, says, remedy) => {
    const { up, value } = await bench();
    await up({
      ...ACCOUNTS,
      '002_double': code === 'already-executed' && '002_a' in files ? `${DOUBLE} create table b();` : DOUBLE,
    });
    const report = await up({ ...ACCOUNTS, ...files, '009_new': 'create table fresh();' });
    expect(report).toMatchObject({ outcome: 'stopped', applied: [] });
    expect(report.problems[0]).toMatchObject({
      code,
      message: expect.stringContaining(says),
      remedy: expect.stringContaining(remedy),
    });
    expect(await value('select n from accounts')).toBe(2);
    expect(await value(`select to_regclass('fresh')::text`)).toBeNull();
  });

  test('a split: the part that is new nowhere is told how many of its statements were executed', async () => {
    const { up } = await bench();
    await up({ ...ACCOUNTS, '002_ab': `create table a(); ${DOUBLE}` });
    const { problems } = await up({ ...ACCOUNTS, ...split });
    expect(problems).toMatchObject([
      {
        code: 'already-executed',
        migration: '002_a',
        message: '1 of 1 statements of 002_a were executed here as part of 002_ab',
      },
      { code: 'already-executed', migration: '003_b' },
    ]);
  });

  test('history-gone: the wrong folder', async () => {
    const { up } = await bench();
    await up({ ...ACCOUNTS, '002_double': DOUBLE });
    expect((await up({ '050_all': 'create table everything();' })).problems).toMatchObject([
      { code: 'history-gone', message: expect.stringContaining('None of the 2 migrations applied here') },
    ]);
  });

  test('name-reused: the old file came back', async () => {
    const { up } = await bench();
    await up({ ...ACCOUNTS, '002_y': DOUBLE });
    await up({ ...ACCOUNTS, '003_y': DOUBLE });
    expect((await up({ ...ACCOUNTS, '002_y': DOUBLE, '003_y': DOUBLE })).problems).toMatchObject([
      { code: 'name-reused', migration: '002_y', message: '002_y was applied here and is 003_y now' },
    ]);
  });

  test('changed-removed: a second run takes back nothing', async () => {
    const { up } = await bench();
    const f = (name: string) => `create or replace function ${name}() returns int language sql as 'select 1';`;
    await up({ '001_f': f('one') + f('two') });
    expect((await up({ '001_f': f('one') })).problems).toMatchObject([
      { code: 'changed-removed', message: expect.stringContaining('no longer names two') },
    ]);
  });
});

describe('the ways out', () => {
  test('replaces: it is the same migration', async () => {
    const { up, value } = await bench();
    await up({ ...ACCOUNTS, '002_double': DOUBLE });
    const files = { ...ACCOUNTS, '003_z': `-- migrate:up replaces:002_double\n${DOUBLE}` };
    expect(await up(files)).toMatchObject({ outcome: 'applied', applied: [] });
    expect(await value('select n from accounts')).toBe(2);
    expect(await up(files)).toMatchObject({ outcome: 'nothing-to-do', dataApiCalls: 1 });
  });

  test('again: it is meant to run once more', async () => {
    const { up, value } = await bench();
    await up({ ...ACCOUNTS, '002_double': DOUBLE });
    const files = { ...ACCOUNTS, '003_z': `-- migrate:up again:002_double\n${DOUBLE}` };
    expect(await up(files)).toMatchObject({ outcome: 'applied', applied: ['003_z'] });
    expect(await value('select n from accounts')).toBe(4);
    expect(await up(files)).toMatchObject({ outcome: 'nothing-to-do' });
  });
});

describe('a squash', () => {
  const B = 'create table b();';
  const all = (statements: string) => ({
    '003_all': `-- migrate:replaces 001_accounts, 002_b\n${statements}`,
    '004_c': 'create table c();',
  });
  const dump = 'create table accounts(n int); create table b();';

  test('of what is applied is recorded, and older code finds its files applied', async () => {
    const { up, status } = await bench();
    const old = { ...ACCOUNTS, '002_b': B };
    await up(old);
    expect(await up(all(dump))).toMatchObject({ outcome: 'applied', applied: ['004_c'], problems: [] });
    expect(states(await status(all(dump)))).toEqual({ '003_all': 'baselined', '004_c': 'applied' });
    expect(await up(all(dump))).toMatchObject({ outcome: 'nothing-to-do', dataApiCalls: 1 });
    expect(states(await status(old))).toMatchObject({ '001_accounts': 'replaced', '002_b': 'replaced' });
    expect(await up(old)).toMatchObject({ outcome: 'nothing-to-do' });
  });

  test('runs on a new database, where older code finds its files applied too', async () => {
    const { up, status, value } = await bench();
    expect((await up(all(dump))).applied.slice(1)).toEqual(['003_all', '004_c']);
    const old = { ...ACCOUNTS, '002_b': B };
    expect(states(await status(old))).toMatchObject({ '001_accounts': 'replaced', '002_b': 'replaced' });
    expect(await up(old)).toMatchObject({ outcome: 'nothing-to-do' });
    expect(await value('select count(*)::int from accounts')).toBe(0);
    expect(await up(all(dump))).toMatchObject({ outcome: 'nothing-to-do', dataApiCalls: 1 });
  });

  test('of what is applied in part stops', async () => {
    const { up } = await bench();
    await up(ACCOUNTS);
    expect((await up(all(dump))).problems).toMatchObject([
      { code: 'partly-replaced', remedy: expect.stringContaining('that has 002_b first') },
    ]);
  });

  test('that a run could not write down to its end is written down by the next one', async () => {
    const { up, raw, status } = await bench();
    await up(all(dump));
    await raw.query(`delete from schema_migrations where status = 'replaced'`);
    expect(await up(all(dump))).toMatchObject({ outcome: 'applied', applied: [] });
    expect(states(await status(ACCOUNTS))).toMatchObject({ '001_accounts': 'replaced' });
  });
});

test('the history of a migration is that of all its names', async () => {
  const { up, client, runner } = await bench();
  await up({ ...ACCOUNTS, '002_double': DOUBLE });
  const renamed = { ...ACCOUNTS, '003_double': DOUBLE };
  await up(renamed);
  const { history } = await import('../../lib/runner/index.ts');
  for (const migration of ['002_double', '003_double']) {
    const attempts = await history({ ...(await runner(renamed)), database: client(), migration });
    expect(attempts.map(({ name, otherName }) => [name, otherName])).toEqual([
      ['003_double', '002_double'],
      ['002_double', null],
    ]);
  }
});
