import { describe, expect, test } from 'vitest';
import { announce } from '../../lib/runner/index.ts';
import { bench, type Files, states } from '../support/migrations.ts';
import { serverVersion } from '../support/postgresql.ts';

const SERVER = await serverVersion();

const IDEMPOTENT = 'create or replace function f() returns int language sql as $$select 1$$;';
const OTHER = 'create or replace function f() returns int language sql as $$select 2$$;';

describe('a changed migration', () => {
  test('is applied again, as an attempt of its own', async () => {
    const { up, value, sql, status } = await bench();
    await up({ '0001_f': IDEMPOTENT });
    expect(states(await status({ '0001_f': OTHER }))).toEqual({ '0001_f': 'changed' });
    const report = await up({ '0001_f': OTHER });
    expect(report).toMatchObject({ outcome: 'applied', applied: ['0001_f'] });
    expect(report.migrations[1]).toMatchObject({ state: 'applied', attempt: 2 });
    expect(await value('select f()')).toBe(2);
    expect(
      await sql(`select attempt, status, content from schema_migrations where name = '0001_f' order by 1`),
    ).toEqual([
      [1, 'applied', IDEMPOTENT],
      [2, 'applied', OTHER],
    ]);
    expect(await up({ '0001_f': OTHER })).toMatchObject({ outcome: 'nothing-to-do', dataApiCalls: 1 });
  });

  test('also when the change goes back to an earlier content', async () => {
    const { up, value } = await bench();
    for (const [nth, text] of [IDEMPOTENT, OTHER, IDEMPOTENT, OTHER].entries()) {
      const report = await up({ '0001_f': text });
      expect(report.migrations[1]).toMatchObject({ state: 'applied', attempt: nth + 1 });
      expect(await value('select f()')).toBe(text === OTHER ? 2 : 1);
    }
  });

  test.each<[string, (text: string) => string]>([
    ['a comment', text => `-- why\n${text} /* end */`],
    ['a header', text => `-- Migration: x\n-- Description: y\n-- Created: 2024-01-01\n${text}`],
    ['white space', text => `\n\n\t${text.replace('returns int', 'returns\n\n  int')}  \n`],
    ['line endings', text => text.replace('create or replace', 'create\r\nor\r\nreplace')],
    ['a BOM', text => `\uFEFF${text}`],
    ['the final semicolon', text => text.replace(/;$/, '')],
    ['a directive', text => `-- migrate:up\n${text}`],
    ['BEGIN and COMMIT around it', text => `begin;\n${text}\ncommit;`],
  ])('no change: %s', async (_, edit) => {
    const { up } = await bench();
    await up({ '0001_f': IDEMPOTENT });
    expect(await up({ '0001_f': edit(IDEMPOTENT) })).toMatchObject({ outcome: 'nothing-to-do', dataApiCalls: 1 });
  });

  test.each([
    ['a token', IDEMPOTENT.replace('int', 'integer')],
    ['what stands in a literal', IDEMPOTENT.replace('select 1', 'select  1')],
    ['the case of a keyword', IDEMPOTENT.replace('create', 'CREATE')],
  ])('a change: %s', async (_, text) => {
    const { up } = await bench();
    await up({ '0001_f': IDEMPOTENT });
    expect((await up({ '0001_f': text })).applied).toEqual(['0001_f']);
  });

  test('that fails leaves what is applied, and is tried again', async () => {
    const { up, value, status } = await bench();
    await up({ '0001_f': IDEMPOTENT });
    const broken = { '0001_f': `${OTHER} select 1/0;` };
    expect(await up(broken)).toMatchObject({ outcome: 'failed', applied: [] });
    expect(await value('select f()')).toBe(1);
    expect(states(await status(broken))).toEqual({ '0001_f': 'failed' });
    expect(await up(broken)).toMatchObject({ outcome: 'failed' });
    // Undoing the edit is enough: what is applied is what the file says.
    expect(await up({ '0001_f': IDEMPOTENT })).toMatchObject({ outcome: 'nothing-to-do' });
    expect((await up({ '0001_f': OTHER })).migrations[1]).toMatchObject({ state: 'applied', attempt: 4 });
  });

  test.each([
    ['fail', 'stopped', 1],
    ['ignore', 'nothing-to-do', 1],
    ['reapply', 'applied', 2],
  ] as const)('with onChanged: %s it is %s', async (onChanged, outcome, now) => {
    const { up, value } = await bench();
    await up({ '0001_f': IDEMPOTENT });
    const report = await up({ '0001_f': OTHER }, { onChanged });
    expect(report.outcome).toBe(outcome);
    expect(await value('select f()')).toBe(now);
    if (onChanged === 'fail')
      expect(report.problems).toEqual([
        expect.objectContaining({ code: 'changed', migration: '0001_f', place: { file: '0001_f.sql', line: 1 } }),
      ]);
    if (onChanged === 'ignore') expect(report.notes.join()).toContain('0001_f');
  });
});

interface Guard {
  readonly why: string;
  readonly before: Files;
  readonly after: Files;
  readonly code: string;
  readonly says: RegExp;
  readonly sql?: string;
}

const TABLE = 'create table if not exists t(id int, n int);';
const guards: readonly Guard[] = [
  ...(
    [
      ['drops', 'drop table if exists old;', /drops table old/],
      ['truncates', 'truncate t;', /truncates t/],
      ['deletes', 'delete from t;', /deletes from t/],
      ['updates', 'update t set n = n + 1;', /updates t/],
      ['inserts without ON CONFLICT', 'insert into t values (1, 1);', /inserts into t without ON CONFLICT/],
      ['inserts in a WITH', 'with i as (insert into t values (1) returning *) select * from i;', /inserts into t/],
      ['does something in a DO', `do $$begin delete from t; end$$;`, /DO block/],
      // It came with PostgreSQL 15.
      ...(SERVER < 15
        ? []
        : ([
            [
              'merges',
              'merge into t using (values (1)) s(id) on false when not matched then insert values (1, 1);',
              /merges into t/,
            ],
          ] as const)),
      ['drops a column', 'alter table t add if not exists x int; alter table t drop x;', /drops column x of t/],
    ] as const
  ).map(([why, sql, says]) => ({
    why,
    before: { '0001_t': `${TABLE} ${sql}` },
    after: { '0001_t': `${TABLE} ${sql} select 1;` },
    code: 'changed-destructive',
    says,
  })),
  {
    why: 'names what a later one names too',
    before: { '0001_t': TABLE, '0002_more': 'alter table t add column if not exists x int;' },
    after: { '0001_t': `${TABLE} select 1;`, '0002_more': 'alter table t add column if not exists x int;' },
    code: 'changed-below',
    says: /0002_more, applied later, names t too/,
  },
  {
    why: 'lies below one that is not in the folder',
    before: { '0001_t': TABLE, '0002_gone': 'create table if not exists g();' },
    after: { '0001_t': `${TABLE} select 1;` },
    code: 'changed-below',
    says: /0002_gone, applied later, is not in this folder/,
  },
  {
    why: 'was baselined',
    before: { '0001_t': TABLE },
    after: { '0001_t': `${TABLE} select 1;` },
    sql: `update schema_migrations set status = 'baselined' where name = '0001_t'`,
    code: 'changed-baselined',
    says: /never ran here/,
  },
  {
    why: 'belongs to another deploy hook',
    before: { '0001_t': TABLE },
    after: { '0001_t': `${TABLE} select 1;` },
    sql: `update schema_migrations set hook = 'stack/other' where name = '0001_t'`,
    code: 'other-hook',
    says: /another deploy hook/,
  },
];

test('a stack that was made again under its name is no other deploy hook', async () => {
  const { up, plan } = await bench();
  const hook = (stack: string) => ({
    hook: `arn:aws:cloudformation:us-east-1:000000000000:stack/${stack}/MigrationsA1`,
  });
  await up({ '0001_f': IDEMPOTENT }, hook('app/11111111'));
  const edited = { '0001_f': OTHER };
  expect((await plan(edited, hook('other/22222222'))).problems).toMatchObject([{ code: 'other-hook' }]);
  expect((await plan(edited, hook('app/22222222'))).problems).toEqual([]);
});

describe('a deploy hook goes on with the migrations of another', () => {
  const region = 'arn:aws:cloudformation:us-east-1:000000000000:stack';
  const old = `${region}/app/11111111/MigrationsA1`;
  const edited = { '0001_f': OTHER };
  const refused = [
    { code: 'other-hook', remedy: expect.stringMatching(/^If that hook is this one before it was moved/) },
  ];

  test('of its own stack', async () => {
    const { up, plan } = await bench();
    await up({ '0001_f': IDEMPOTENT }, { hook: old });
    expect((await plan(edited, { hook: `${region}/app/11111111/ElsewhereB2` })).problems).toEqual([]);
    const elsewhere = `${region.replace('us-east-1', 'eu-west-1')}/app/11111111/MigrationsA1`;
    expect((await plan(edited, { hook: elsewhere })).problems).toMatchObject(refused);
  });

  test('that was deleted, until that one is back', async () => {
    const { up, plan, planRequest, runner } = await bench();
    const options = { ...(await runner({ '0001_f': IDEMPOTENT })), requestedBy: 'test', hook: old };
    await announce({ ...options, requestId: 'created' });
    await up({ '0001_f': IDEMPOTENT }, { hook: old, requestId: 'created' });
    const asked = () => plan(edited, { hook: `${region}/other/22222222/MigrationsA1` });
    expect((await asked()).problems).toMatchObject(refused);
    await announce({ ...options, requestId: 'deleted', state: 'deleted' });
    expect((await asked()).problems).toEqual([]);
    // Its next request finds nothing to do, and must make the deletion history nevertheless.
    expect((await planRequest({ '0001_f': IDEMPOTENT }, { hook: old })).openRequest).toBe('deleted');
    expect(await announce({ ...options, requestId: 'created', state: 'done' }), 'an old request').toBe(false);
    expect((await asked()).problems).toEqual([]);
    expect(await announce({ ...options, requestId: 'back', state: 'done' })).toBe(true);
    expect((await asked()).problems).toMatchObject(refused);
    expect((await planRequest({ '0001_f': IDEMPOTENT }, { hook: old })).openRequest).toBeNull();
  });
});

describe('a changed migration stops the plan with the ways out where it', () => {
  test.each(guards)('$why', async ({ before, after, sql, code, says }) => {
    const { up, raw, value, plan } = await bench();
    await raw.query('create table old()');
    expect((await up(before)).outcome).toBe('applied');
    if (sql) await raw.query(sql);
    const rows = `select string_agg(h.xmin::text || h::text, ' ' order by name, attempt) from schema_migrations h`;
    const untouched = await value(rows);
    const options = code === 'other-hook' ? { hook: 'stack/mine' } : {};
    const report = await up({ ...after, '0009_new': 'create table fresh();' }, options);
    expect(report).toMatchObject({ outcome: 'stopped', applied: [], dataApiCalls: 2 });
    expect(report.problems).toEqual([
      expect.objectContaining({
        code,
        message: expect.stringMatching(says),
        migration: '0001_t',
        place: expect.objectContaining({ file: '0001_t.sql' }),
      }),
    ]);
    expect(report.problems[0]!.remedy).toMatch(/Undo the edit|option table/);
    expect(await value(rows)).toBe(untouched);
    expect(await value(`select to_regclass('fresh')::text`)).toBeNull();
    expect((await plan({ ...after }, options)).problems).toHaveLength(1);
  });

  test('and reapply:true in the file lets it through', async () => {
    const { up, value } = await bench();
    await up({
      '0001_t': `${TABLE} insert into t values (1, 1);`,
      '0002_more': 'alter table t add column if not exists x int;',
    });
    const report = await up({
      '0001_t': `-- migrate:up reapply:true\n${TABLE} insert into t values (2, 2);`,
      '0002_more': 'alter table t add column if not exists x int;',
    });
    expect(report).toMatchObject({ outcome: 'applied', applied: ['0001_t'] });
    expect(await value('select count(*)::int from t')).toBe(2);
  });

  test('the line in the file is that of the statement', async () => {
    const { up } = await bench();
    await up({ '0001_t': `${TABLE}\n\nupdate t set n = 0;` });
    const report = await up({ '0001_t': `${TABLE}\n\nupdate t set n = 1;` });
    expect(report.problems[0]?.place).toEqual({ file: '0001_t.sql', line: 3 });
  });
});

describe('order', () => {
  const all = { '0001_a': 'create table a();', '0002_b': 'create table b();', '0003_c': 'create table c();' };
  const { '0002_b': _, ...without } = all;

  test('a late branch is applied and noted', async () => {
    const { up } = await bench();
    await up(without);
    const report = await up(all);
    expect(report).toMatchObject({
      outcome: 'applied',
      applied: ['0002_b'],
      notes: [expect.stringContaining('0002_b is older than 0003_c')],
    });
  });

  test('with outOfOrder: fail it stops the plan', async () => {
    const { up, value } = await bench();
    await up(without);
    const report = await up(all, { outOfOrder: 'fail' });
    expect(report).toMatchObject({ outcome: 'stopped', problems: [{ code: 'out-of-order', migration: '0002_b' }] });
    expect(await value(`select to_regclass('b')::text`)).toBeNull();
  });

  test('one that is missing in the folder is reported, and is no error', async () => {
    const { up, status } = await bench();
    await up(all);
    const report = await up({ ...without, '0004_d': 'create table d();' });
    expect(report).toMatchObject({
      outcome: 'applied',
      applied: ['0004_d'],
      notes: [expect.stringContaining('0002_b')],
    });
    expect(report.counts).toMatchObject({ missing: 1, applied: 4 });
    expect((await status(without)).migrations.find(one => one.name === '0002_b')).toMatchObject({
      state: 'missing',
      file: null,
      checksum: null,
    });
  });

  test('versions are numbers, whatever their length', async () => {
    const { up } = await bench();
    const report = await up({
      '10_c': 'select 1;',
      '9_b': 'select 1;',
      '20240101000000123456_d': 'select 1;',
      '08_a': 'select 1;',
    });
    expect(report.applied.slice(1)).toEqual(['08_a', '9_b', '10_c', '20240101000000123456_d']);
  });

  test('repeatables come last, and again whenever their content is new', async () => {
    const { up, value } = await bench();
    const view = (n: number) => `create or replace view v as select ${n} as n;`;
    const first = await up({ R__v: view(1), '0001_a': 'create table a();', R__a: 'select 1;' });
    expect(first.applied.slice(1)).toEqual(['0001_a', 'R__a', 'R__v']);
    expect(await up({ R__v: view(1), '0001_a': 'create table a();', R__a: 'select 1;' })).toMatchObject({
      outcome: 'nothing-to-do',
    });
    const again = await up({
      R__v: view(2),
      '0001_a': 'create table a();',
      R__a: 'select 1;',
      '0002_b': 'create table b();',
    });
    expect(again.applied).toEqual(['0002_b', 'R__v']);
    expect(await value('select n from v')).toBe(2);
    // No guard: to be repeated is what they are for.
    expect(
      (
        await up({
          R__v: `drop view v; ${view(3)}`,
          '0001_a': 'create table a();',
          R__a: 'select 1;',
          '0002_b': 'create table b();',
        })
      ).applied,
    ).toEqual(['R__v']);
  });

  test('what was reverted is applied again, truly', async () => {
    const { up, revert, value, status } = await bench();
    const files = {
      '0001_a': 'create table a();\n-- migrate:down\ndrop table a;',
      '0002_b': 'create table b();\n-- migrate:down\ndrop table b;',
    };
    await up(files);
    expect(await revert(files, { steps: 2 })).toMatchObject({ outcome: 'reverted', reverted: ['0002_b', '0001_a'] });
    expect(await value(`select to_regclass('a')::text`)).toBeNull();
    expect(states(await status(files))).toEqual({ '0001_a': 'reverted', '0002_b': 'reverted' });
    expect(await up(files)).toMatchObject({ outcome: 'applied', applied: ['0001_a', '0002_b'] });
    expect(await value(`select to_regclass('a')::text`)).toBe('a');
    expect((await status(files)).migrations[1]).toMatchObject({ state: 'applied', attempt: 3 });
  });

  test('older code undoes what newer code applied, with the SQL that was stored', async () => {
    const { up, revert, value } = await bench();
    const down = `drop table b; select '${'é'.repeat(300_000)}';`;
    await up({ '0001_a': 'create table a();', '0002_b': `create table b();\n-- migrate:down\n${down}` });
    const report = await revert({ '0001_a': 'create table a();' }, 'missing');
    expect(report).toMatchObject({ outcome: 'reverted', reverted: ['0002_b'] });
    expect(await value(`select to_regclass('b')::text`)).toBeNull();
  });
});
