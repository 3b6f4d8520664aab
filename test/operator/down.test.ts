import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { revert } from '../../lib/runner/index.ts';
import { bench, states, template } from '../support/migrations.ts';

const A = 'create table a (id int);\n-- migrate:down\ndrop table a;';
const B = 'create table b (id int);\n-- migrate:down\ndrop table b;';
const C = 'create table c (id int);\n-- migrate:down\ndrop table c;';
const ABC = { '0001_a': A, '0002_b': B, '0010_c': C };

/** A database in which they are. */
let applied: Awaited<ReturnType<typeof template>>;
beforeAll(async () => {
  applied = await template(async ({ up }) => void (await up(ABC)));
});
afterAll(() => applied.drop());

const tables = `select coalesce(string_agg(relname, ' ' order by relname), '') from pg_class
  where relkind = 'r' and relnamespace = 'public'::regnamespace and relname not like 'schema_migrations%'`;

describe('which migrations are undone', () => {
  test.each([
    [{ steps: 1 }, ['0010_c'], 'a b'],
    [{ steps: 2 }, ['0010_c', '0002_b'], 'a'],
    [{ steps: 9 }, ['0010_c', '0002_b', '0001_a'], ''],
    [{ to: '2' }, ['0010_c'], 'a b'],
    [{ to: '0002' }, ['0010_c'], 'a b'],
    [{ to: '0001_a' }, ['0010_c', '0002_b'], 'a'],
    [{ to: '0' }, ['0010_c', '0002_b', '0001_a'], ''],
    [{ to: '0000' }, ['0010_c', '0002_b', '0001_a'], ''],
  ])('%j', async (what, names, left) => {
    const { revert, value } = await bench({ template: applied.name });
    expect(await revert(ABC, what)).toMatchObject({ outcome: 'reverted', reverted: names, problems: [] });
    expect(await value(tables)).toBe(left);
  });

  test('the version named stays, and then nothing is left to do', async () => {
    const { revert } = await bench({ template: applied.name });
    expect(await revert(ABC, { to: '10' })).toMatchObject({ outcome: 'nothing-to-do', reverted: [] });
  });

  test('an unknown version is an error that names those there are', async () => {
    const { revert, value } = await bench({ template: applied.name });
    await expect(revert(ABC, { to: '3' })).rejects.toMatchObject({
      code: 'unknown-version',
      message: expect.stringContaining('the first is 0001, the last 0010'),
    });
    expect(await value(tables)).toBe('a b c');
  });

  test('before anything was ever applied there is nothing to do', async () => {
    const { revert, value } = await bench();
    expect(await revert(ABC, { to: '0' })).toMatchObject({ outcome: 'nothing-to-do', dataApiCalls: 1 });
    expect(await value(`select to_regclass('schema_migrations')`)).toBeNull();
  });

  test('a late branch is undone by its number, as it is listed', async () => {
    const { up, revert } = await bench();
    await up({ '0001_a': A, '0010_c': C });
    await up(ABC);
    expect(await revert(ABC, { steps: 2 })).toMatchObject({ reverted: ['0010_c', '0002_b'] });
  });

  test('what a later one than the target left half done stops it', async () => {
    const { up, revert, value } = await bench();
    const files = { ...ABC, '0011_d': '-- migrate:up transaction:false\ncreate table d ();\nselect 1/0;' };
    await up(files);
    // The failed one is newer than all that is undone, older ones are none of its business.
    expect(await revert(files, { steps: 1 })).toMatchObject({ outcome: 'stopped', problems: [{ code: 'half-done' }] });
    expect(await value(tables)).toBe('a b c d');
  });
});

describe('the SQL', () => {
  test('one without down SQL stops all of it beforehand, by name', async () => {
    const { up, revert, value } = await bench();
    const files = { ...ABC, '0002_b': 'create table b ();', '0003_x': 'select 1;' };
    await up(files);
    const report = await revert(files, { to: '1' });
    expect(report).toMatchObject({
      outcome: 'stopped',
      reverted: [],
      problems: [
        { code: 'no-down', migration: '0003_x', message: expect.stringContaining('0003_x has no down section') },
        { code: 'no-down', migration: '0002_b' },
      ],
    });
    expect(await value(tables)).toBe('a b c');
  });

  test('older code undoes what it has no file of, and knows its version', async () => {
    const { revert, value, status } = await bench({ template: applied.name });
    const older = { '0001_a': A };
    expect((await status(older)).counts).toMatchObject({ applied: 2, missing: 2 });
    expect(await revert(older, { to: '0002' })).toMatchObject({
      reverted: ['0010_c'],
      steps: [{ migration: '0010_c', from: 'history', statements: 1 }],
    });
    expect(await revert(older, { to: '1' })).toMatchObject({ reverted: ['0002_b'] });
    expect(await value(tables)).toBe('a');
    expect((await status(older)).counts).toMatchObject({ applied: 2, missing: 0 });
  });

  test('a rollback undoes what came after all that the older code has, and nothing that lost its file before', async () => {
    const { up, revert, value, raw } = await bench();
    const down = (name: string) => `create table ${name} ();\n-- migrate:down\ndrop table ${name};`;
    const repeatable = (n: number) => `create or replace function f() returns int language sql as 'select ${n}';`;
    await up({ '0001_old': down('old'), '0002_b': down('b'), R__f: repeatable(1) });
    const older = { '0002_b': down('b'), R__f: repeatable(1) };
    await up(older);
    // A late branch, one that comes last, and a repeatable one that was edited.
    await up({ '0001_late': down('c'), '0003_d': down('d'), ...older, R__f: repeatable(2) });
    await raw.query(`create table other ();
      insert into schema_migrations (name, attempt, direction, checksum, statements_checksum, status, revert_content, revert_facts, started_at, finished_at, hook)
        select '0004_other', 1, 'up', 'x', 'x', 'applied', 'drop table other', revert_facts, now(), now(), 'stack/other' from schema_migrations where name = '0003_d'`);
    const report = await revert(older, 'missing', { hook: 'stack/mine' });
    expect(report).toMatchObject({ outcome: 'reverted', reverted: ['0003_d', '0001_late'] });
    expect(await value(tables)).toBe('b old other');
    expect(await revert(older, 'missing', { hook: 'stack/mine' })).toMatchObject({ outcome: 'nothing-to-do' });
  });

  test('the file comes before what was stored', async () => {
    const { up, revert, value } = await bench();
    await up({ '0001_a': `${A}\nselect 1/0;` });
    expect(await revert({ '0001_a': A }, { steps: 1 })).toMatchObject({
      outcome: 'reverted',
      steps: [{ from: 'file' }],
    });
    expect(await value(tables)).toBe('');
  });

  test('a dry run shows it and sends nothing that writes', async () => {
    const { runner, value, local } = await bench({ template: applied.name });
    const before = local.log.entries.length;
    const report = await revert({ requestedBy: 'test', ...(await runner(ABC)), what: { steps: 2 }, dryRun: true });
    expect(report).toMatchObject({
      outcome: 'planned',
      reverted: [],
      steps: [
        { migration: '0010_c', sql: expect.stringContaining('drop table c;') },
        { migration: '0002_b', sql: expect.stringContaining('drop table b;') },
      ],
      dataApiCalls: 1,
    });
    expect(local.log.entries.length - before).toBe(1);
    expect(await value(tables)).toBe('a b c');
  });
});

describe('what it leaves', () => {
  test('applied, reverted, applied again: each truly happens and is a row', async () => {
    const { up, revert, sql, value, status } = await bench();
    const files = { '0001_a': A };
    for (let nth = 0; nth < 3; nth++) {
      expect(await up(files)).toMatchObject({ outcome: 'applied' });
      expect(await value(tables)).toBe('a');
      expect(await revert(files, { steps: 1 })).toMatchObject({ outcome: 'reverted' });
      expect(await value(tables)).toBe('');
      expect(states(await status(files))).toEqual({ '0001_a': 'reverted' });
      expect(await revert(files, { steps: 1 })).toMatchObject({ outcome: 'nothing-to-do' });
    }
    const rows = await sql(`select attempt, status from schema_migrations where name = '0001_a' order by attempt`);
    expect(rows).toEqual([1, 2, 3, 4, 5, 6].map(nth => [nth, nth % 2 === 1 ? 'applied' : 'reverted']));
  });

  test('rows of tables that it does not touch stay', async () => {
    const { revert, sql } = await bench({ template: applied.name });
    await sql('insert into a select generate_series(1, 1000)');
    await revert(ABC, { to: '1' });
    expect(await sql('select count(*)::int, sum(id)::int from a')).toEqual([[1000, 500500]]);
  });

  test('one that fails half-way stays applied, those before it are undone, those after it are not tried', async () => {
    const { up, revert, value, status, history } = await bench();
    const files = {
      ...ABC,
      '0002_b': 'create table b (id int);\n\n-- migrate:down\ndrop table b;\ndrop table nothere;',
    };
    await up(files);
    const report = await revert(files, { to: '0' });
    expect(report).toMatchObject({
      outcome: 'failed',
      reverted: ['0010_c'],
      failure: { migration: '0002_b', code: '42P01', statement: 2, file: '0002_b.sql', line: 5, column: 12 },
    });
    expect(report.failure?.remedy).toContain('It is still applied');
    expect(await value(tables)).toBe('a b');
    expect(states(await status(files))).toEqual({ '0001_a': 'applied', '0002_b': 'applied', '0010_c': 'reverted' });
    expect((await history(files))[0]).toMatchObject({ name: '0002_b', status: 'failed', errorCode: '42P01' });

    // Mended, it goes on with what is left.
    const mended = { ...files, '0002_b': B };
    expect(await revert(mended, { to: '0' })).toMatchObject({ outcome: 'reverted', reverted: ['0002_b', '0001_a'] });
  });

  test('`up` finds nothing to do after a failed undoing, and says why it is there', async () => {
    const { up, revert, status } = await bench();
    const files = { '0001_a': 'create table a ();\n-- migrate:down\nselect 1/0;' };
    await up(files);
    await revert(files, { steps: 1 });
    expect(await up(files)).toMatchObject({ outcome: 'nothing-to-do' });
    const [, a] = (await status(files)).migrations;
    expect(a).toMatchObject({
      state: 'applied',
      error: { code: '22012', remedy: expect.stringMatching(/still applied/) },
    });
  });

  test('an answer that was lost: the row tells, nothing is undone twice', async () => {
    const { revert, local, value, sql } = await bench({ template: applied.name });
    local.faults.add({ fault: 'reset', when: 'after', sql: 'schema_migrations_run_1(' });
    const report = await revert(ABC, { steps: 1 });
    expect(report).toMatchObject({ outcome: 'reverted', reverted: ['0010_c'] });
    expect(await value(tables)).toBe('a b');
    expect(await sql(`select count(*)::int from schema_migrations where status = 'reverted'`)).toEqual([[1]]);
  });

  test('two at once undo one, not two', async () => {
    const { runner, client, value } = await bench({ template: applied.name });
    const options = { requestedBy: 'test', ...(await runner(ABC)), what: { to: '2' } };
    const reports = await Promise.all([revert(options), revert({ ...options, database: client() })]);
    expect(reports.flatMap(({ reverted }) => reverted)).toEqual(['0010_c']);
    expect(reports.map(({ outcome }) => outcome).sort()).toEqual(['nothing-to-do', 'reverted']);
    expect(await value(tables)).toBe('a b');
  });

  test('its rows name file and statements by the checksums of what was undone', async () => {
    const { revert, sql } = await bench({ template: applied.name });
    await revert({ '0001_a': A }, { to: '0' });
    const rows =
      await sql(`select name, count(distinct checksum)::int, count(distinct statements_checksum)::int, count(distinct version)::int
      from schema_migrations where version <> '000' group by name order by name`);
    expect(rows).toEqual([
      ['0001_a', 1, 1, 1],
      ['0002_b', 1, 1, 1],
      ['0010_c', 1, 1, 1],
    ]);
  });
});
