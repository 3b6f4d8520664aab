import type { Problem } from './errors.ts';
import type { FailureReport } from './report.ts';
import type { SchemaObject } from './schema.ts';
import type { SchemaChange } from './schema-diff.ts';

/** The strongest lock that was taken on a relation which was there before. */
export interface TakenLock {
  /** As in SQL: `public.users`. */
  readonly relation: string;
  /** As PostgreSQL's documentation has it: `ACCESS EXCLUSIVE`. */
  readonly mode: string;
  readonly blocks: 'reads and writes' | 'writes' | 'nothing';
}

/** How MySQL executes a change of a table: the cheapest way that it accepts. */
export interface AcceptedAlgorithm {
  readonly algorithm: 'INSTANT' | 'INPLACE' | 'COPY';
  /** Null: INSTANT takes no such clause, and blocks nothing for long. */
  readonly lock: 'NONE' | 'SHARED' | null;
}

/** What was measured of a transaction: a whole migration, or one statement of it. */
export interface Effects {
  /** Number of the statement; null: all statements of the migration, in one transaction. */
  readonly statement: number | null;
  /** Line of that statement. */
  readonly line: number | null;
  /** Strongest first; of a statement that runs outside of a transaction the first that it takes, null where none was seen. Always empty on MySQL. */
  readonly locks: readonly TakenLock[] | null;
  /** Tables and indexes that got a new file. */
  readonly rewritten: readonly string[];
  /** Tables that were read from end to end, besides those that were rewritten; null: not measured. */
  readonly scanned: readonly string[] | null;
  /** MySQL, of ALTER TABLE, CREATE INDEX and DROP INDEX. */
  readonly accepted?: AcceptedAlgorithm;
}

/** What happened to one migration on the copy. */
export interface RehearsedMigration {
  readonly name: string;
  readonly file: string | null;
  readonly direction: 'up' | 'down';
  /** `not-tried`: one before it failed. */
  readonly result: 'works' | 'failed' | 'not-tried';
  readonly statements: number;
  /** As `up`, or `down`, would report it. */
  readonly error: FailureReport | null;
  readonly effects: readonly Effects[];
}

/** How the copy differs from the database, so that a result may differ too. */
export interface CopyGaps {
  /** Extensions that the scratch server does not have. */
  readonly extensions: readonly string[];
  /** What stands in for something of the database: `type public.vector`, `role app`. */
  readonly standIns: readonly string[];
  /** Objects that could not be built, with the words of the server. */
  readonly leftOut: readonly (Pick<SchemaObject, 'kind' | 'name'> & { readonly why: string })[];
  /** What a dump cannot hold. */
  readonly notDumped: readonly string[];
}

/** What became of the pending migrations on a copy of the live schema. */
export interface Rehearsal {
  readonly outcome: 'works' | 'failed' | 'stopped' | 'nothing-to-do';
  readonly engine: 'postgresql' | 'mysql';
  /** In the order in which they were tried: up, then down. */
  readonly migrations: readonly RehearsedMigration[];
  /** What would stop `up` or `down` before anything runs. */
  readonly problems: readonly Problem[];
  readonly notes: readonly string[];
  readonly copy: CopyGaps;
  /** What the pending migrations change of the schema, as far as they could be applied. */
  readonly changes: readonly SchemaChange[];
  /** The same as a unified diff. */
  readonly diff: string;
  /** What an empty copy cannot tell. */
  readonly unknown: readonly string[];
  /** Calls to the database, or those of the deployed function: all of them read. */
  readonly dataApiCalls: number;
}
