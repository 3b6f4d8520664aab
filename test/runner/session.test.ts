import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { bench, states, template } from '../support/migrations.ts';
import { admin, ensureRole, serverVersion } from '../support/postgresql.ts';
import { sessionState } from '../support/session.ts';

const SERVER = await serverVersion();

// The service's pool resets nothing: a call finds what any earlier call of anybody left on its connection.

const strangers = [
  ['search_path', `set search_path = evil, pg_catalog`],
  ['role without rights', 'set role session_nobody'],
  ['role of a superuser', 'set role session_super'],
  ['session_replication_role', 'set session_replication_role = replica'],
  ['default_transaction_read_only', 'set default_transaction_read_only = on'],
  ['default_transaction_isolation', `set default_transaction_isolation = 'serializable'`],
  ['statement_timeout', `set statement_timeout = '900ms'`],
  // It came with PostgreSQL 17.
  ...(SERVER < 17 ? [] : [['transaction_timeout', `set transaction_timeout = '900ms'`] as const]),
  ['lock_timeout', `set lock_timeout = '1ms'`],
  ['temporary tables', 'create temp table t(wrong text)'],
  ['temporary tracking tables', 'create temp table schema_migrations(wrong text)'],
  ['prepared statements', 'prepare p as select 1'],
  ['cursors', 'declare c cursor with hold for select 1'],
  ['LISTEN', 'listen ch'],
  ['advisory locks', 'select pg_advisory_lock(pg_backend_pid())'],
  ['standard_conforming_strings', 'set standard_conforming_strings = off'],
  [
    'client_encoding and styles',
    `set intervalstyle = 'sql_standard'; set datestyle = 'german'; set extra_float_digits = -5`,
  ],
  ['plpgsql.extra_errors', `set plpgsql.extra_errors = 'all'`],
  ['time zone', `set time zone 'Asia/Tokyo'`],
  ['check_function_bodies', 'set check_function_bodies = off'],
  ['what we remember of the settings that there are', `set aurora_migrations.settings = 'jit nonsense {'`],
] as const;

/** Whose sessions the Data API uses. */
const MASTER = new URL(inject('postgresMasterUrl')).username;

const SHADOWED = [
  'abs(integer)',
  'left(text, integer)',
  'chr(integer)',
  'octet_length(text)',
  'clock_timestamp()',
  'now()',
  'substring(text, text)',
  'substring(text, integer, integer)',
  'strpos(text, text)',
  'current_database()',
  'hashtext(text)',
  'jsonb_array_elements_text(jsonb)',
  'pg_backend_pid()',
  'quote_ident(text)',
  'pg_table_is_visible(oid)',
];

let evil: { name: string; drop(): Promise<void> };
beforeAll(async () => {
  await ensureRole('session_nobody');
  await ensureRole('session_super', 'superuser');
  await admin(
    `do $$begin create role session_bounded login password 'session_bounded' in role ${MASTER}; exception when duplicate_object or unique_violation then null; end$$;
    do $$begin execute 'alter role session_bounded set statement_timeout = ''700ms'''; exception when others then null; end$$`,
  );
  // Whatever of it is called fails: before pg_catalog, these come first.
  evil = await template(async ({ raw }) => {
    await raw.query(`create schema evil; grant usage, create on schema evil to session_nobody; grant create, usage on schema public to session_nobody;
      create domain evil.text as pg_catalog.text check (value = 'evil'); create domain evil.int8 as pg_catalog.int8 check (false); create domain evil.int4 as pg_catalog.int4 check (false);
      create function evil.trap() returns pg_catalog.text language sql as $$select (1 / 0)::pg_catalog.text$$;`);
    for (const signature of SHADOWED) {
      const { rows } = await raw.query('select pg_get_function_result($1::regprocedure) r', [
        `pg_catalog.${signature}`,
      ]);
      await raw.query(
        `create function evil.${signature} returns ${rows[0].r} language plpgsql as $$begin raise 'evil.${signature} was called'; end$$`,
      );
    }
  });
});
afterAll(() => evil.drop());

describe('a run works on connections that carry what others left, and leaves them as it found them', () => {
  test.each(strangers)('%s', async (_, dirt) => {
    const { up, local, database, value, sql, revert } = await bench({
      template: evil.name,
      poolSize: 1,
      dirty: [dirt],
    });
    const before = await sessionState(database).catch(() => null);
    const files = {
      '0001_a': `create table t(id int primary key, n int, check (n > 0)); create table child(id int references t);\n-- migrate:down\ndrop table child, t;`,
      '0002_b': `insert into t select g, abs(g) from generate_series(1, 5) g; create function f(a text) returns text language sql as 'select a || ''!''';\n-- migrate:down\ndrop function f; truncate t cascade;`,
      '0003_c': `-- migrate:up transaction:false\ncreate table s(id int);\ninsert into s values (1);\n-- migrate:down\ndrop table s;`,
    };
    const report = await up(files);
    expect(report.problems).toEqual([]);
    expect(states(report)).toEqual({ '0001_a': 'applied', '0002_b': 'applied', '0003_c': 'applied' });
    // In the schema, of the owner, and with the constraints of a new session.
    expect(
      await sql(
        `select schemaname, tablename, tableowner from pg_tables where tablename in ('t', 's', 'child') order by 2`,
      ),
    ).toEqual([
      ['public', 'child', MASTER],
      ['public', 's', MASTER],
      ['public', 't', MASTER],
    ]);
    expect(
      await value(
        `select count(distinct relowner)::int from pg_class where relname like 'schema_migrations%' and relnamespace = 'public'::regnamespace`,
      ),
    ).toBe(1);
    expect(
      await value(`select relowner::regrole::text from pg_class where oid = 'public.schema_migrations'::regclass`),
    ).toBe(MASTER);
    expect(
      await value(
        `select count(*)::int from pg_proc where proname like 'schema_migrations%' and proowner <> '${MASTER}'::regrole`,
      ),
    ).toBe(0);
    const failed = await up({ ...files, '0004_d': `insert into child values (77);` });
    expect(failed.migrations.at(-1)?.error?.code).toBe('23503');
    const again = await up(files);
    expect(again.outcome).toBe('nothing-to-do');
    const back = await revert(files, { to: '0000' });
    expect(back).toMatchObject({ outcome: 'reverted', reverted: ['0003_c', '0002_b', '0001_a'] });
    expect(local.openTransactions()).toBe(0);
    const after = await sessionState(database).catch(() => null);
    // Temporary objects, LISTEN and the like of others are not put back: nobody can count on them. Settings and role are.
    expect(after && { ...after.settings, user: after.user }).toEqual(
      before && { ...before.settings, user: before.user },
    );
    if (after) expect(after.advisoryLocks).toBe(0);
  });

  test('all of it at once', async () => {
    const { up, local } = await bench({
      template: evil.name,
      poolSize: 2,
      dirty: strangers
        .filter(([name]) => name !== 'role of a superuser' && name !== 'cursors')
        .map(([, sql]) => sql)
        .reverse(),
    });
    const report = await up({ '0001_a': 'create table t(id int);', '0002_b': 'insert into t values (1);' });
    expect(report.outcome).toBe('applied');
    expect(local.openTransactions()).toBe(0);
  });
});

// At the same time: they sleep.
describe.concurrent('a statement_timeout does not end a migration', () => {
  const slow = { '0001_slow': 'select pg_sleep(1.1); create table t();', '0002_quick': 'create table u();' };

  test('of the session', async () => {
    await using made = await bench({ auto: false, poolSize: 1, dirty: [`set statement_timeout = '700ms'`] });
    expect((await made.up(slow)).outcome).toBe('applied');
  });

  test('of the role: 4 calls a migration, and one more to find out', async () => {
    await using made = await bench({ auto: false, user: 'session_bounded' });
    const { up, local } = made;
    await up({ '0003_first': '' });
    local.log.clear();
    const report = await up({ ...slow, '0003_first': '' });
    expect(report.outcome).toBe('applied');
    // history, acquire, one to find out, four a migration: begin, set, apply, commit
    expect(report.dataApiCalls).toBe(2 + 2 * 4);
  });

  test('of the role, stepwise', async () => {
    await using made = await bench({ auto: false, user: 'session_bounded' });
    const report = await made.up({
      '0001_slow': '-- migrate:up transaction:false\nselect pg_sleep(0.9);\ncreate table t();',
    });
    expect(report.outcome).toBe('applied');
  });

  test('of the session, with a role that has no rights', async () => {
    await using made = await bench({
      auto: false,
      poolSize: 1,
      dirty: [`set statement_timeout = '700ms'`, 'set role session_nobody'],
      random: () => 0,
    });
    expect((await made.up(slow)).outcome).toBe('applied');
  });
});

test.each([
  ['in one transaction', ''],
  ['statement by statement', '-- migrate:up transaction:false\n'],
])('a setting of their own that somebody left since the last run is not seen, %s', async (_, directive) => {
  const { up, database, sql } = await bench({ poolSize: 1 });
  const first = { '0001_a': 'create table t(tenant text);' };
  await up(first);
  await database.execute({ sql: `set app.tenant = 'theirs'`, effect: 'write' });
  const seen = `${directive}insert into t values (current_setting('app.tenant', true));`;
  expect((await up({ ...first, '0002_b': seen })).outcome).toBe('applied');
  expect(await sql(`select nullif(tenant, '') from t`)).toEqual([[null]]);
  const failing = `insert into t values (current_setting('app.tenant', true)); select 1 / 0;`;
  expect((await up({ ...first, '0002_b': seen, '0003_c': failing })).outcome).toBe('failed');
});

test('functions and operators that somebody put into public are not called by the user who migrates', async () => {
  const { up, raw, status, history, value } = await bench();
  // Better matches than those of pg_catalog, which takes (numeric, numeric) and (text, VARIADIC "any").
  await raw.query(`create table public.called(what text);
    create function public.evil_times(numeric, integer) returns numeric language plpgsql as $$begin insert into public.called values ('*'); return 0; end$$;
    create operator public.* (leftarg = numeric, rightarg = integer, function = public.evil_times);
    create function public.evil_minus(bigint, numeric) returns numeric language plpgsql as $$begin insert into public.called values ('-'); return 0; end$$;
    create operator public.- (leftarg = bigint, rightarg = numeric, function = public.evil_minus);`);
  for (const types of [
    'text, integer, text, text, text, bigint, text, text, text, text',
    'text, text, text, bigint',
    'text, integer, text, text, text, text, text, text, text, text',
    'text, text, text',
    'text, text, text, text, text',
  ])
    await raw.query(
      `create function public.concat_ws(${types}) returns text language plpgsql as $$begin insert into public.called values ('concat_ws'); return ''; end$$`,
    );
  const files = { '0001_a': 'create table t();', '0002_b': '-- migrate:up transaction:false\ncreate table u();' };
  const report = await up(files);
  expect(report.outcome).toBe('applied');
  await up({ ...files, '0003_c': 'select 1/0;' });
  await status(files);
  await history(files);
  expect(await value("select string_agg(distinct what, ',') from called")).toBeNull();
});
