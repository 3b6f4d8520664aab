import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { describe, expect, onTestFinished, test } from 'vitest';
import { startLocal } from '../../lib/local/index.ts';
import { findBinaries } from '../../lib/local/postgresql/embedded/binaries.ts';
import { chooseLauncher } from '../../lib/local/postgresql/embedded/launcher.ts';
import { freshLocal } from '../support/postgresql.ts';
import { execute, outcome } from './client.ts';

/** The embedded server: one of one's own has other extensions. */
const embedded = process.env.TEST_POSTGRES_URL === undefined;

describe('the sessions of the local Data API', () => {
  test('have the attributes and roles of the master user of Aurora PostgreSQL', async () => {
    await using local = await freshLocal();
    const { records } = await execute(
      local,
      `select (rolsuper, rolcreatedb, rolcreaterole, rolreplication, rolbypassrls, rolinherit, rolcanlogin)::text,
        concat_ws(' ', pg_has_role('rds_superuser', 'member'), pg_has_role('pg_monitor', 'usage'), pg_has_role('pg_signal_backend', 'usage'),
          pg_has_role('pg_execute_server_program', 'usage')) from pg_roles where rolname = session_user and session_user = current_user`,
    );
    expect(records).toEqual([[{ stringValue: '(f,t,t,f,f,t,t)' }, { stringValue: 't t t f' }]]);
  });

  test.each([
    ["copy t from program 'touch made'", '42501'],
    ["copy t to program 'touch made'", '42501'],
    ["copy t from '/etc/passwd'", '42501'],
    ["select pg_read_file('/etc/passwd')", '42501'],
    ["alter system set work_mem = '5MB'", '42501'],
    ['create role other superuser', '42501'],
    ['grant pg_execute_server_program to current_user', '42501'],
    ['set session_replication_role = replica', null],
    ['create role other_NAME', null],
  ])('may do what it may: %s', async (sql, code) => {
    await using local = await freshLocal();
    await execute(local, 'create table t (line text)');
    const said = await outcome(execute(local, sql.replace('NAME', local.database)));
    if (code === null) expect(said).toBe('ok');
    else expect(said).toContain(`SQLState: ${code}`);
    await execute(local, `drop role if exists other_${local.database}`);
  });

  test
    .skipIf(!embedded)
    .each([
      ...[
        'amcheck',
        'autoinc',
        'bloom',
        'dblink',
        'dict_xsyn',
        'insert_username',
        'intagg',
        'moddatetime',
        'pageinspect',
      ],
      ...['pg_buffercache', 'pg_freespacemap', 'pg_prewarm', 'pg_stat_statements', 'pg_visibility', 'pgrowlocks'],
      ...['pgstattuple', 'postgres_fdw', 'refint', 'sslinfo', 'hstore', 'pgcrypto', 'uuid-ossp'],
    ])('may create and drop the extension %s', async name => {
    await using local = await freshLocal();
    await execute(local, `create extension "${name}"`);
    await execute(local, `drop extension "${name}"`);
  });

  test.skipIf(!embedded)('may not create an extension that Aurora does not have, and may make a server', async () => {
    await using local = await freshLocal();
    expect(await outcome(execute(local, 'create extension file_fdw'))).toContain('SQLState: 42501');
    await execute(local, 'create extension earthdistance cascade');
    await execute(local, 'create extension postgres_fdw');
    await execute(local, "create server there foreign data wrapper postgres_fdw options (host 'nowhere')");
    await execute(local, 'create user mapping for current_user server there');
  });
});

/** A folder for one test. */
function folder(): string {
  const directory = mkdtempSync(join(tmpdir(), 'master-'));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  return directory;
}

/** The rows that a query gives to the user of a URL. */
async function ask(url: string, sql: string): Promise<unknown[][]> {
  const client = new pg.Client(url);
  await client.connect();
  try {
    return (await client.query({ text: sql, rowMode: 'array' })).rows;
  } finally {
    await client.end();
  }
}

/** Data as an earlier version made it: its only user is the superuser `postgres`. */
async function oldData(directory: string, password: string): Promise<void> {
  const { initdb } = await findBinaries();
  const launcher = await chooseLauncher(join(directory, 'data'));
  const file = join(directory, 'password');
  writeFileSync(file, password, { mode: 0o600 });
  const data = join(directory, 'data');
  mkdirSync(data, { mode: 0o700 });
  for (const path of [directory, file, data]) await launcher.own(path);
  const child = launcher.spawn(
    initdb,
    [`--pgdata=${data}`, '--username=postgres', `--pwfile=${file}`, '--auth=scram-sha-256', '--no-sync', '--locale=C'],
    { stdio: 'ignore', env: { ...process.env, LC_ALL: 'C' } },
  );
  expect(await new Promise(done => child.on('exit', done))).toBe(0);
  renameSync(file, join(data, 'aurora-migrations.password'));
}

test("data of an earlier version: what its superuser made is the master user's, and goes on working", async () => {
  const directory = folder();
  await oldData(directory, 'old');
  // As superuser, for the earlier version had no other user.
  const before = await startLocal({ embedded: { directory }, superuser: true });
  await ask(
    before.postgresUrl,
    `create schema s; create table s.t (id serial primary key, n int generated always as identity); create view v as select id from s.t;
    create type e as enum ('a'); create domain d as int; create function f(int) returns int language sql as 'select 1';
    create aggregate total(int) (sfunc = int4pl, stype = int); create extension hstore; create table "odd ""name" (tags hstore)`,
  );
  await before.stop();
  const local = await startLocal({ embedded: { directory } });
  try {
    expect(
      await ask(local.postgresUrl, 'select current_user::text, rolsuper from pg_roles where rolname = current_user'),
    ).toEqual([['postgres', false]]);
    await ask(
      local.postgresUrl,
      `alter table s.t add more int; insert into s.t default values; create or replace view v as select id, more from s.t; alter type e add value 'b';
      alter domain d set not null; create or replace function f(int) returns int language sql as 'select 2'; drop aggregate total(int);
      alter table "odd ""name" add n int; drop extension hstore cascade; create table u (id int); drop schema s cascade`,
    );
    expect(
      await ask(local.postgresUrl, "select pg_get_userbyid(datdba) from pg_database where datname = 'app'"),
    ).toEqual([['postgres']]);
  } finally {
    await local.stop();
  }
});

test('the option "superuser" gives the superuser back, and what he made is the master user\'s later', async () => {
  const directory = folder();
  // The option is what the test is about: superuser.
  const all = await startLocal({ embedded: { directory }, superuser: true });
  try {
    expect(
      await ask(all.postgresUrl, 'select current_user::text, rolsuper from pg_roles where rolname = current_user'),
    ).toEqual([['rdsadmin', true]]);
    await ask(
      all.postgresUrl,
      `create table t (id int); create function see() returns event_trigger language plpgsql as 'begin end';
      create event trigger see on ddl_command_end execute function see(); create publication whole for all tables`,
    );
  } finally {
    await all.stop();
  }
  const local = await startLocal({ embedded: { directory } });
  try {
    await ask(local.postgresUrl, 'alter table t add n int; create table u (id int)');
    await expect(ask(local.postgresUrl, 'drop event trigger see')).rejects.toThrow(
      'must be owner of event trigger see',
    );
  } finally {
    await local.stop();
  }
});
