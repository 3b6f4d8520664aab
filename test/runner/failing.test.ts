import pg from 'pg';
import { beforeAll, describe, expect, test } from 'vitest';
import { announce } from '../../lib/runner/index.ts';
import { fingerprint } from '../support/fingerprint.ts';
import { copiesOf, states } from '../support/migrations.ts';
import { ensureRole, serverVersion } from '../support/postgresql.ts';
import { sessionState } from '../support/session.ts';
import { until } from '../support/until.ts';

const SERVER = await serverVersion();

const FIRST = { '0001_first': 'create table t(id int primary key, n int unique deferrable initially deferred);' };
const start = copiesOf(FIRST, { poolSize: 1 });

interface Failing {
  readonly what: string;
  readonly sql: string;
  readonly superuser?: string;
  readonly error: Record<string, unknown>;
}

const failing: readonly Failing[] = [
  {
    what: 'a plain error: line and column of the name that the message quotes',
    sql: 'create table x(id int);\n\n-- why\ninsert into x\n  select id from nothing_here;\ncreate table y();',
    error: {
      code: '42P01',
      message: 'relation "nothing_here" does not exist',
      statement: 2,
      file: '0002_x.sql',
      line: 5,
      column: 18,
      detail: null,
    },
  },
  {
    what: 'a syntax error that only the server sees',
    sql: `select 1;\nselect 'x'::nosuchtype;`,
    error: { code: '42704', statement: 2, line: 2, column: 13 },
  },
  {
    what: 'an error without a name: the beginning of the statement',
    sql: 'select 1;\n  /* c */\n  select\n 1/0;',
    error: { code: '22012', message: 'division by zero', statement: 2, line: 3, column: 3 },
  },
  {
    what: 'a hint of the server',
    sql: 'select numbr from (select 1 as number) q;',
    error: { code: '42703', hint: expect.stringContaining('q.number'), statement: 1, line: 1, column: 8 },
  },
  {
    what: 'a detail with row values',
    sql: 'insert into t values (1, 1);\ninsert into t values (1, 2);',
    error: { code: '23505', detail: 'Key (id)=(1) already exists.', statement: 2, line: 2 },
  },
  {
    what: 'RAISE query_canceled',
    sql: `do $$begin raise query_canceled; end$$;`,
    error: { code: '57014', statement: 1, line: 1 },
  },
  {
    what: 'ASSERT',
    sql: `create table x();\ndo $$begin assert 1 = 2, 'one is not two'; end$$;`,
    error: { code: 'P0004', message: 'one is not two', statement: 2, line: 2 },
  },
  {
    what: 'RAISE with everything',
    sql: `do $$begin raise 'm' using errcode = 'XX123', detail = 'd', hint = 'h'; end$$;`,
    error: { code: 'XX123', message: 'm', detail: 'd', hint: 'h', statement: 1 },
  },
  {
    what: 'SET ROLE, then an error',
    sql: 'create table x();\nset role failing_role;\ndrop table x;',
    error: { code: '42501', statement: 3, line: 3 },
  },
  {
    what: 'SET SESSION AUTHORIZATION, then an error',
    superuser: 'nobody else may set it',
    sql: 'create table x();\nset session authorization failing_role;\ndrop table x;',
    error: { code: '42501', statement: 3, line: 3 },
  },
  {
    what: 'a DO that drops the tracking schema',
    sql: `create table x();\ndo $$begin execute 'drop schema public cascade'; end$$;\nselect 1;`,
    error: { code: expect.stringMatching(/^(42P01|3F000|42883)$/) },
  },
  {
    what: 'a DO that drops the functions that execute it',
    sql: `do $$declare f text; begin for f in select oid::regprocedure from pg_proc where proname like 'schema_migrations%' loop execute 'drop function ' || f; end loop; end$$;`,
    error: { code: '42883' },
  },
  {
    what: 'a DO that empties the lease',
    sql: `do $$begin execute 'drop table schema_migrations_lease'; end$$;`,
    error: { code: '42P01' },
  },
  {
    what: 'a deferred constraint, at the end',
    sql: 'insert into t values (1, 7);\ninsert into t values (2, 7);',
    error: {
      code: '23505',
      statement: null,
      line: null,
      message: expect.stringMatching(/t_n_key.*after the last statement/),
    },
  },
  {
    what: 'LISTEN, locks, statements, cursors, temporary tables, then an error',
    sql: `listen c; select pg_advisory_lock(5); prepare p as select 1; declare c cursor with hold for select 1; create temp table tt(); set work_mem = '1MB'; select 1/0;`,
    error: { code: '22012', statement: 7 },
  },
  {
    what: 'a duplicate object',
    sql: 'create table t();',
    error: { code: '42P07', message: 'relation "t" already exists', line: 1, column: 14 },
  },
  {
    what: 'a name that quotes as a pattern',
    sql: `create table "a.b*(c"(id int);\nselect 1 from "a.b*(c" where nope;`,
    error: { code: '42703', statement: 2, line: 2, column: 30 },
  },
  {
    what: 'statements after a BOM, with CRLF and wide characters',
    sql: "\uFEFF-- \u{1F600}\r\nselect 1;\r\n/* ä */ select 'é\u{1F600}', nope;\r\n",
    error: { code: '42703', statement: 2, line: 3 },
  },
];

beforeAll(async () => {
  await ensureRole('failing_role');
});

// At the same time: some of it waits.
describe.concurrent('a migration that fails', () => {
  test.each(failing)('$what', async ({ sql, error, superuser }) => {
    await using made = await start(superuser === undefined ? {} : { superuser });
    const { up, raw, value, database, status, local, sql: rows } = made;
    const before = { schema: await fingerprint(raw), session: await sessionState(database) };
    const report = await up({ ...FIRST, '0002_x': sql, '0003_later': 'create table later();' });
    expect(report.outcome).toBe('failed');
    expect(states(report)).toEqual({ '0001_first': 'applied', '0002_x': 'failed', '0003_later': 'pending' });
    const failed = report.migrations[2]!;
    expect(failed.error).toMatchObject(error);
    expect(failed.error?.remedy).toMatch(/\w{4}/);
    expect(failed).toMatchObject({ attempt: 1, statementsApplied: 0, executionTimeMs: expect.any(Number) });

    // Only its row is left.
    expect(await fingerprint(raw)).toEqual(before.schema);
    expect(await sessionState(database)).toEqual(before.session);
    expect(local.openTransactions()).toBe(0);
    const [row] = await rows(
      `select attempt, status, content, revert_content, statements_applied, error_code, error_detail, error_hint, run_id, finished_at >= started_at from schema_migrations where name = '0002_x'`,
    );
    expect(row).toEqual([
      1,
      'failed',
      null,
      null,
      0,
      failed.error!.code,
      failed.error!.detail,
      failed.error!.hint,
      report.runId,
      true,
    ]);
    expect(await value(`select run_id from schema_migrations_lease where id = 'lease'`)).toBeNull();

    // The same is told later, from the row.
    const later = await status({ ...FIRST, '0002_x': sql, '0003_later': 'create table later();' });
    expect(later.migrations[2]).toMatchObject({
      state: 'failed',
      error: { ...failed.error, remedy: expect.any(String) },
    });

    // No repair: the mended one is applied next time.
    const mended = await up({ ...FIRST, '0002_x': 'create table mended();', '0003_later': 'create table later();' });
    expect(mended).toMatchObject({ outcome: 'applied', applied: ['0002_x', '0003_later'] });
    expect(mended.migrations[2]).toMatchObject({ state: 'applied', attempt: 2, error: null });
  });

  test('ones before it stay applied, ones after it are not begun', async () => {
    await using made = await start();
    const { up, value } = made;
    const report = await up({
      ...FIRST,
      '0002_a': 'create table a();',
      '0003_b': 'create table b(); select 1/0;',
      '0004_c': 'create table c();',
    });
    expect(report).toMatchObject({ outcome: 'failed', applied: ['0002_a'] });
    expect(
      await value(`select string_agg(tablename, ',' order by 1) from pg_tables where tablename in ('a', 'b', 'c')`),
    ).toBe('a');
  });

  test('unchanged, it is tried again each time, each an attempt of its own', async () => {
    await using made = await start();
    const { up, sql } = made;
    const files = { ...FIRST, '0002_x': 'select 1/0;' };
    for (let nth = 1; nth <= 3; nth++)
      expect((await up(files)).migrations[2]).toMatchObject({ state: 'failed', attempt: nth });
    expect(await sql(`select attempt, status from schema_migrations where name = '0002_x' order by 1`)).toEqual([
      [1, 'failed'],
      [2, 'failed'],
      [3, 'failed'],
    ]);
  });

  test('cancelled by somebody: recorded, nothing left, and it can be run again', async () => {
    await using made = await start();
    const { up, value, raw, database } = made;
    const before = { schema: await fingerprint(raw), session: await sessionState(database) };
    const running = up({ ...FIRST, '0002_x': 'create table x(); select pg_sleep(30);' });
    await until(
      'a session that sleeps',
      async () =>
        (await value(
          `select count(*)::int from pg_stat_activity where datname = current_database() and wait_event = 'PgSleep'`,
        )) === 1,
      { during: running },
    );
    await value(
      `select pg_cancel_backend(pid) from pg_stat_activity where datname = current_database() and wait_event = 'PgSleep'`,
    );
    const report = await running;
    expect(report.migrations[2]?.error).toMatchObject({
      code: '57014',
      message: 'canceling statement due to user request',
      statement: 2,
    });
    expect(await fingerprint(raw)).toEqual(before.schema);
    expect(await sessionState(database)).toEqual(before.session);
    expect((await up({ ...FIRST, '0002_x': 'create table x();' })).outcome).toBe('applied');
  });

  test('its backend terminated: no answer, looked at again under a new lease, applied', async () => {
    await using made = await start({ poolSize: 2 });
    const { up, value } = made;
    let terminated = false;
    const running = up({ ...FIRST, '0002_x': 'create table x(); select pg_sleep(0.7);' });
    await until(
      'a session that sleeps',
      async () =>
        (await value(
          `select count(*)::int from pg_stat_activity where datname = current_database() and wait_event = 'PgSleep'`,
        )) === 1,
      { during: running },
    );
    terminated = Boolean(
      await value(
        `select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and wait_event = 'PgSleep'`,
      ),
    );
    expect(terminated).toBe(true);
    const report = await running;
    expect(report.outcome).toBe('applied');
    expect(await value(`select count(*)::int from schema_migrations where name = '0002_x'`)).toBe(1);
  });

  test('with a statement of 3 MB: the message names it, the answer and the row do not hold it', async () => {
    await using made = await start();
    const { up, local, value } = made;
    const sql = `create table big(t text);\ninsert into big values ('${'x'.repeat(3_000_000)}'), (nope);\n`;
    let answered = 0;
    local.faults.after({ sql: 'run_1' }, entry => {
      answered = entry.milliseconds ?? 1;
    });
    const report = await up({ ...FIRST, '0002_x': sql });
    expect(report.migrations[2]?.error).toMatchObject({ code: '42703', statement: 2, line: 2 });
    expect(answered).toBeGreaterThan(0);
    expect(await value(`select octet_length(h::text) from schema_migrations h where name = '0002_x'`)).toBeLessThan(
      20_000,
    );
  });

  test.each([
    ['message', `do $$begin raise '%', repeat('m', 3000000); end$$;`],
    ['detail', `do $$begin raise 'x' using detail = repeat('d', 3000000); end$$;`],
    ['hint', `do $$begin raise 'x' using hint = repeat('h', 3000000); end$$;`],
    ['context', `do $$begin execute 'select 1/0 /* ' || repeat('c', 3000000) || '*/'; end$$;`],
    [
      'everything, in wide characters',
      `do $$begin raise '%', repeat('\u{1F600}', 500000) using detail = repeat('é"\\', 500000), hint = repeat(E'\\x01', 500000); end$$;`,
    ],
  ])('with an endless %s: recorded, cut', async (_, sql) => {
    await using made = await start();
    const { up, value } = made;
    const report = await up({ ...FIRST, '0002_x': sql });
    expect(report.outcome).toBe('failed');
    expect(await value(`select status from schema_migrations where name = '0002_x'`)).toBe('failed');
    expect(JSON.stringify(report).length).toBeLessThan(100_000);
  });

  test('a lock that does not come: tried six times, recorded once, with what to do', async () => {
    await using made = await start();
    const { up, sql, url, local } = made;
    const other = new pg.Client(url);
    await other.connect();
    await other.query('begin; lock table t in access exclusive mode');
    const report = await up({ ...FIRST, '0002_x': 'alter table t add x int;' }, { lockTimeoutMs: 20 });
    expect(report.migrations[2]?.error).toMatchObject({
      code: '55P03',
      statement: 1,
      // Too short to be seen at it: who holds a lock on that table afterwards.
      remedy: expect.stringMatching(
        /: it waited for a lock on t, held by process \d+ \(\w+: idle in transaction for \d+ s\)$/,
      ),
    });
    expect(await sql(`select attempt, status from schema_migrations where name = '0002_x'`)).toEqual([[1, 'failed']]);
    expect(local.log.entries.filter(entry => entry.sql?.includes('run_1'))).toHaveLength(6);
    await other.end();
  });

  test('a lock that comes late: nothing is recorded of the tries before', async () => {
    await using made = await start();
    const { up, sql, url, local } = made;
    const other = new pg.Client(url);
    await other.connect();
    await other.query('begin; lock table t in access exclusive mode');
    const running = up({ ...FIRST, '0002_x': 'alter table t add x int;' }, { lockTimeoutMs: 20 });
    await until('an answer to the migration', () =>
      local.log.entries.some(entry => entry.sql?.includes('run_1') && entry.outcome === 'ok'),
    );
    await other.query('commit');
    expect((await running).outcome).toBe('applied');
    expect(await sql(`select attempt, status from schema_migrations where name = '0002_x'`)).toEqual([[1, 'applied']]);
    await other.end();
  });

  test('an enum value used in the file that adds it keeps its line, in the row too', async () => {
    await using made = await start();
    const { up, sql, status } = made;
    const files = {
      ...FIRST,
      '0002_e': `create type st as enum ('one');\ncreate table s (s st);`,
      '0003_both': `alter type st add value 'five';\n\ninsert into s values ('five');`,
    };
    const report = await up(files);
    const told = { code: '55P04', statement: 2, line: 3, remedy: expect.stringContaining('in a migration of its own') };
    expect(report.migrations[3]?.error).toMatchObject(told);
    expect((await status(files)).migrations[3]?.error).toMatchObject(told);
    expect(await sql(`select error_statement, error_line from schema_migrations where name = '0003_both'`)).toEqual([
      [2, 3],
    ]);
  });

  test.skipIf(SERVER < 17)('the bare way (55P04), failing further on: recorded, nothing left', async () => {
    await using made = await start();
    const { up, sql, raw, database } = made;
    const before = { schema: await fingerprint(raw), session: await sessionState(database) };
    const report = await up({
      ...FIRST,
      '0002_x': `create type e as enum ('a');\nalter type e add value 'b';\nselect 'b'::e;\nset role failing_role; select pg_advisory_lock(3); listen x; prepare p as select 1;\nselect 1/0;`,
    });
    expect(report.migrations[2]?.error).toMatchObject({ code: '22012', message: 'division by zero' });
    expect(await sql(`select attempt, status, error_code from schema_migrations where name = '0002_x'`)).toEqual([
      [1, 'failed', '22012'],
    ]);
    expect(await fingerprint(raw)).toEqual(before.schema);
    expect(await sessionState(database)).toEqual(before.session);
    // Of the last statement there is no doubt.
    const last = `create type e as enum ('a');\nalter type e add value 'b';\n\nselect 1 / (length('b'::e::text) - 1);`;
    const again = await up({ ...FIRST, '0002_x': last });
    expect(again.migrations[2]?.error).toMatchObject({ code: '22012', statement: 3, line: 4 });
  });

  test('the down section fails: it stays applied, and the failure is recorded', async () => {
    await using made = await start();
    const { up, revert, status, value } = made;
    const files = { ...FIRST, '0002_x': 'create table x();\n-- migrate:down\ndrop table x;\nselect 1/0;' };
    await up(files);
    const report = await revert(files, { steps: 1 });
    expect(report).toMatchObject({ outcome: 'failed', reverted: [], failure: { code: '22012', statement: 2 } });
    expect(await value(`select to_regclass('x')::text`)).toBe('x');
    expect(states(await status(files))['0002_x']).toBe('applied');
  });

  test.each([
    ['in one transaction', ''],
    ['statement by statement', '-- migrate:up transaction:false\n'],
  ])('it fails once for a request, whatever the next slice of it asks for: %s', async (_, head) => {
    await using made = await start();
    const files = { ...FIRST, '0002_x': `${head}create table x(n int);\nselect 1/0;` };
    const request = { hook: 'stack/hook', requestId: 'r1', requestedBy: 'CloudFormation Update r1' };
    expect(await announce({ ...(await made.runner(files)), ...request })).toBe(true);
    const rows = `select attempt, status, error_code from schema_migrations where name = '0002_x'`;
    for (const slice of [1, 2]) {
      const report = await made.up(files, request);
      expect(report, `slice ${slice}`).toMatchObject({ outcome: 'failed', applied: [] });
      expect(report.migrations[2]?.error).toMatchObject({ code: '22012', message: 'division by zero', statement: 2 });
      expect(await made.sql(rows)).toEqual([[1, 'failed', '22012']]);
    }
    const next = { ...request, requestId: 'r2', requestedBy: 'CloudFormation Update r2' };
    await announce({ ...(await made.runner(files)), ...next });
    expect((await made.up(files, next)).outcome).toBe('failed');
    expect((await made.sql(rows)).length).toBe(2);
  });
});

test.skipIf(SERVER < 17)('a lock is waited for again and again also where the block could not be used', async () => {
  await using made = await start();
  await made.raw.query('begin; lock table t in access share mode');
  const waits: string[] = [];
  const running = made.up(
    {
      ...FIRST,
      '0002_x': `create type e as enum ('a'); alter type e add value 'b'; create table x(e e default 'b'); alter table t add column m int;`,
    },
    { lockTimeoutMs: 100, on: event => event.event === 'waiting' && waits.push(event.what) },
  );
  await until('two waits', () => waits.length === 2, { during: running });
  await made.raw.query('commit');
  expect(await running).toMatchObject({ outcome: 'applied' });
  expect(await made.sql(`select attempt, status from schema_migrations where name = '0002_x'`)).toEqual([
    [1, 'applied'],
  ]);
});

test('what fails when the transaction ends is written down like any other failure', async () => {
  await using made = await start();
  // A trigger that puts the next one off: it fires when nothing is left to catch its error.
  await made.raw.query(`create table late(n int); create table later(n int);
    create function puts_off() returns trigger language plpgsql as 'begin set constraints all deferred; insert into later values (1); return null; end';
    create function raises() returns trigger language plpgsql as 'begin raise ''too late''; end';
    create constraint trigger a after insert on late deferrable initially deferred for each row execute function puts_off();
    create constraint trigger b after insert on later deferrable initially deferred for each row execute function raises();`);
  const report = await made.up({ ...FIRST, '0002_x': 'create table x(); insert into late values (1);' });
  expect(report).toMatchObject({ outcome: 'failed', problems: [] });
  expect(report.migrations.at(-1)).toMatchObject({ name: '0002_x', error: { code: 'P0001', message: 'too late' } });
  expect(
    await made.sql(`select attempt, status, error_code, content from schema_migrations where name = '0002_x'`),
  ).toEqual([[1, 'failed', 'P0001', null]]);
  expect(await made.value(`select to_regclass('x')`)).toBeNull();
});
