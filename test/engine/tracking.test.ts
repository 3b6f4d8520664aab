import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { compile } from '../../lib/compile/index.ts';
import type { Database, Statement } from '../../lib/core/database.ts';
import { TRACKING_MIGRATION } from '../../lib/core/manifest.ts';
import { postgresql } from '../../lib/engine/postgresql/index.ts';
import { bench } from '../support/migrations.ts';
import { ensureRole } from '../support/postgresql.ts';

const script = readFileSync(new URL('../../sql/tracking/postgresql.sql', import.meta.url), 'utf8');
const LONG = { schema: 's'.repeat(63), table: 't'.repeat(50) };

/** The one statement that the install sends. */
async function sent(names: { schema?: string; table?: string } = {}): Promise<Statement> {
  const { manifest } = await compile({
    dir: new URL('../../sql/migrations', import.meta.url).pathname,
    engine: 'postgresql',
  });
  const statements: Statement[] = [];
  const database = {
    calls: 0,
    execute: async (statement: Statement) => statements.push(statement) && [],
  } as unknown as Database;
  const run = {
    runId: 'r',
    previous: [],
    hook: `a'b\\c`,
    requestId: null,
    requestedBy: `o'neil \\ $$ :x`,
    toolVersion: '1',
    leaseMs: 1,
    lockTimeoutMs: 1,
  };
  await postgresql(names).store.install(database, { migration: manifest.migrations[0]!, content: script, run });
  expect(statements).toHaveLength(1);
  return statements[0]!;
}

describe('the tracking script', () => {
  test.each([[{}], [LONG]])(
    'as it is sent fits into the 65,536 characters of the Data API, also with the longest names',
    async names => {
      const { sql } = await sent(names);
      expect(sql.length).toBeLessThan(65_536);
      expect(sql).toMatch(/^DO '/);
    },
  );

  test('has no dollar quotes, no backslashes, and no colon that the service would take for a parameter', () => {
    expect(script).not.toMatch(/\$/);
    expect(script).not.toMatch(/\\/);
    expect(script.replace(/^--.*$/gm, '').replaceAll('::', '')).not.toMatch(/:\w/);
  });

  test('names everything of ours through the options', () => {
    expect(script.replaceAll('public.schema_migrations', '').replace(/^--.*$/gm, '')).not.toMatch(
      /schema_migrations|public\./,
    );
  });

  test('may run again, and is recorded once a version of it', async () => {
    const { up, sql, raw, runner, database } = await bench();
    await up({ '0001_a': '' });
    const { migrations, engine } = await runner({ '0001_a': '' });
    const migration = migrations.manifest.migrations[0]!;
    const { up: body } = await migrations.body(TRACKING_MIGRATION);
    const run = {
      runId: 'r',
      previous: [],
      hook: null,
      requestId: null,
      requestedBy: `o'neil`,
      toolVersion: '1',
      leaseMs: 1,
      lockTimeoutMs: 1,
    };
    const rows = () =>
      sql(
        `select attempt, status, left(checksum, 3) from schema_migrations where name = '${TRACKING_MIGRATION}' order by 1`,
      );
    const before = await rows();
    await engine.store.install(database, { migration, content: body.content, run });
    expect(await rows()).toEqual(before);
    // Another version of the script.
    await engine.store.install(database, {
      migration: { ...migration, checksum: 'other', statementsChecksum: 'other' },
      content: body.content,
      run,
    });
    expect(await rows()).toEqual([...before, [2, 'applied', 'oth']]);
    // This one again, rolled back to: it is there.
    await engine.store.install(database, { migration, content: body.content, run });
    expect(await rows()).toHaveLength(2);
    await raw.query('select 1');
  });

  test('of an older or a newer version is as good as applied', async () => {
    const { up, status, raw } = await bench();
    await up({ '0001_a': '' });
    await raw.query(
      `update schema_migrations set checksum = 'x', statements_checksum = 'x' where name = '${TRACKING_MIGRATION}'`,
    );
    expect((await status({ '0001_a': '' })).migrations[0]).toMatchObject({
      name: TRACKING_MIGRATION,
      state: 'applied',
    });
    expect(await up({ '0001_a': '' })).toMatchObject({ outcome: 'nothing-to-do', dataApiCalls: 1 });
  });

  test('whose functions somebody dropped is installed again, and the migration applied', async () => {
    const { up, raw } = await bench();
    await up({ '0001_a': '' });
    await raw.query('drop function schema_migrations_run_1, schema_migrations_open_session_1');
    expect(await up({ '0001_a': '', '0002_b': 'create table b();' })).toMatchObject({
      outcome: 'applied',
      applied: ['0002_b'],
    });
  });

  test.each(["delete from schema_migrations_lease where id = 'lease'", 'drop table schema_migrations_lease'])(
    'whose lease somebody ended by hand gets a new one: %s',
    async byHand => {
      const { up, raw, sql } = await bench();
      await up({ '0001_a': '' });
      await raw.query(byHand);
      const report = await up({ '0001_a': '', '0002_b': 'create table b();' });
      expect(report).toMatchObject({ outcome: 'applied', problems: [] });
      expect(report.applied).toContain('0002_b');
      expect(await sql(`select name, attempt from schema_migrations where name like '0001%'`)).toEqual([['0001_a', 1]]);
    },
  );

  test('that swallows a row: nothing is applied without it', async () => {
    const { up, raw, value } = await bench();
    await up({ '0001_a': '' });
    await raw.query(`create function swallow() returns trigger language plpgsql as 'begin return null; end';
      create trigger swallow before insert on schema_migrations for each row execute function swallow()`);
    const files = { '0001_a': '', '0002_b': 'create table b();' };
    await expect(up(files)).rejects.toMatchObject({
      code: 'database',
      message: expect.stringContaining('the row of the attempt was not written'),
    });
    expect(await value(`select to_regclass('b')::text`)).toBeNull();
    await raw.query('drop trigger swallow on schema_migrations');
    expect(await up(files)).toMatchObject({ outcome: 'applied', applied: ['0002_b'] });
  });

  test('gives nobody else a right to its functions that execute', async () => {
    const { up, sql } = await bench();
    await up({ '0001_a': '' });
    expect(
      await sql(
        `select proname from pg_proc where proname ~ '^schema_migrations_(run|record|keep_lease|open_session|close_session|reset_session|discard|fingerprint)' and (proacl is null or has_function_privilege('public', oid, 'execute'))`,
      ),
    ).toEqual([]);
    expect(await sql(`select proname from pg_proc where proname ~ '^schema_migrations' and prosecdef`)).toEqual([]);
  });
});

describe('the names of the tracking tables', () => {
  test.each<[{ schema?: string; table?: string }, string]>([
    [{ schema: 'migrations' }, '"migrations"."schema_migrations"'],
    [{ table: 'aurora_migrations' }, '"public"."aurora_migrations"'],
    [{ schema: 'Mixed', table: 'Case_1' }, '"Mixed"."Case_1"'],
    [{ schema: 'select', table: 'table' }, '"select"."table"'],
    [LONG, `"${LONG.schema}"."${LONG.table}"`],
  ])('%j: everything lies there, and nothing elsewhere', async (names, table) => {
    const { up, status, history, revert, sql, value } = await bench(names);
    const files = {
      '0001_a': 'create table a();\n-- migrate:down\ndrop table a;',
      '0002_b': '-- migrate:up transaction:false\nset role none;\ncreate table b();',
    };
    expect(await up(files)).toMatchObject({ outcome: 'applied' });
    expect(await up(files)).toMatchObject({ outcome: 'nothing-to-do', dataApiCalls: 1 });
    expect(await up({ ...files, '0003_c': 'select 1/0;' })).toMatchObject({ outcome: 'failed' });
    expect((await status(files)).counts.applied).toBe(3);
    expect(await history(files)).toHaveLength(4);
    expect(await revert({ '0001_a': files['0001_a'] }, { steps: 1 })).toMatchObject({ outcome: 'stopped' });
    expect(await value(`select count(*)::int from ${table}`)).toBe(4);
    expect(
      await sql(
        `select nspname, relname from pg_class c join pg_namespace n on n.oid = relnamespace where relname ~ 'schema_migrations|lease' and relkind = 'r' and (nspname <> $1 or relname not in ($2::text, $2::text || '_lease', $2::text || '_hooks'))`,
        [names.schema ?? 'public', names.table ?? 'schema_migrations'],
      ),
    ).toEqual([]);
  });

  test('a migration that SETs ROLE works where that role may not even use their schema', async () => {
    const { up, raw } = await bench({ schema: 'hidden' });
    await ensureRole('tracking_guest');
    await raw.query('grant create on schema public to tracking_guest');
    expect(
      await up({
        '0001_a': 'set role tracking_guest; create table a(); create table b();',
        '0002_b': '-- migrate:up transaction:false\nset role tracking_guest;\ncreate table c();',
      }),
    ).toMatchObject({ outcome: 'applied' });
  });

  test.each([
    [{ table: 'a"; drop table users; --' }],
    [{ table: `a'b` }],
    [{ table: '' }],
    [{ table: '1a' }],
    [{ table: 'a b' }],
    [{ table: 'ä' }],
    [{ table: 'a.b' }],
    [{ table: '$$' }],
    [{ table: 't'.repeat(51) }],
    [{ schema: 's'.repeat(64) }],
    [{ schema: 'a-b' }],
    [{ schema: 'a\n' }],
    [{ schema: ':x' }],
  ])('%j: refused, with the rule', names => {
    expect(() => postgresql(names)).toThrow(
      expect.objectContaining({
        code: 'bad-identifier',
        message: expect.stringContaining('letters, digits and underscores'),
      }),
    );
  });
});

describe('a table of that name that another tool made is refused with the remedy, and left alone', () => {
  test.each([
    [
      'Rails',
      `create table schema_migrations(version varchar primary key); insert into schema_migrations values ('20240101')`,
      /Rails or dbmate/,
    ],
    [
      'dbmate',
      `create table schema_migrations(version varchar(128) primary key); insert into schema_migrations values ('1')`,
      /Rails or dbmate/,
    ],
    [
      'golang-migrate',
      'create table schema_migrations(version bigint primary key, dirty boolean); insert into schema_migrations values (3, false)',
      /golang-migrate/,
    ],
    [
      'Ecto',
      'create table schema_migrations(version bigint primary key, inserted_at timestamp); insert into schema_migrations values (3, null)',
      /Ecto/,
    ],
    [
      'anything',
      `create table schema_migrations(id int, name text, applied_at date); insert into schema_migrations values (1, 'x', null)`,
      /something else \(its columns: applied_at, id, name\)/,
    ],
    ['nobody: it has no columns', 'create table schema_migrations()', /something else/],
    ['a view', `create view schema_migrations as select 1 as version`, /schema_migrations/],
  ])('%s', async (_, sql, says) => {
    const { up, status, plan, history, raw, value, local } = await bench();
    await raw.query(sql);
    const content = `select string_agg(s::text, ',') from schema_migrations s`;
    const before = await value(content);
    const files = { '0001_a': 'create table a();' };
    for (const verb of [up, status, plan, history])
      await expect(verb(files)).rejects.toMatchObject({
        code: 'foreign-table',
        message: expect.stringMatching(says),
        problems: [{ remedy: expect.stringContaining('option table') }],
      });
    expect(await value(content)).toBe(before);
    expect(await value(`select count(*)::int from pg_class where relname ~ '^schema_migrations_lease'`)).toBe(0);
    expect(await value(`select count(*)::int from pg_proc where proname ~ '^schema_migrations_'`)).toBe(0);
    expect(await value(`select to_regclass('a')::text`)).toBeNull();
    expect(local.openTransactions()).toBe(0);
  });

  test('and the option table goes around it', async () => {
    const { up, raw, value } = await bench({ table: 'aurora_migrations' });
    await raw.query(
      `create table schema_migrations(version varchar primary key); insert into schema_migrations values ('20240101')`,
    );
    expect(await up({ '0001_a': 'create table a();' })).toMatchObject({ outcome: 'applied' });
    expect(await value('select count(*)::int from schema_migrations')).toBe(1);
  });
});

describe('what is read stays below the 1 MiB of an answer', () => {
  const insert = (
    name: string,
  ) => `insert into schema_migrations (name, attempt, direction, checksum, statements_checksum, status, started_at, finished_at, error_code, error_message, error_detail, error_hint, error_statement, statements)
    select ${name}, n, 'up', repeat('c', 64), repeat('c', 64), 'failed', now(), now(), 'P0001', repeat('\u{1F600}', 4000), repeat('\u{1F600}', 4000), repeat('\u{1F600}', 1000), 1, 1 from generate_series(1, 60) n`;

  test('sixty attempts with the longest errors there are', async () => {
    const { up, history, sql } = await bench();
    await up({ '0001_a': '' });
    await sql(insert(`'0002_b'`));
    expect(await history({ '0001_a': '' })).toHaveLength(62);
  });

  test('sixty failed migrations with them', async () => {
    const { up, status, sql } = await bench();
    const files = Object.fromEntries(
      Array.from({ length: 60 }, (_, nth) => [`${String(nth + 1).padStart(4, '0')}_m`, 'select 1;']),
    );
    await up({ '0100_a': '' });
    await sql(insert(`lpad(n::text, 4, '0') || '_m'`));
    const { migrations } = await status({ ...files, '0100_a': '' });
    expect(migrations.filter(one => one.error?.message.length === 8000)).toHaveLength(60);
  });
});

describe('a user without rights', () => {
  test('to make schemas: one that the owner made for him does', async () => {
    const owner = await bench({ auto: false });
    await ensureRole('tracking_tenant', "login password 'tracking_tenant'");
    await owner.raw.query(
      'create schema theirs authorization tracking_tenant; grant create on schema public to tracking_tenant',
    );
    await owner.leave();
    const name = new URL(owner.url).pathname.slice(1);
    const tenant = await bench({ template: name, user: 'tracking_tenant', schema: 'theirs' });
    const files = {
      '0001_a': 'create table a();',
      '0002_b': '-- migrate:up transaction:false\ncreate table b();\nvacuum b;',
    };
    expect(await tenant.up(files)).toMatchObject({ outcome: 'applied' });
    expect(await tenant.up(files)).toMatchObject({ outcome: 'nothing-to-do' });
    await owner.stop();
  });

  test.each([
    ['to make tables', '', /^Let the owner of the schema grant it .*`GRANT USAGE, CREATE ON SCHEMA public TO …`/],
    ['to read the history', 'install', /^Let the user of the secret own the tracking tables, .*master user$/],
  ])('%s: refused, with what to grant', async (_, first, remedy) => {
    const owner = await bench();
    await ensureRole('tracking_poor', "login password 'tracking_poor'");
    await owner.raw.query('revoke create on schema public from public');
    const files = { '0001_a': 'create table a();' };
    if (first) await owner.up(files);
    const name = new URL(owner.url).pathname.slice(1);
    await owner.leave();
    const poor = await bench({ template: name, user: 'tracking_poor' });
    await expect(poor.up(files)).rejects.toMatchObject({
      code: 'no-right',
      problems: [{ remedy: expect.stringMatching(remedy) }],
    });
    expect(poor.local.openTransactions()).toBe(0);
  });
});
