import { expect, test } from 'vitest';
import { postgresqlSchema } from '../../lib/engine/postgresql/schema/index.ts';
import { coreOfTheSuite } from '../support/core.ts';
import { bench } from '../support/migrations.ts';
import { admin, ensureRole } from '../support/postgresql.ts';

// Who is not the master user: the owner of one database, or of one schema in a database of somebody else.

const rights = `select rolsuper or rolcreatedb or rolcreaterole or pg_has_role('rds_superuser', 'member') from pg_roles where rolname = current_user`;

test('the core of the suite, as the owner of one database', async () => {
  await ensureRole('owner_of_database', "login password 'owner_of_database'");
  const made = await bench({ user: 'owner_of_database' });
  const { pathname } = new URL(made.url);
  await admin(`alter database ${pathname.slice(1)} owner to owner_of_database`);
  expect(await made.database.execute({ sql: `select (${rights})::text`, effect: 'read' })).toEqual([['false']]);
  await coreOfTheSuite(made, postgresqlSchema(), 'public.', {
    up: 'create index concurrently users_name on public.users (name)',
    down: 'drop index concurrently public.users_name',
  });
});

test('the core of the suite, as the owner of one schema', async () => {
  await ensureRole('owner_of_schema', "login password 'owner_of_schema'");
  const made = await bench({ user: 'owner_of_schema', schema: 'theirs' });
  await made.raw.query(
    'create schema theirs authorization owner_of_schema; grant usage on schema theirs to current_user',
  );
  expect(await made.database.execute({ sql: `select (${rights})::text`, effect: 'read' })).toEqual([['false']]);
  await coreOfTheSuite(made, postgresqlSchema({ schema: 'theirs' }), 'theirs.', {
    up: 'create index concurrently users_name on theirs.users (name)',
    down: 'drop index concurrently theirs.users_name',
  });
});
