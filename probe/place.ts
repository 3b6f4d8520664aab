import { setTimeout as sleep } from 'node:timers/promises';
import { type Api, AWAKE, awake, send } from './api.ts';
import { type Outcome, shown } from './outcome.ts';
import { type Engine, execute } from './step.ts';

/** The schema that everything is made in; on MySQL, where a schema is a database, a database of this name. */
export const SCHEMA = 'aurora_migrations_probe';

/** The table by which a later run knows that the schema is a probe's own. */
const MARKER = 'made_by_probe';

/** Databases of `--databases`: this and a number. */
export const DATABASES = `${SCHEMA}_`;

/** The database holds something under the names that the probe uses, and which no probe has made. */
export class PlaceTaken extends Error {
  override readonly name = 'PlaceTaken';
}

/** Removes what an interrupted run left, and creates the schema. Throws a `PlaceTaken`, and has then changed nothing. */
export async function prepare(api: Api): Promise<void> {
  await awake(api);
  await refuseForeign(api);
  await remove(api);
  for (const sql of CREATE[api.engine]) await must(api, sql);
}

/**
 * One statement each. On PostgreSQL both in one, for a schema that a killed run left without its marker would look like somebody else's; on MySQL
 * that one is an empty database, which goes.
 */
const CREATE: Readonly<Record<Engine, readonly string[]>> = {
  postgresql: [`create schema ${SCHEMA} create table ${MARKER} (id int)`],
  mysql: [`create database ${SCHEMA}`, `create table ${SCHEMA}.${MARKER} (id int)`],
};

/** Statements of a run around its probes, for the list before it starts. */
export function around(engine: Engine): { readonly before: readonly string[]; readonly after: readonly string[] } {
  const names = [CONTENT[engine], DATABASE_NAMES[engine]];
  return { before: [AWAKE, ...names, DROP[engine], ...CREATE[engine]], after: [DROP[engine], DATABASE_NAMES[engine]] };
}

const DROP: Readonly<Record<Engine, string>> = {
  postgresql: `drop schema if exists ${SCHEMA} cascade`,
  mysql: `drop database if exists ${SCHEMA}`,
};

/** Tables, views, routines and types of the schema, by name. */
const CONTENT: Readonly<Record<Engine, string>> = {
  postgresql: `select relname::text from pg_class where relnamespace = to_regnamespace('${SCHEMA}') and relkind in ('r', 'p', 'v', 'm', 'f', 'S')
    union all select proname::text from pg_proc where pronamespace = to_regnamespace('${SCHEMA}')
    union all select typname::text from pg_type where typnamespace = to_regnamespace('${SCHEMA}') and typtype in ('e', 'd', 'r')`,
  mysql: `select cast(table_name as char) from information_schema.tables where table_schema = '${SCHEMA}'
    union all select cast(routine_name as char) from information_schema.routines where routine_schema = '${SCHEMA}'`,
};

const DATABASE_NAMES: Readonly<Record<Engine, string>> = {
  postgresql: `select datname::text from pg_database where datname like '${SCHEMA}\\_%'`,
  mysql: `select cast(schema_name as char) from information_schema.schemata where schema_name like '${SCHEMA}|_%' escape '|'`,
};

/** Everything a probe makes in the schema begins like this. */
export const NAME = 'probe_';

async function refuseForeign(api: Api): Promise<void> {
  const names = await column(api, CONTENT[api.engine]);
  const foreign = names.includes(MARKER) ? names.filter(name => name !== MARKER && !name.startsWith(NAME)) : names;
  if (foreign.length > 0) throw taken(`The schema ${SCHEMA} holds ${foreign.join(', ')}`);
  for (const database of await column(api, DATABASE_NAMES[api.engine])) {
    const tables = Number((await column(api, tablesOf(api.engine, database), database))[0]);
    if (!/_\d+$/.test(database) || tables > 0)
      throw taken(`The database ${database} exists, and holds ${tables} tables`);
  }
}

function taken(what: string): PlaceTaken {
  return new PlaceTaken(`${what}, which no probe has made. Nothing was changed. Rename it, or probe another database.`);
}

function tablesOf(engine: Engine, database: string): string {
  return engine === 'mysql'
    ? `select count(*) from information_schema.tables where table_schema = '${database}'`
    : `select count(*) from pg_class where relkind in ('r', 'p', 'v', 'm') and relnamespace not in (select oid from pg_namespace where nspname in ('pg_catalog', 'information_schema', 'pg_toast'))`;
}

/** Removes everything that a run makes. A transaction that a killed run left open holds its locks for three idle minutes: so long it is tried. */
export async function remove(api: Api): Promise<void> {
  await removeSchema(api);
  // Connections that the service keeps to a database would keep PostgreSQL from dropping it.
  const force = api.engine === 'mysql' ? '' : ' with (force)';
  for (const database of await column(api, DATABASE_NAMES[api.engine]))
    await must(api, `drop database ${database}${force}`);
}

async function removeSchema(api: Api): Promise<void> {
  const { scale = 1 } = api;
  for (let attempt = 1; ; attempt++) {
    const outcome = await send(api, execute(DROP[api.engine]), new Map());
    if (!outcome.error) return;
    if (attempt === 8) throw failed(DROP[api.engine], outcome);
    await sleep(15_000 * scale);
  }
}

async function column(api: Api, sql: string, database = api.target.database): Promise<string[]> {
  const outcome = await must(api, sql, database);
  return (outcome.answers[0]?.records ?? []).map(([field]) => String(field?.stringValue ?? field?.longValue));
}

async function must(api: Api, sql: string, database = api.target.database): Promise<Outcome> {
  const outcome = await send(api, execute(sql, { target: () => ({ database }) }), new Map());
  if (outcome.error) throw failed(sql, outcome);
  return outcome;
}

function failed(sql: string, outcome: Outcome): Error {
  return new Error(`${shown(outcome)}\n  at: ${sql}`);
}
