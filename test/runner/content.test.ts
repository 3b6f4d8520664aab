import pg from 'pg';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { fingerprint } from '../support/fingerprint.ts';
import { bench, compileFiles, template } from '../support/migrations.ts';
import { asSuperuser, ensureRole, freshDatabase, serverVersion } from '../support/postgresql.ts';
import { sessionState } from '../support/session.ts';

// The oracle is what `psql -1` sends: BEGIN, the file as it is, COMMIT.

/** What every kind of content finds. */
const GIVEN = `
create table a(id int primary key, t text);
insert into a select g, 'row ' || g from generate_series(1, 10) g;
create table child(id int primary key, a_id int references a deferrable initially deferred);
create table u(n int unique deferrable initially deferred);
insert into u values (1), (2);
create table ui(n int unique deferrable initially immediate);
insert into ui values (1), (2);
create type mood as enum ('sad');
create materialized view mv as select count(*) from a;
create view v as select * from a;
create table part(id int, k int) partition by range (k);
create table part1 partition of part for values from (0) to (10);
create index part_k on part(k);
create procedure commits() language plpgsql as $$begin insert into a values (100, 'x'); commit; end$$;
create procedure outs(inout n int) language plpgsql as $$begin n = 42; end$$;
create function raises() returns trigger language plpgsql as $$begin raise 'no % here', new.id; end$$;
create table guarded(id int);
create constraint trigger g after insert on guarded deferrable initially deferred for each row execute function raises();
create function void_one() returns void language sql as 'insert into a values (101, ''void'')';
grant create on schema public to content_role;
grant select, insert on a to content_role;
`;

interface Kind {
  readonly kind: string;
  readonly sql: string;
  /** SQLSTATE. @default it succeeds */
  readonly fails?: string;
  /** The version of the server from which on this holds, and the SQLSTATE of the older ones. @default all */
  readonly since?: { readonly version: number; readonly before: string };
  /** It takes a superuser, because: */
  readonly superuser?: string;
  /** To be done in each database before it can be dropped. */
  readonly after?: string;
  /** Names, numbers or times that differ from database to database. */
  readonly blur?: RegExp;
}

/** Of PostgreSQL itself. On Aurora the master user may make event triggers too. */
const NOBODY_ELSE = 'nobody else may do it';

const server = new URL(inject('postgresMasterUrl'));
const itself = `host '${server.hostname}', port '${server.port}', dbname 'postgres'`;
const login = `user '${server.username}', password '${decodeURIComponent(server.password)}'`;

const kinds: readonly Kind[] = [
  { kind: 'enum add value then use', sql: `alter type mood add value 'ok'; select 'ok'::mood;`, fails: '55P04' },
  {
    kind: 'enum add value then use in a default',
    sql: `alter type mood add value 'ok'; create table e(m mood default 'ok'); insert into e default values;`,
    fails: '55P04',
  },
  {
    kind: 'enum add in DO then use',
    sql: `do $$begin execute 'alter type mood add value ''ok'''; end$$; insert into a select 50, 'ok'::mood;`,
    fails: '55P04',
  },
  { kind: 'enum add value', sql: `alter type mood add value 'ok' before 'sad';` },
  {
    kind: 'cursors on temporary tables, one of them to be held',
    sql: `create temp table tt(n int); insert into tt values (1); declare c1 cursor with hold for select n from tt; declare c2 cursor for select n from tt; fetch 1 from c1; move 1 in c2;`,
  },
  {
    kind: 'enum made and used',
    sql: `create type e as enum ('a', 'b'); create table et(e e default 'b'); insert into et default values;`,
  },
  // Not in the exception block, which is a subtransaction, but without it: the run does so by itself.
  {
    kind: 'enum made, value added and used',
    sql: `create type e as enum ('a'); alter type e add value 'b'; create table et(e e default 'b'); insert into et default values;`,
    since: { version: 17, before: '55P04' },
  },
  {
    kind: 'enum made, renamed, value added and used',
    sql: `create type e as enum ('a'); alter type e rename to f; alter type f add value 'b'; create table et as select 'b'::f as f;`,
    since: { version: 17, before: '55P04' },
  },
  { kind: 'set local', sql: `set local work_mem = '1MB'; create table w as select current_setting('work_mem') m;` },
  { kind: 'set', sql: `set work_mem = '1MB'; create table w as select current_setting('work_mem') m;` },
  { kind: 'set role', sql: `set role content_role; create table r(); insert into a values (20, current_user);` },
  { kind: 'set local role', sql: `set local role content_role; create table r();` },
  {
    kind: 'set session authorization',
    sql: `set session authorization content_role; create table r();`,
    superuser: NOBODY_ELSE,
  },
  {
    kind: 'set local session authorization',
    sql: `set local session authorization content_role; create table r();`,
    superuser: NOBODY_ELSE,
  },
  { kind: 'set role, then reset role', sql: `set role content_role; create table r(); reset role; create table r2();` },
  { kind: 'set role in DO', sql: `do $$begin execute 'set role content_role'; end$$; create table r();` },
  { kind: 'set role without the right', sql: `set role content_role; drop table u;`, fails: '42501' },
  {
    kind: 'pg_dump search_path',
    sql: `select pg_catalog.set_config('search_path', '', false); create table public.d(id int);`,
  },
  {
    kind: 'pg_dump search_path, unqualified',
    sql: `select pg_catalog.set_config('search_path', '', false); create table d(id int);`,
    fails: '3F000',
  },
  { kind: 'temp table', sql: `create temp table tt as select * from a; insert into a select id + 1000, t from tt;` },
  {
    kind: 'temp table on commit drop',
    sql: `create temp table tt on commit drop as select * from a; insert into a select id + 1000, t from tt;`,
  },
  {
    kind: 'temp function',
    sql: `create function pg_temp.f() returns int language sql as 'select 7'; insert into a values (50 + pg_temp.f(), 'f');`,
  },
  {
    kind: 'temp type and view',
    sql: `create temp view tv as select 1 n; create type pg_temp.ty as (n int); insert into a select 50 + n, 'x' from tv;`,
  },
  {
    kind: 'prepare, execute, deallocate',
    sql: `prepare p(int) as insert into a values ($1, 'p'); execute p(60); deallocate p;`,
  },
  { kind: 'prepare left', sql: `prepare p(int) as insert into a values ($1, 'p'); execute p(60);` },
  { kind: 'create table as execute', sql: `prepare p as select id from a; create table pa as execute p;` },
  { kind: 'discard plans', sql: `discard plans;` },
  { kind: 'discard temp', sql: `create temp table tt(); discard temp; create temp table tt();` },
  { kind: 'discard sequences', sql: `create sequence s; select nextval('s'); discard sequences;` },
  {
    kind: 'cursor',
    sql: `declare c cursor for select * from a; fetch 2 from c; move 1 in c; fetch all from c; close c;`,
  },
  {
    kind: 'cursor left open then alter',
    sql: `declare c cursor for select * from a; fetch 1 from c; alter table a add x int;`,
    fails: '55006',
  },
  { kind: 'cursor with hold', sql: `declare c cursor with hold for select * from a; fetch 1 from c;` },
  {
    kind: 'update where current of',
    sql: `declare c cursor for select * from a where id = 3 for update; fetch 1 from c; update a set t = 'current' where current of c;`,
  },
  { kind: 'close all', sql: `declare c cursor with hold for select * from a; close all; alter table a add x int;` },
  { kind: 'lock table', sql: `lock table a in access exclusive mode; alter table a add x int;` },
  {
    kind: 'pending trigger events and alter',
    sql: `insert into child values (1, 1); alter table child add x int;`,
    fails: '55006',
  },
  {
    kind: 'pending trigger events, set constraints, alter',
    sql: `insert into child values (1, 1); set constraints all immediate; alter table child add x int;`,
  },
  { kind: 'deferred unique that holds', sql: `update u set n = 3 - n;` },
  { kind: 'deferred unique that does not', sql: `update u set n = 1;`, fails: '23505' },
  { kind: 'deferred foreign key that does not hold', sql: `insert into child values (1, 999);`, fails: '23503' },
  {
    kind: 'deferred foreign key mended later',
    sql: `insert into child values (1, 999); insert into a values (999, 'late');`,
  },
  { kind: 'constraint trigger that raises', sql: `insert into guarded values (7);`, fails: 'P0001' },
  { kind: 'set constraints deferred late', sql: `set constraints all deferred; update ui set n = 1;`, fails: '23505' },
  { kind: 'call proc with commit', sql: `call commits();`, fails: '2D000' },
  { kind: 'call proc with out', sql: `call outs(1);` },
  { kind: 'do that calls a proc with commit', sql: `do $$begin call commits(); end$$;`, fails: '2D000' },
  {
    kind: 'do exception',
    sql: `do $$begin insert into a values (1, 'twice'); exception when unique_violation then insert into a values (300, 'once'); end$$;`,
  },
  { kind: 'notify', sql: `notify ch, 'x';` },
  { kind: 'listen', sql: `listen ch;` },
  { kind: 'analyze', sql: `analyze a; analyze;` },
  { kind: 'refresh materialized view', sql: `insert into a values (70, 'x'); refresh materialized view mv;` },
  { kind: 'reindex table', sql: `reindex table a;` },
  { kind: 'reindex index', sql: `reindex index a_pkey;` },
  { kind: 'reindex partitioned', sql: `reindex table part;`, fails: '25001', since: { version: 14, before: 'ok' } },
  { kind: 'cluster table', sql: `cluster a using a_pkey;` },
  {
    kind: 'cluster partitioned',
    sql: `cluster part using part_k;`,
    fails: '25001',
    since: { version: 15, before: '0A000' },
  },
  {
    kind: 'create subscription without slot',
    sql: `create subscription s connection 'host=nowhere password=p' publication p with (connect = false);`,
    after: `alter subscription s set (slot_name = none); drop subscription s;`,
  },
  { kind: 'create publication', sql: `create publication p for table a;` },
  { kind: 'copy from program', superuser: NOBODY_ELSE, sql: `copy a(id) from program 'echo 77';` },
  { kind: 'copy to program', superuser: NOBODY_ELSE, sql: `copy a to program 'cat > /dev/null';` },
  { kind: 'explain', sql: `explain select * from a; explain analyze insert into a values (80, 'explained');` },
  { kind: 'explain create table as', sql: `explain analyze create table ea as select * from a;` },
  { kind: 'select with results', sql: `select * from a;` },
  { kind: 'select that fails in its last row', sql: `select 1 / (id - 10) from a;`, fails: '22012' },
  { kind: 'show', sql: `show work_mem; show all;` },
  { kind: 'select of a void function', sql: `select void_one();` },
  { kind: 'values', sql: `values (1), (2);` },
  { kind: 'table', sql: `table a;` },
  {
    kind: 'insert returning',
    sql: `insert into a values (81, 'r') returning *; update a set t = 'u' where id = 81 returning id; delete from a where id = 2 returning t;`,
  },
  {
    kind: 'data-modifying with',
    sql: `with d as (delete from a where id = 3 returning *) insert into a select id + 500, t from d;`,
  },
  {
    kind: 'merge',
    sql: `merge into a using (values (1, 'm'), (90, 'n')) s(id, t) on a.id = s.id when matched then update set t = s.t when not matched then insert values (s.id, s.t);`,
    since: { version: 15, before: '42601' },
  },
  {
    kind: 'names of our own variables',
    sql: `create table m(s int, step int, msg text, code int, was text, at int, n int, piece int, pieces int[], meta text, content text);
      insert into m(s, step, msg, code, was, at, n) values (1, 1, 'x', 1, 'w', 2, 3); update m set step = code, at = n; select m.s, step, was, at from m;`,
  },
  { kind: 'select like an assignment', sql: `select 1 as n, 2 as last, 3 as was, 4 as step;` },
  {
    kind: 'session_replication_role',
    sql: `set session_replication_role = replica; insert into child values (5, 999);`,
  },
  {
    kind: 'create schema with elements',
    sql: `create schema se create table t(id int) create view tv as select * from t;`,
  },
  {
    kind: 'import foreign schema',
    sql: `create extension postgres_fdw; create server self foreign data wrapper postgres_fdw options (${itself}); create user mapping for current_user server self options (${login});
      create schema f; import foreign schema pg_catalog limit to (pg_namespace) from server self into f; select count(*) from f.pg_namespace;`,
  },
  {
    kind: 'dblink to itself',
    sql: `create extension dblink; create table dl as select n from dblink('host=${server.hostname} port=${server.port} dbname=postgres user=${server.username} password=${decodeURIComponent(server.password)}', 'select 5') q(n int);`,
  },
  { kind: 'large objects', sql: `select lo_create(4242); select lo_put(4242, 0, '\\x0001');` },
  {
    kind: 'large object descriptor across statements',
    sql: `select lo_create(4243); create table fd as select lo_open(4243, 131072) fd; select lowrite((select fd from fd), 'abc');`,
  },
  { kind: 'session advisory lock', sql: `select pg_advisory_lock(7, 7); select pg_try_advisory_lock_shared(8);` },
  { kind: 'transaction advisory lock', sql: `select pg_advisory_xact_lock(7, 8);` },
  {
    kind: 'now() is the same in all statements',
    sql: `create table n(at timestamptz); insert into n values (now()); select pg_sleep(0.01); insert into n values (now()); alter table n add unique (at);`,
    fails: '23505',
  },
  {
    kind: 'lock_timeout set by the migration',
    sql: `set lock_timeout = 0; create table lt as select current_setting('lock_timeout') t;`,
  },
  {
    kind: 'lock_timeout set locally',
    sql: `set local lock_timeout = '7s'; create table lt as select current_setting('lock_timeout') t;`,
  },
  {
    kind: 'search_path set, unqualified',
    sql: `create schema s2; set search_path = s2; create table q(); create function f() returns int language sql as 'select 1';`,
  },
  {
    kind: 'search_path set to what has none of ours',
    sql: `create schema s2; set search_path = s2, pg_catalog; create function s2.abs(int) returns int language sql as 'select 1/0'; create table q();`,
  },
  {
    kind: 'search_path leak by DO',
    sql: `do $$begin perform set_config('search_path', 'pg_catalog', false); end$$; create table public.q2(id int);`,
  },
  {
    kind: 'setting left by set_config',
    sql: `select set_config('work_mem', '1MB', false); create table w as select current_setting('work_mem') m;`,
  },
  {
    kind: 'setting left by SET in DO',
    sql: `do $$begin set work_mem = '1MB'; end$$; create table w as select current_setting('work_mem') m;`,
  },
  {
    kind: 'setting left by a function',
    sql: `create function f() returns text language sql as $$select set_config('work_mem', '1MB', false)$$; create table w as select f();`,
  },
  {
    kind: 'security definer function',
    sql: `create function sd() returns name language sql security definer as 'select current_user'; set role content_role; create table sdt as select sd();`,
  },
  {
    kind: 'begin atomic',
    sql: `create function ba(x int) returns int begin atomic select x; select x + 1; end; create table bat as select ba(1);`,
    since: { version: 14, before: '42601' },
  },
  {
    kind: 'rule with ;',
    sql: `create rule ru as on insert to a do also (delete from u where n = 1; update u set n = 5);  insert into a values (95, 'x');`,
  },
  {
    kind: 'standard_conforming_strings off',
    sql: `set standard_conforming_strings = off; set escape_string_warning = off; insert into a values (96, 'plain');`,
  },
  { kind: 'E string', sql: `insert into a values (97, E'it\\'s \\n; :x');` },
  {
    kind: 'dollars, slices, colons, quotes',
    sql: `create function dq() returns text language sql as $f$select $$ a :b c $$ || (array[1,2,3])[1:2]::text || 'it''s; :x' /* n /* :e */ ; */$f$; create table dqt as select dq() "q;$1:x", U&'\\0041' u;`,
  },
  { kind: 'drop owned', sql: `set role content_role; create table r(); reset role; drop owned by content_role;` },
  {
    kind: 'reassign owned of the system',
    // Whose name it is: the superuser's.
    sql: `reassign owned by ${new URL(inject('postgresUrl')).username} to content_role;`,
    fails: '2BP01',
    superuser: NOBODY_ELSE,
  },
  {
    kind: 'alter database set',
    sql: `do $$begin execute format('alter database %I set work_mem = ''1MB''', current_database()); end$$;`,
  },
  {
    kind: 'alter role set',
    sql: `do $$begin execute format('alter role content_role in database %I set work_mem = ''1MB''', current_database()); end$$;`,
  },
  { kind: 'create extension', sql: `create extension hstore; create table h as select 'a=>1'::hstore h;` },
  {
    kind: 'alter type in a function',
    sql: `create function at() returns void language plpgsql as $$begin alter table a add x int; insert into a values (1000, 'x', 1); end$$; select at();`,
  },
  {
    kind: 'table used in the outer loop of DO',
    sql: `do $$declare r record; begin for r in select * from a loop alter table a add x int; end loop; end$$;`,
    fails: '55006',
  },
  { kind: 'raise query_canceled', sql: `do $$begin raise query_canceled; end$$;`, fails: '57014' },
  { kind: 'assert', sql: `do $$begin assert false, 'must not be'; end$$;`, fails: 'P0004' },
  {
    kind: 'stack depth',
    superuser: NOBODY_ELSE,
    sql: `set max_stack_depth = '100kB'; create function rec(n int) returns int language plpgsql as $$begin return rec(n + 1); end$$; select rec(1);`,
    fails: '54001',
  },
  {
    kind: 'txid_current and xmin',
    sql: `insert into a values (110, 'x'); create table tx as select txid_current() is not null ok, count(*) from a;`,
  },
  {
    kind: 'copy freeze',
    superuser: NOBODY_ELSE,
    sql: `create table cf(id int); copy cf from program 'echo 1' with (freeze);`,
  },
  { kind: 'prepared transaction', sql: `do $$begin execute 'prepare transaction ''x'''; end$$;`, fails: '0A000' },
  { kind: 'empty statements', sql: `;;; insert into a values (111, 'x');; ; -- end` },
  { kind: 'comments only', sql: `-- nothing\n/* at all */` },
  { kind: 'checkpoint', sql: `checkpoint;` },
  { kind: 'load', superuser: NOBODY_ELSE, sql: `load 'plpgsql';` },
  {
    kind: 'reset all',
    sql: `set work_mem = '1MB'; reset all; create table w as select current_setting('work_mem') m, current_setting('timezone') z;`,
  },
  {
    kind: 'set to default',
    sql: `set work_mem = '1MB'; set work_mem to default; create table w as select current_setting('work_mem') m;`,
  },
  {
    kind: 'set time zone',
    sql: `set time zone 'Asia/Tokyo'; create table tz as select '2024-01-01 00:00'::timestamptz at;`,
  },
  {
    kind: 'event trigger made',
    superuser: NOBODY_ELSE,
    sql: `create function et() returns event_trigger language plpgsql as $$begin raise notice '%', tg_event; end$$; create event trigger evt on ddl_command_start execute function et(); create table ett();`,
  },
  {
    kind: 'truncate, restart identity',
    sql: `create table ti(id int generated always as identity); insert into ti default values; truncate ti restart identity; insert into ti default values;`,
  },
  {
    kind: 'comment and grants',
    sql: `comment on table a is 'It''s :a; table'; grant select on a to public; alter default privileges grant select on tables to content_role; create table g();`,
  },
  { kind: 'row security', sql: `alter table a enable row level security; create policy p on a using (id > 5);` },
  {
    kind: 'alter type using',
    sql: `alter table a alter t type int using length(t); alter table u alter n type bigint;`,
    fails: '0A000',
  },
  { kind: 'syntax only the server refuses', sql: `create table sy(id int, id int);`, fails: '42701' },
  {
    kind: 'function body that does not compile',
    sql: `create function bad() returns int language plpgsql as 'begin retrun 1; end';`,
    fails: '42601',
  },
  {
    kind: 'do that swallows everything',
    sql: `do $$begin insert into child values (9, 9); perform 1/0; exception when others then null; end$$; create table sw();`,
  },
];

/** The service's own settings, which a migration's SET changes for itself only. */
let given: { name: string; drop(): Promise<void> };
beforeAll(async () => {
  await ensureRole('content_role');
  given = await template(async ({ up, raw }) => {
    await raw.query(GIVEN);
    await up({ '0001_first': '' });
  });
});
afterAll(() => given.drop());

/** `psql -1`: what happened, and what the database is like afterwards. */
async function oracle({ sql, after, superuser }: Kind): Promise<{ code: string; state: string[] }> {
  await using database = await freshDatabase({ template: given.name });
  // As superuser where the kind says why.
  const client = new pg.Client(superuser === undefined ? database.url : asSuperuser(database.url));
  client.on('error', () => {});
  await client.connect();
  let code = 'ok';
  try {
    await client.query('begin');
    await client.query(sql);
    await client.query('commit');
  } catch (error) {
    code = (error as pg.DatabaseError).code ?? String(error);
    await client.query('rollback');
  }
  try {
    // To look with the eyes of a new connection.
    await client.query('discard all');
    const state = await fingerprint(client);
    if (after && code === 'ok') await client.query(after);
    return { code, state };
  } finally {
    await client.end();
  }
}

describe.concurrent('a migration comes to the same as psql -1, and leaves nothing on the connection', () => {
  test.each(kinds)('$kind', async kind => {
    const expected = await oracle(kind);
    const { since } = kind;
    const isOlder = since !== undefined && (await serverVersion()) < since.version;
    expect(expected.code, 'the oracle').toBe(isOlder ? since.before : (kind.fails ?? 'ok'));

    const user = kind.superuser === undefined ? {} : { superuser: kind.superuser };
    await using made = await bench({ template: given.name, poolSize: 1, auto: false, ...user });
    const { up, local, database, raw } = made;
    const before = await sessionState(database);
    const report = await up({ '0001_first': '', '0002_kind': kind.sql });
    const code = report.outcome === 'applied' ? 'ok' : (report.migrations.at(-1)?.error?.code ?? report.outcome);
    expect(code).toBe(expected.code);
    expect(await fingerprint(raw)).toEqual(expected.state);
    expect(await sessionState(database)).toEqual(before);
    expect(local.openTransactions()).toBe(0);
    local.log.assertNoWriteRetried();
    if (kind.after && code === 'ok') await raw.query(kind.after);
  });
});

describe('what cannot be the same is refused before anything is sent', () => {
  test.each([
    ['set transaction read only;', 'transaction-settings'],
    ['set transaction_read_only = on;', 'transaction-settings'],
    ['set transaction isolation level serializable; create table x();', 'transaction-settings'],
    ['set local transaction_isolation = serializable;', 'transaction-settings'],
    [`set transaction snapshot '00000003-0000001B-1';`, 'transaction-settings'],
    ['copy a to stdout;', 'copy-to-stdout'],
    ['copy a from stdin;', 'copy-from-stdin'],
    ['select 1 as x into si;', 'select-into'],
    ['with w as (select 1 as x) select x into si from w;', 'select-into'],
    ['select 1 as x into temp si;', 'select-into'],
    ['savepoint s; create table x(); rollback to s;', 'transaction-control'],
    [`set client_encoding = 'LATIN1';`, 'client-encoding'],
    [`set names 'LATIN1';`, 'client-encoding'],
    ['drop schema public cascade;', 'tracking-schema'],
    ['deallocate all;', 'session-reset'],
    ['discard all;', 'session-reset'],
    ['reindex schema public;', 'reindex-all'],
    ['cluster;', 'cluster-all'],
    ['create table a(); vacuum a;', 'mixed-transaction'],
    ['create table a(); create index concurrently i on a(id);', 'mixed-transaction'],
    [`create table a(); alter system set work_mem = '4MB';`, 'mixed-transaction'],
    ['create table a(); create database d;', 'mixed-transaction'],
    [`create table a(); create subscription s connection 'host=nowhere' publication p;`, 'mixed-transaction'],
  ])('%s → %s', async (sql, code) => {
    const { errors } = await compileFiles({ '0001_x': sql });
    expect(errors.map(error => error.code)).toContain(code);
    expect(errors.every(error => error.remedy.length > 10 && error.place?.line)).toBe(true);
  });

  test.each([[`set statement_timeout = '1s'; select 1;`], [`set local statement_timeout = '1s'; select 1;`]])(
    '%s warns that it bounds nothing',
    async sql => {
      const { errors, warnings } = await compileFiles({ '0001_x': sql });
      expect(errors).toEqual([]);
      expect(warnings.map(({ message }) => message).join()).toMatch(/statement_timeout/);
    },
  );
});

describe('what is different, and documented', () => {
  test('pg_export_snapshot: refused by the server with the way out', async () => {
    const { up } = await bench({ template: given.name });
    const report = await up({ '0001_first': '', '0002_x': 'select pg_export_snapshot();' });
    expect(report.migrations.at(-1)?.error).toMatchObject({
      code: '25001',
      remedy: expect.stringContaining('transaction:false'),
    });
  });

  test('current_query() is the call, and holds nothing of the migration', async () => {
    const { up, value } = await bench({ template: given.name });
    await up({ '0001_first': '', '0002_x': `create table cq as select current_query() q;` });
    expect(await value('select q from cq')).toMatch(/^\/\* aurora-migrations run:\S+ name:0002_x \*\/ SELECT /);
  });

  test('statement_timestamp() does not move from statement to statement', async () => {
    const { up, value } = await bench({ template: given.name });
    await up({
      '0001_first': '',
      '0002_x': `create table st(at timestamptz); insert into st values (statement_timestamp()); select pg_sleep(0.01); insert into st values (statement_timestamp());`,
    });
    expect(await value('select count(distinct at)::int from st')).toBe(1);
  });

  test('a setting of its own name ends with the migration, like any other', async () => {
    const { up, database } = await bench({ template: given.name, poolSize: 1 });
    await up({ '0001_first': '', '0002_x': `set app.tenant = 'x';` });
    const [row] = await database.execute({ sql: `select current_setting('app.tenant', true)`, effect: 'read' });
    expect(row).toEqual(['']);
  });

  test('a statement_timeout of its own bounds nothing', async () => {
    const { up } = await bench({ template: given.name });
    const report = await up({ '0001_first': '', '0002_x': `set statement_timeout = '20ms'; select pg_sleep(0.2);` });
    expect(report.outcome).toBe('applied');
  });

  test('an event trigger of the application sees the migration as one call', async () => {
    const { up, raw, value } = await bench({ template: given.name, superuser: NOBODY_ELSE });
    await raw.query(`create table seen(q text); create function see() returns event_trigger language plpgsql as $$begin insert into seen values (current_query()); end$$;
      create event trigger see on ddl_command_end execute function see();`);
    const report = await up({ '0001_first': '', '0002_x': 'create table x(); create table y();' });
    expect(report.outcome).toBe('applied');
    expect(await value('select count(*)::int from seen')).toBe(2);
    expect(await value('select count(distinct q)::int from seen')).toBe(1);
  });
});
