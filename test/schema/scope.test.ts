import { describe, expect, test } from 'vitest';
import { parseDump } from '../../lib/core/schema-dump.ts';
import { postgresql } from '../../lib/engine/postgresql/index.ts';
import { postgresqlSchema } from '../../lib/engine/postgresql/schema/index.ts';
import { dump } from '../../lib/runner/dump.ts';
import { migrate } from '../../lib/runner/index.ts';
import { PG_DUMP, PG_DUMP_NEEDED, pgDump } from './pg-dump.ts';
import { compiled, schemaDatabase } from './schema.ts';

describe('what a dump leaves out', () => {
  test('the tracking objects, by their names and in their schema', async () => {
    await using local = await schemaDatabase('CREATE TABLE public.schema_migrations_archive (id integer)');
    const { database } = local;
    const migrations = await compiled({ '001_a.sql': 'CREATE TABLE public.a (id integer);' });
    await local.migrate(migrations);
    const names = { schema: 'tracking', table: 'done' };
    await migrate({
      database,
      engine: postgresql(names),
      migrations: await compiled({ '001_b.sql': 'CREATE TABLE b ()' }, names),
      requestedBy: 'test',
    });
    const tables = async (schema = postgresqlSchema()) =>
      (await schema.read(database)).objects.map(({ kind, name }) => `${kind} ${name}`);
    expect(await tables(postgresqlSchema(names))).toContain('table public.schema_migrations');
    expect(await tables(postgresqlSchema(names))).not.toContain('schema tracking');
    const ours = await tables();
    expect(ours.filter(name => !name.includes('tracking'))).toEqual([
      'table public.a',
      'table public.b',
      'table public.schema_migrations_archive',
    ]);
    expect(ours).toContain('table tracking.done');
  });

  test('what extensions brought, temporary tables, owners', async () => {
    await using local = await schemaDatabase('CREATE EXTENSION hstore; CREATE TEMP TABLE passing (id integer)');
    const { objects } = await local.schema.read(local.database);
    expect(objects.map(({ sql }) => sql)).toEqual(['CREATE EXTENSION IF NOT EXISTS hstore WITH SCHEMA public;']);
  });

  test('what it cannot hold is said', async () => {
    await using local = await schemaDatabase(
      `CREATE FOREIGN DATA WRAPPER nowhere; CREATE SERVER there FOREIGN DATA WRAPPER nowhere;
      CREATE USER MAPPING FOR PUBLIC SERVER there OPTIONS (password 'secret');
      CREATE TYPE public.shell; CREATE EXTENSION hstore; CREATE TABLE public.t (id integer); CREATE INDEX i ON public.t (id);
      ALTER INDEX public.i DEPENDS ON EXTENSION hstore`,
      WRAPPER,
    );
    const { text, notDumped } = await dump(local);
    expect(notDumped).toEqual([
      'dependency on an extension index public.i',
      'type public.shell',
      'user mapping public on there',
    ]);
    expect(text).toMatch(/\n-- not dumped: type public\.shell\n-- not dumped: user mapping public on there\n$/);
    expect(text).not.toContain('secret');
    expect(parseDump(text).notDumped).toEqual(notDumped);
  });

  test('an index that was never finished is there, with a word on it', async () => {
    await using local = await schemaDatabase(
      'CREATE TABLE public.t (id integer); INSERT INTO public.t VALUES (1), (1)',
    );
    await expect(local.local.raw.query('CREATE UNIQUE INDEX CONCURRENTLY once ON public.t (id)')).rejects.toThrow();
    expect((await dump(local)).text).toMatch(
      /-- index: public\.once\n-- INVALID .*\nCREATE UNIQUE INDEX once ON public\.t/,
    );
  });
});

/** Why its sessions belong to the superuser. */
const WRAPPER = 'nobody else may make a foreign data wrapper';

const granted = `
  CREATE SCHEMA app;
  CREATE TABLE app.t (id integer, name text);
  CREATE SEQUENCE app.s;
  CREATE VIEW app.v AS SELECT id FROM app.t;
  CREATE TYPE app.e AS ENUM ('a');
  CREATE DOMAIN app.d AS text;
  CREATE FUNCTION app.f(a integer) RETURNS integer LANGUAGE sql AS 'SELECT 1';
  CREATE PROCEDURE app.p() LANGUAGE sql AS 'SELECT 1';
  CREATE FOREIGN DATA WRAPPER nowhere; CREATE SERVER there FOREIGN DATA WRAPPER nowhere;
  GRANT USAGE ON SCHEMA app TO pg_monitor WITH GRANT OPTION;
  GRANT SELECT, INSERT ON app.t TO pg_monitor;
  GRANT UPDATE ON app.t TO pg_monitor WITH GRANT OPTION;
  GRANT SELECT (name), UPDATE (name) ON app.t TO PUBLIC;
  GRANT SELECT ON app.v TO PUBLIC;
  GRANT USAGE ON SEQUENCE app.s TO pg_monitor;
  REVOKE ALL ON FUNCTION app.f(integer) FROM PUBLIC;
  GRANT EXECUTE ON FUNCTION app.f(integer) TO pg_monitor;
  REVOKE ALL ON PROCEDURE app.p() FROM PUBLIC;
  REVOKE USAGE ON TYPE app.e FROM PUBLIC;
  GRANT USAGE ON DOMAIN app.d TO pg_monitor;
  GRANT USAGE ON FOREIGN SERVER there TO pg_monitor;
  GRANT USAGE ON FOREIGN DATA WRAPPER nowhere TO pg_monitor;
  ALTER DEFAULT PRIVILEGES IN SCHEMA app GRANT SELECT ON TABLES TO pg_monitor;
  ALTER DEFAULT PRIVILEGES REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC`;

test(`grants come on request, and build the same${PG_DUMP_NEEDED}`, async () => {
  await using original = await schemaDatabase(granted, WRAPPER);
  const without = await dump(original);
  expect(without.text).not.toMatch(/GRANT|REVOKE/);
  const { text } = await dump({ ...original, grants: true });
  await using copy = await schemaDatabase('', WRAPPER);
  await copy.run(text);
  expect((await dump({ ...copy, grants: true })).text).toBe(text);
  const lines = (url: string) => pgDump(url).split('\n').sort();
  if (PG_DUMP !== undefined) expect(lines(copy.local.postgresUrl)).toEqual(lines(original.local.postgresUrl));
});
