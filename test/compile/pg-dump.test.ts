import { execFile, execFileSync } from 'node:child_process';
import { promisify } from 'node:util';
import pg from 'pg';
import { describe, expect, onTestFinished, test } from 'vitest';
import { fingerprint } from '../support/fingerprint.ts';
import { type FreshDatabase, freshDatabase } from '../support/postgresql.ts';
import { compileFiles, compileOne, statementsOf } from './folder.ts';

const RICH = `
  create schema app; create type app.mood as enum (';', 'ok'); create domain app.d as text check (value <> ':x');
  create table app.t (id bigserial primary key, m app.mood default 'ok', d app.d, j jsonb, unique (m, d)) ; comment on table app.t is 'it''s; $$';
  create table app.p (a int, b text) partition by list (a); create table app.q partition of app.p for values in (1);
  create view app.v as select id, $$;$$ as x from app.t; create materialized view app.m as select 1 as one; create index i on app.t using gin (j);
  create function app.f(a int) returns int language plpgsql as $f$ begin return a::int + (array[1,2,3])[1:2][1]; end $f$;
  create function app.g(a int) returns int begin atomic select a; select a + 1; end;
  create function app.h() returns trigger language plpgsql as 'begin return new; end'; create trigger tr before insert on app.t for each row execute function app.h();
  create rule r as on delete to app.t do also (notify a; notify b); create sequence app.s start 7; alter table app.t enable row level security;
  create policy pol on app.t using (id > 1); insert into app.t (d) values ('a'), (E'b\\n;'); insert into app.p values (1, 'x');`;

/** The pg_dump on the path, if it is no older than the server of these tests. */
const version = (() => {
  try {
    return Number(/\d+/.exec(execFileSync('pg_dump', ['--version'], { encoding: 'utf8' }))?.[0]);
  } catch {
    return 0;
  }
})();
const there = version >= 17;

async function connect(): Promise<{ client: pg.Client; database: FreshDatabase }> {
  const database = await freshDatabase();
  const client = new pg.Client(database.url);
  onTestFinished(() => client.end().then(database.drop));
  await client.connect();
  return { client, database };
}

describe('what pg_dump writes', () => {
  test.runIf(there).each([
    ['the schema', ['--schema-only']],
    ['the schema, clean', ['--schema-only', '--clean', '--if-exists']],
    ['rows as INSERT', ['--inserts', '--rows-per-insert=1000']],
  ])('%s is a migration that makes the same', async (_, options) => {
    const { client, database } = await connect();
    await client.query(RICH);
    const { stdout } = await promisify(execFile)('pg_dump', [...options, `--dbname=${database.url}`]);
    const body = await compileOne(stdout);
    expect(body.mode).toBe('atomic');
    // \restrict and SET transaction_timeout are not sent.
    expect(statementsOf(body).join('')).not.toMatch(/restrict|transaction_timeout/);

    const copy = await connect();
    await copy.client.query('begin');
    for (const statement of statementsOf(body)) await copy.client.query(statement);
    await copy.client.query('commit');
    if (options.includes('--schema-only'))
      await client.query("truncate app.t, app.p; select setval('app.t_id_seq', 1, false)");
    await client.query('refresh materialized view app.m');
    await copy.client.query('refresh materialized view app.m');
    expect(await fingerprint(copy.client)).toEqual(await fingerprint(client));
  });

  test.runIf(there)('rows as COPY are refused, each at its own line', async () => {
    const { client, database } = await connect();
    await client.query(RICH);
    const { stdout } = await promisify(execFile)('pg_dump', [`--dbname=${database.url}`]);
    const { errors } = await compileFiles({ '1_m.sql': stdout });
    const copies = stdout.split('\n').flatMap((line, at) => (/^COPY .* FROM stdin;$/.test(line) ? [at + 1] : []));
    expect(errors.map(({ code, place }) => `${place?.line} ${code}`)).toEqual(
      copies.map(line => `${line} copy-from-stdin`),
    );
    expect(copies.length).toBeGreaterThan(1);
  });

  test.runIf(!there)('not tested: put pg_dump 17 or newer on the path (postgresql-client)', () => {
    expect(version).toBeLessThan(17);
  });
});
