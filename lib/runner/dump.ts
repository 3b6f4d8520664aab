import type { Database } from '../core/database.ts';
import type { EngineName } from '../core/manifest.ts';
import type { SchemaOptions, SchemaReader } from '../core/schema.ts';
import { compareSchemas, formatChanges, type SchemaChange, type Sides } from '../core/schema-diff.ts';
import { formatDump, parseDump } from '../core/schema-dump.ts';
import type { Engine } from '../engine/engine.ts';
import { toMigrationError } from './failure.ts';

/** Where a schema is read from: `schema` is that of the engine, `postgresqlSchema(…)`. */
export interface SchemaSource {
  readonly database: Database;
  readonly schema: SchemaReader;
}

export interface Dump {
  /** SQL that builds the schema again in an empty database. */
  readonly text: string;
  readonly objects: number;
  /** What is part of the schema and not of the text, which says so at its end. */
  readonly notDumped: readonly string[];
  /** Where it was asked for. */
  readonly server?: ServerFacts;
  readonly dataApiCalls: number;
}

/** What decides what the same migrations make on another server. */
export interface ServerFacts {
  readonly engine: EngineName;
  /** The name of the database, where migrations may say it. */
  readonly database: string | null;
  readonly settings: Readonly<Record<string, string>>;
}

/** Two calls on MySQL, none on PostgreSQL. */
export async function readServer(
  { database, schema }: SchemaSource,
  { name, store }: Pick<Engine, 'name' | 'store'>,
): Promise<ServerFacts> {
  return {
    engine: name,
    database: (await store.databaseName?.(database)) ?? null,
    settings: (await schema.settings?.(database)) ?? {},
  };
}

/** The live schema as SQL, the same text for the same schema. Without the tracking tables and without owners. */
export async function dump({ database, schema, ...options }: SchemaSource & SchemaOptions): Promise<Dump> {
  const before = database.calls;
  const read = await guarded(schema, schema.read(database, options));
  return {
    text: formatDump(read, schema.preamble),
    objects: read.objects.length,
    notDumped: read.notDumped,
    dataApiCalls: database.calls - before,
  };
}

/** What differs between two dumps. */
export interface Difference {
  readonly changes: readonly SchemaChange[];
  /** As a unified diff that names each object; empty where there are no changes. */
  readonly text: string;
}

export interface DiffOptions {
  /** The text of a dump: what the schema should be. Throws `not-a-dump` for another text. */
  readonly wanted: string;
  /** The dump of the live schema. */
  readonly live: string;
  /** What the two are called in the text. @default dump and database */
  readonly sides?: Sides;
}

/** Finds what the live schema has that the wanted one has not (`+`), and the other way round (`-`). */
export function diffDumps({ wanted, live, sides = SIDES }: DiffOptions): Difference {
  const changes = compareSchemas(parseDump(wanted, sides.before).objects, parseDump(live, sides.after).objects);
  return { changes, text: formatChanges(changes, sides) };
}

const SIDES: Sides = { before: 'dump', after: 'database' };

async function guarded<T>({ diagnostics }: SchemaReader, reading: Promise<T>): Promise<T> {
  try {
    return await reading;
  } catch (error) {
    throw toMigrationError(error, diagnostics);
  }
}
