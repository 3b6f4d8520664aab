import { describe, expect, test } from 'vitest';
import type { RunEvent } from '../../lib/core/report.ts';
import { newRun } from '../../lib/runner/lease.ts';
import { upScript } from '../../lib/runner/up-script.ts';
import { queuedOn, readBehind } from '../support/behind.ts';
import { SHORT_CALLS } from '../support/clocks.ts';
import { type Bench, bench, connect, copiesOf, type Files, UNDISTURBED } from '../support/migrations.ts';
import { admin } from '../support/postgresql.ts';
import { until } from '../support/until.ts';

/** The lease is as long as always: nobody waits for one of a run that died, and a busy machine needs its time between two calls. */
const QUICK = { lockTimeoutMs: 500 };

// What can run in no transaction is sent as it is: nothing records what it does but the catalog, and no setting bounds it.

/** One row: an expression that sleeps is evaluated once. The functions lie to PostgreSQL, so that an index may use them. */
const FIRST: Files = {
  '0001_first': `create table t(id int, n int); insert into t values (1, 1);
    create function slow(int, float) returns int immutable language plpgsql as 'begin perform pg_catalog.pg_sleep($2); return $1; end';
    create function slow_error(int) returns int immutable language plpgsql as 'begin perform pg_catalog.pg_sleep(0.7); return $1 / 0; end';`,
};

/** Five pages of one row each. */
const WIDE = `create table wide(id int, filler text); alter table wide alter filler set storage plain;
  insert into wide select g, repeat('x', 5000) from generate_series(1, 5) g`;

const start = copiesOf(FIRST, { poolSize: 3 });

/** A checkpoint keeps its 45 seconds: lost, it would begin another attempt. */
const callTimeout = (sql: string) =>
  /^\/\* aurora-migrations run:\S+ name:[^*]*\*\/ (?!SELECT \S*_run_1)/.test(sql) ? 0.45 : 45;

const startShort = () => start({ clocks: { ...SHORT_CALLS, callTimeout } });

const timeouts = ({ local }: Bench) =>
  local.log.entries.filter(({ outcome }) => outcome === 'StatementTimeoutException').length;

/** How often the statement was sent that begins so. */
const sent = ({ local }: Bench, words: string) =>
  local.log.entries.filter(({ sql }) => new RegExp(`\\*/ ${words.slice(0, 6)}`).test(sql ?? '')).length;

const rows = ({ sql }: Bench) =>
  sql(
    `select status, statements_applied, coalesce(error_code, '') from schema_migrations where name = '0002_x' order by attempt`,
  );

const indexes = ({ sql }: Bench) =>
  sql(`select indexrelid::regclass::text, indisvalid from pg_index where indrelid = 't'::regclass`);

const set = async (made: Bench, setting: string) =>
  made.raw.query(`alter database ${new URL(made.url).pathname.slice(1)} set ${setting}`);

/** What is sent as it is, what is there before, and a table that a transaction has read which it has to wait for. */
const alone: readonly [what: string, statement: string, prepare: string, reader?: string][] = [
  ['REINDEX INDEX', 'reindex index concurrently i', 'create index i on t(slow(n, 1))'],
  ['REINDEX TABLE', 'reindex table concurrently t', 'create index i on t(slow(n, 1))'],
  [
    'REINDEX TABLE of partitions',
    'reindex table concurrently p',
    `${'create table p(n int) partition by list (n)'};
    create table p1 partition of p for values in (1); insert into p values (1); create index i on p(slow(n, 1))`,
  ],
  [
    'VACUUM',
    'vacuum wide',
    `${WIDE}; alter database NAME set vacuum_cost_delay = 100; alter database NAME set vacuum_cost_limit = 1`,
  ],
  ['VACUUM FULL', 'vacuum (full) t', 'create index i on t(slow(n, 1))'],
  ['DROP INDEX', 'drop index concurrently i', 'create index i on t(n)', 't'],
  [
    'DETACH PARTITION',
    'alter table p detach partition p1 concurrently',
    'create table p(n int) partition by list (n); create table p1 partition of p for values in (1)',
    'p',
  ],
];

describe.concurrent('PostgreSQL: what is sent as it is, and outlives its call', () => {
  const CALL_TIMEOUT = { name: 'StatementTimeoutException', status: 400, message: 'Request timed out' };

  test.each(alone)('%s: waited for, done once', async (_what, statement, prepare, reader) => {
    await using made = await startShort();
    for (const one of prepare.split(';'))
      await made.raw.query(one.replace('NAME', new URL(made.url).pathname.slice(1)));
    const other = await connect(made, 'reader');
    if (reader) await other.query(`begin; select * from ${reader}`);
    const heard: string[] = [];
    const on = (event: RunEvent) => event.event === 'waiting' && heard.push(event.what);
    // It waits for the end of that transaction, and nobody queues behind it: its lock timeout does not count that.
    const running = made.up({ ...FIRST, '0002_x': `${statement};` }, { ...QUICK, lockTimeoutMs: 100, on });
    await until('a call that times out', () => timeouts(made) > 0, { during: running });
    if (reader)
      await until(
        'a word about the reader',
        () => heard.some(what => /waiting for a transaction that began before, held by process/.test(what)),
        { during: running },
      );
    await other.end();
    expect(await running).toMatchObject({ outcome: 'applied', problems: [] });
    expect(sent(made, statement)).toBe(1);
    expect(await rows(made)).toEqual([['applied', 1, '']]);
  });

  test.each([
    ['CREATE DATABASE', 'create database NAME', 1],
    ['DROP DATABASE', 'drop database NAME', 1],
    ['ALTER SYSTEM', 'alter system reset application_name', 2],
  ])('%s: ended when its call was over, nothing of it is done twice', async (what, statement, times) => {
    const user = what === 'ALTER SYSTEM' ? { superuser: 'nobody else may change the settings of the server' } : {};
    await using made = await start({ clocks: SHORT_CALLS, ...user });
    const name = `alone_${process.pid}_${what.slice(0, 4)}`;
    if (what === 'DROP DATABASE') await made.raw.query(`create database ${name}`);
    made.local.faults.add({ fault: CALL_TIMEOUT, when: 'after', pattern: `\\*/ ${statement.slice(0, 6)}` });
    const report = await made.up({ ...FIRST, '0002_x': `${statement.replace('NAME', name)};` }, QUICK);
    expect(report).toMatchObject({ outcome: 'applied', problems: [] });
    expect(sent(made, statement)).toBe(times);
    expect(await rows(made)).toEqual([['applied', 1, '']]);
    await made.raw.query(`drop database if exists ${name}`);
  });

  test('a VACUUM of which nothing tells, twice: the run asks, and does not go on for ever', async () => {
    await using made = await startShort();
    made.local.faults.add({ fault: CALL_TIMEOUT, when: 'after', pattern: '\\*/ vacuum', times: 0 });
    const report = await made.up({ ...FIRST, '0002_x': 'vacuum;' }, QUICK);
    expect(report.migrations[2]!.error).toMatchObject({ code: 'unknown-outcome', statement: 1 });
    expect(sent(made, 'vacuum')).toBe(2);
  });

  test('a REINDEX that fails at last: begun twice at most, and the run says so', async () => {
    await using made = await startShort();
    await made.raw.query(`create function f(int) returns int immutable language sql as 'select $1'; create index i on t(f(n));
      create or replace function f(int) returns int immutable language plpgsql as 'begin return public.slow_error($1); end'`);
    const report = await made.up(
      { ...FIRST, '0002_x': 'reindex index concurrently i;' },
      { ...QUICK, budgetMs: 40_000 },
    );
    expect(report.migrations[2]!.error).toMatchObject({
      code: 'not-done',
      statement: 1,
      message: expect.stringContaining('begun 2 times'),
    });
    expect(sent(made, 'reindex')).toBe(2);
  });
});

describe.concurrent('PostgreSQL: a lock that what is sent as it is waits for', () => {
  test('VACUUM FULL behind a reader: others are not held up for long, and it gets through', async () => {
    await using made = await start();
    const [slow, application] = [await connect(made, 'report'), await connect(made, 'application')];
    await slow.query('begin; select * from t');
    const heard: string[] = [];
    const on = (event: RunEvent) => event.event === 'waiting' && heard.push(event.what);
    const running = made.up({ ...FIRST, '0002_x': 'vacuum full t;' }, { lockTimeoutMs: 300, on });
    while (heard.length < 2)
      await readBehind({ queued: queuedOn(made), read: () => application.query('select * from t') }, running);
    await slow.query('commit');
    expect(await running).toMatchObject({ outcome: 'applied', problems: [] });
    expect(sent(made, 'vacuum')).toBeGreaterThan(1);
    expect(heard.join('\n')).toMatch(/a lock on t, held by process \d+ \(\w+, report: idle in transaction for \d+ s\)/);
    expect(await rows(made)).toEqual([['applied', 1, '']]);
    await Promise.all([slow.end(), application.end()]);
  });

  test('CREATE INDEX CONCURRENTLY waits for an older writer for longer than that: nobody queues behind it', async () => {
    await using made = await start();
    const writer = await connect(made, 'writer');
    await writer.query('begin; update t set n = n');
    const working: (string | null)[] = [];
    const on = (event: RunEvent) => event.event === 'working' && working.push(event.progress);
    const running = made.up(
      { ...FIRST, '0002_x': 'create index concurrently i on t(n);' },
      { lockTimeoutMs: 100, progressMs: 100, on },
    );
    await until(
      'five words about the writer',
      () => working.filter(one => /, held by process \d+ \(\w+, writer: /.test(one ?? '')).length > 4,
      { during: running },
    );
    await writer.query('commit');
    expect(await running).toMatchObject({ outcome: 'applied', problems: [] });
    expect(sent(made, 'create')).toBe(1);
    await writer.end();
  });

  test("the database's own lock_timeout: tried again, what each try leaves is dropped", async () => {
    await using made = await start();
    await set(made, `lock_timeout = '200ms'`);
    const writer = await connect(made, 'writer');
    await writer.query('begin; update t set n = n');
    const heard: string[] = [];
    const on = (event: RunEvent) => event.event === 'waiting' && heard.push(event.what);
    const running = made.up({ ...FIRST, '0002_x': 'create index concurrently i on t(n);' }, { on });
    await until('a word about a wait', () => heard.length > 0, { during: running });
    await writer.query('commit');
    expect(await running).toMatchObject({ outcome: 'applied', problems: [] });
    expect(await rows(made)).toEqual([['applied', 1, '']]);
    expect(await indexes(made)).toEqual([['i', true]]);
    await writer.end();
  });

  /** As a run applies it, with two tries and no pause between them. */
  async function applyTwice(made: Bench, sql: string) {
    const options = await made.runner({ ...FIRST, '0002_x': sql });
    const run = newRun({ ...options, requestedBy: 'test', lockTimeoutMs: 300, leaseMs: 300 });
    await options.engine.lease.acquire(options.database, run, null);
    const migration = options.migrations.manifest.migrations.at(-1)!;
    const body = await options.migrations.body(migration.name);
    const how = { ...UNDISTURBED, tries: 2 };
    const applied = await options.engine.executor.execute(options.database, {
      ...how,
      run,
      ...upScript(migration, body),
    });
    if (applied.status !== 'failed') throw new Error(applied.status);
    return applied.failure;
  }

  test("that does not come, with the database's own lock_timeout: what it leaves cannot be dropped, and it says so", async () => {
    await using made = await start();
    await set(made, `lock_timeout = '200ms'`);
    const writer = await connect(made, 'writer');
    await writer.query('begin; update t set n = n');
    expect(await applyTwice(made, 'create index concurrently i on t(n);')).toMatchObject({
      code: '55P03',
      remedy: expect.stringMatching(
        /^An invalid index is left of it, which the next run drops\. (Let the holder|Something)/,
      ),
    });
    expect(await indexes(made)).toEqual([['i', false]]);
    await writer.end();
    expect(await made.up({ ...FIRST, '0002_x': 'create index concurrently i on t(n);' })).toMatchObject({
      outcome: 'applied',
    });
    expect(await indexes(made)).toEqual([['i', true]]);
  });

  test('that does not come: the failure says who held it', async () => {
    await using made = await start();
    const reader = await connect(made, 'report');
    await reader.query('begin; select * from t');
    expect(await applyTwice(made, 'vacuum full t;')).toMatchObject({
      code: '55P03',
      message: 'canceling statement due to lock timeout',
      statement: 1,
      remedy: expect.stringMatching(
        /^Nothing of it was committed\. Let the holder end .*: it waited for a lock on t, held by process \d+ \(\w+, report: idle in transaction/,
      ),
    });
    await reader.end();
  });

  test('cancelled by a person: what it left is dropped, and its file is not to be mended', async () => {
    await using made = await start();
    const running = made.up({ ...FIRST, '0002_x': 'create index concurrently i on t(slow(n, 20));' });
    const building = `from pg_stat_progress_create_index p join pg_stat_activity a using (pid) where a.datname = current_database()`;
    await until('a build of the index', async () => (await made.value(`select count(*)::int ${building}`)) === 1, {
      during: running,
    });
    await made.sql(`select pg_cancel_backend(p.pid) ${building}`);
    const { error } = (await running).migrations[2]!;
    expect(error).toMatchObject({
      code: '57014',
      remedy: expect.stringContaining('Nothing of it was committed. Somebody'),
    });
    expect(error!.remedy).not.toContain('mend');
    expect(await indexes(made)).toEqual([]);
  });
});

describe.concurrent('PostgreSQL: somebody else builds an index of that name', () => {
  test.each([
    ['the same: it is what was wanted', 'CREATE INDEX CONCURRENTLY i  on t(n)', 'applied'],
    ["another one: the database's own words", 'create index concurrently i on t(id)', 'failed'],
  ])('%s', async (_, theirs, outcome) => {
    await using made = await start();
    const [writer, other] = [await connect(made, 'writer'), await connect(made, 'other')];
    // What they build waits for it.
    await writer.query('begin; update t set n = n');
    const building = other.query(theirs);
    const theirBuild = `select count(*)::int from pg_stat_progress_create_index where datname = current_database() and index_relid <> 0`;
    await until('the build of somebody else', async () => (await made.value(theirBuild)) === 1, { during: building });
    const heard: string[] = [];
    const on = (event: RunEvent) => event.event === 'waiting' && heard.push(event.what);
    const running = made.up({ ...FIRST, '0002_x': 'create index concurrently i on t(n);' }, { on });
    await until('two words about it', () => heard.length > 1, { during: running });
    await writer.query('commit');
    await building;
    expect(await running).toMatchObject({ outcome, problems: [] });
    expect(heard[0]).toMatch(/^index i, built by process \d+ \(\w+, other: active/);
    // One attempt.
    expect(await rows(made)).toEqual(outcome === 'applied' ? [['applied', 1, '']] : [['failed', 0, '42P07']]);
    expect(sent(made, 'create')).toBe(outcome === 'applied' ? 0 : 1);
    await Promise.all([writer.end(), other.end()]);
  });
});

test.each([
  ['valid', 'create index i on u(n)', true],
  ['invalid', 'insert into u values (1), (1); create unique index concurrently i on u(n)', false],
])('an index of that name on another table, %s, is neither taken for it nor dropped', async (_, theirs, valid) => {
  await using made = await start();
  await made.raw.query('create table u(n int)');
  for (const one of theirs.split('; ')) await made.raw.query(one).catch(() => undefined);
  // Its answer is lost, so that the catalog is asked whether it is done.
  made.local.faults.add({ fault: 'reset', pattern: '\\*/ create index' });
  const report = await made.up({ ...FIRST, '0002_x': 'create index concurrently i on t(n);' }, QUICK);
  expect(report.migrations[2]!.error).toMatchObject({ code: '42P07' });
  expect(
    await made.sql(`select indisvalid from pg_index where indexrelid = 'i'::regclass and indrelid = 'u'::regclass`),
  ).toEqual([[valid]]);
});

test('a build of somebody whose progress is hidden is waited for as well, and not dropped', async () => {
  const role = `alone_${process.pid}`;
  await admin(`create role ${role} login password '${role}'`);
  const superuser = 'another builds an index on a table of the role';
  await using made = await bench({ poolSize: 2, auto: false, user: role, superuser });
  const database = new URL(made.url).pathname.slice(1);
  await made.raw.query(`grant all on schema public to ${role}; grant create on database ${database} to ${role}`);
  const files = { '0001_first': 'create table t(id int, n int);' };
  expect(await made.up(files)).toMatchObject({ outcome: 'applied' });
  const [writer, other] = [await connect(made, 'writer'), await connect(made, 'other')];
  await writer.query('begin; insert into t values (1, 1)');
  const building = other.query('create index concurrently i on t(id)');
  await until('an index', async () => (await indexes(made)).length > 0, { during: building });
  const heard: string[] = [];
  const on = (event: RunEvent) => event.event === 'waiting' && heard.push(event.what);
  const running = made.up({ ...files, '0002_x': 'create index concurrently i on t(n);' }, { on });
  await until('a word about a wait', () => heard.length > 0, { during: running });
  await writer.query('commit');
  await building;
  expect((await running).migrations.at(-1)!.error).toMatchObject({ code: '42P07' });
  expect(heard[0]).toMatch(/^index i, built by process \d+ \(\w+, other: state hidden\)/);
  expect(await made.value(`select pg_get_indexdef('i'::regclass)`)).toMatch(/\(id\)$/);
  await Promise.all([writer.end(), other.end()]);
  await made.raw.query(`reassign owned by ${role} to current_user; drop owned by ${role}; drop role ${role}`);
});

test('a call whose answer was lost may begin when nobody sees it at work: it is looked for twice before the statement is sent again', async () => {
  await using made = await start();
  const { local } = made;
  const target = { pattern: '\\*/ create index' };
  // It arrives between the two looks: when the lease was granted, and the one that comes a little later.
  local.faults.add({ fault: 'duplicate', milliseconds: 400, ...target }, { fault: 'reset', ...target });
  const report = await made.up({ ...FIRST, '0002_x': 'create index concurrently i on t(slow(n, 1.5));' });
  expect(report).toMatchObject({ outcome: 'applied', problems: [] });
  // The one that came late, and none beside it.
  expect(sent(made, 'create')).toBe(2);
  expect(
    local.log.entries.filter(({ sql, outcome }) => /\*\/ create/.test(sql ?? '') && outcome === 'ok'),
  ).toHaveLength(1);
  expect(await indexes(made)).toEqual([['i', true]]);
});

test.each([
  [`statement_timeout = '2s'`, '57014', 'statement_timeout = 0'],
  [`transaction_timeout = '2s'`, '25P04', 'transaction_timeout = 0'],
  ['default_transaction_read_only = on', '25006', 'default_transaction_read_only = off'],
])('under %s of its database: it says what to set, and that helps', async (setting, code, remedy) => {
  await using made = await bench({ auto: false });
  const name = new URL(made.url).pathname.slice(1);
  // It takes longer than that: an older transaction is waited for.
  const other = await connect(made, 'other');
  for (const one of ['create table t(n int)', 'begin', 'insert into t values (1)']) await other.query(one);
  await made.raw.query(`alter database ${name} set ${setting}`);
  const files = { '0001_i': '-- migrate:up transaction:false\ncreate table u(); create index concurrently i on t(n);' };
  const { migrations } = await made.up(files);
  expect(migrations.at(-1)?.error).toMatchObject({
    code,
    statement: 2,
    remedy: expect.stringContaining(`\`ALTER ROLE … SET ${remedy}\``),
  });
  expect((await made.status(files)).migrations.at(-1)?.error?.remedy).toContain(remedy);
  await other.query('commit');
  await other.end();
  await made.raw.query(`alter database ${name} set ${remedy}`);
  await made.raw.query(
    `select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()`,
  );
  expect(await made.up(files)).toMatchObject({ outcome: 'applied' });
});

const places = `select n.nspname || '.' || c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace where c.relname in ('i', 'p1') and c.relkind in ('i', 'r') order by 1`;

test.each([
  [
    'an index is built',
    'create index concurrently i on only t using btree (n) where n > 0',
    '',
    'other.p1 public.i public.p1',
  ],
  [
    'an index with odd names',
    'CREATE INDEX CONCURRENTLY IF NOT EXISTS i /* on t */ ON "T ü" (n)',
    '',
    'other.p1 public.i public.p1',
  ],
  [
    'an index is dropped',
    'drop index concurrently if exists i',
    'create index i on t(n); create index i on other.t(n)',
    'other.i other.p1 public.p1',
  ],
  [
    'an index that is not there is not dropped elsewhere',
    'drop index concurrently if exists i',
    'create index i on other.t(n)',
    'other.i other.p1 public.p1',
  ],
  [
    'an index is rebuilt',
    'reindex (verbose) index concurrently i',
    'create index i on t(n)',
    'other.p1 public.i public.p1',
  ],
  ['a partition is detached', 'alter table if exists p detach partition p1 concurrently', '', 'other.p1 public.p1'],
])('on a connection whose search path is of somebody else: %s', async (_, statement, before, after) => {
  await using made = await bench({ auto: false, poolSize: 1 });
  await made.raw.query(`create schema other;
    create table t(n int); create table other.t(n int); create table "T ü"(n int); create table other."T ü"(n int);
    create table p(n int) partition by list (n); create table p1 partition of p for values in (1);
    create table other.p(n int) partition by list (n); create table other.p1 partition of other.p for values in (1); ${before}`);
  await made.up({ '0001_a': '' });
  await made.database.execute({ sql: 'set search_path = other, public', effect: 'write' });
  const report = await made.up({ '0001_a': '', '0002_x': `${statement};` });
  expect(report).toMatchObject({ outcome: 'applied', problems: [] });
  expect((await made.sql(places)).flat().join(' ')).toBe(after);
  expect(
    await made.sql(`select inhparent::regclass::text from pg_inherits where inhrelid::regclass::text like '%p1'`),
  ).toEqual(statement.includes('detach') ? [['other.p']] : expect.arrayContaining([['p'], ['other.p']]));
});
