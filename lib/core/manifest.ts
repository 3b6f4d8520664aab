import type { MigrationSource } from './source.ts';

/**
 * The manifest: every migration of a folder, compiled, as plain data. It is an index (`Manifest`, small, always in memory) plus one
 * body a migration (`MigrationBody`, read when that migration is applied), so that a run holds one migration's SQL at a time.
 * There is no parser where it is read: all that a run must know of the SQL stands here as facts.
 */
export type EngineName = 'postgresql' | 'mysql';

export interface Manifest {
  /** Version of this format. */
  readonly format: 1;
  readonly engine: EngineName;
  /** SHA-256 over all entries, hex: two manifests with one digest do the same. */
  readonly digest: string;
  /** In the order in which they are applied: versioned by number, then repeatable by name. The tracking tables come first. */
  readonly migrations: readonly Migration[];
}

/** The entry of one migration in the index. */
export interface Migration {
  /** `002_add_users`, `R__report_view`: the file's name without its endings. */
  readonly name: string;
  /** The digits as written (`002`); null for a repeatable migration. */
  readonly version: string | null;
  /** The file that was compiled, as people would name it (relative to where the command ran). */
  readonly file: string;
  /** The `-- Description:` header, else `-- Migration:`, else the words of the name. */
  readonly description: string;
  /** The `-- Created:` header as written. */
  readonly created: string | null;
  /** SHA-256 of the file (UTF-8, no BOM, LF), hex: what `sha256sum` prints. With a separate down file: of the up file. */
  readonly checksum: string;
  /** SHA-256 over the tokens of the up statements, hex. Only a difference here is a change. */
  readonly statementsChecksum: string;
  /** One transaction, or statement by statement with a checkpoint after each. */
  readonly mode: 'atomic' | 'stepwise';
  /** `reapply:true` stands in the file: a change is applied again whatever the guards say. */
  readonly reapply: boolean;
  /** How many up statements it has. */
  readonly statements: number;
  /** It has a down section or a down file. */
  readonly revertible: boolean;
  /**
   * Objects that the up statements name, lower-cased last parts (`users`), sorted: tables, views, sequences and indexes always; functions
   * and types where a migration of this folder makes them.
   */
  readonly names: readonly string[];
  /** MySQL: databases that its statements name as a whole, to be compared with the one that is migrated. @default none */
  readonly databases?: readonly DatabaseUse[];
  /** Objects that the up statements drop, rename or empty, written as in `names`. */
  readonly drops: readonly string[];
  /**
   * One entry an up statement: a short checksum where a second execution would not leave the database as it is (INSERT, ALTER, a CREATE
   * without OR REPLACE and IF NOT EXISTS), '' where it would (a repeatable statement).
   */
  readonly once: readonly string[];
  /** The first up statement that a second application would not leave harmless (drop, truncate, delete, …), or null. */
  readonly destructive: Destructive | null;
  /** The first up statement that does nothing where its object exists, so that an edit of it would not be applied; or null. */
  readonly ifNotExists: Destructive | null;
  /** Migrations that this one stands for: one name, its own former one; several: it is a squash that contains them. */
  readonly replaces: readonly Replaced[];
  /** Names of migrations whose statements this one executes once more, on purpose. */
  readonly again: readonly string[];
  /** The migration of another tool that its file was imported from. @default none */
  readonly source?: MigrationSource;
}

/** An entry of `replaces:`. */
export interface Replaced {
  readonly name: string;
  /** Eight or more hex digits of its `statementsChecksum`; null: not given. */
  readonly checksum: string | null;
}

/** A database that a statement drops, or that it takes for the migrated one (`USE`). */
export interface DatabaseUse {
  readonly use: 'drops' | 'is';
  readonly name: string;
  readonly line: number;
}

export interface Destructive {
  /** As it ends a sentence "line 12 …": `drops table users`. */
  readonly what: string;
  readonly line: number;
}

/** The SQL of one migration: what `migrations/<name>.json` holds. */
export interface MigrationBody {
  readonly up: Script;
  readonly down: Script | null;
}

export interface Script {
  /** As in the file, without a BOM. Of a file with both sections, `up` is all before the `-- migrate:down` line, `down` the rest. */
  readonly content: string;
  readonly facts: ScriptFacts;
}

/** What the compiler found out about a script. Statements are numbered from 1; `pieces` left out have no number. */
export interface ScriptFacts {
  /**
   * Byte lengths (UTF-8) of the pieces in order; their absolute values sum up to the content's. A positive piece is one statement with the
   * comments before and the semicolon after it. A negative one is left out: what follows the last statement, a `BEGIN`/`COMMIT` around
   * the file, commands of the client.
   */
  readonly pieces: readonly number[];
  /** The line of each statement's first token, counted from 1 in the file. */
  readonly lines: readonly number[];
  /**
   * The first 16 hex digits of the SHA-256 over each statement's tokens (as in `statementsChecksum`): a stepwise migration is resumed only
   * where those of the statements already done are unchanged. Empty where the script is atomic: nothing of it is ever done in part.
   */
  readonly sums: readonly string[];
  /** Statements that return rows (they are read through a cursor). */
  readonly rows: readonly number[];
  /** Statements that cannot run inside a transaction, with the way to find out whether one has been done. */
  readonly alone: readonly Alone[];
  /** Statements that set something for the session (`SET …`), to be repeated before later ones of a stepwise migration. */
  readonly session: readonly number[];
  /** PostgreSQL, stepwise: those of them that decide what later statements do, not only how fast or for how long. @default none */
  readonly settings?: readonly Reach[];
  /** True where the script runs statement by statement; absent: in one transaction. A down script has its own. */
  readonly stepwise?: boolean;
  /** MySQL: PREPARE, EXECUTE and DEALLOCATE PREPARE, which the run executes itself. */
  readonly prepared?: readonly number[];
  /** MySQL: statements that commit by themselves, with what tells whether one ran. */
  readonly ddl?: readonly Ddl[];
  /** MySQL: statements that need what an earlier one left in its session. */
  readonly bound?: readonly Bound[];
  /** MySQL: what stands behind the SET of each statement of `session`, to be said in one SET; null: it cannot share one. */
  readonly assignments?: readonly (string | null)[];
  /** MySQL: variables of the session that its SETs name, lower-cased. */
  readonly variables?: readonly string[];
  /** MySQL: user variables that its statements name, lower-cased: they end with the script. */
  readonly userVariables?: readonly string[];
  /** MySQL: temporary tables that its statements make. */
  readonly temporary?: readonly Temporary[];
  /** MySQL: what is sent as it is in the place of statements in which the Data API would see parameters. */
  readonly rewritten?: readonly { readonly statement: number; readonly sql: string }[];
}

/** A statement that commits by itself, so that no checkpoint can be part of it. */
export interface Ddl {
  readonly statement: number;
  /** What tells whether it ran: each is compared with what it was before. Empty: executing it twice has the effect of executing it once. */
  readonly judges: readonly Judge[];
  /** What it changes of that by which others are judged, as the executor names judges (`table:users`); `*` stands for any ending. */
  readonly changes: readonly string[];
  /** Nothing tells whether it ran: the run stops and asks (`resolve`). */
  readonly unjudged?: true;
}

/**
 * What tells whether a statement ran. `table` (views too), `procedure`, … : whether the object exists. `column`, `index`, `constraint`: that part of a
 * table. `definition`: a hash of the definition. `identity`: the numbers of the tables too, for the definition may stay as it is (`TRUNCATE`, a swap).
 */
export interface Judge {
  readonly how:
    | ('table' | 'procedure' | 'function' | 'trigger' | 'event' | 'database')
    | ('column' | 'index' | 'constraint' | 'definition' | 'identity');
  /** Null: the database of the connection. */
  readonly schema: string | null;
  readonly name: string;
  /** Of a table: the name of its column, index or constraint. */
  readonly part?: string;
  /** The part is taken away: a table made in the same unit may have parts of unknown names. */
  readonly drops?: true;
}

/** What a statement has set, and for which statements. */
export interface Reach {
  readonly statement: number;
  /** The statement that resets it or sets it anew; null: it lasts to the end. */
  readonly until: number | null;
}

/** Something of a session that cannot be made again: a variable from a query, a temporary table. */
export interface Bound {
  readonly statement: number;
  /** The statement that made it: both must run in one session. */
  readonly to: number;
  /** As a message names it: `@total`. */
  readonly what: string;
  /** The statement from which on all is only read (SET, PREPARE, SELECT … INTO): a run that goes on here begins there. Absent: it is lost. */
  readonly again?: number;
}

/** A temporary table, and the statement that makes it. */
export interface Temporary {
  readonly statement: number;
  /** Null: the database of the connection. */
  readonly schema: string | null;
  readonly name: string;
}

/** A statement that is sent as it is, outside of a transaction. */
export interface Alone {
  readonly statement: number;
  readonly truth: Truth;
  /** Where it names a relation without a schema, in UTF-16 units from its end. @default nowhere */
  readonly unqualified?: readonly number[];
}

/**
 * How to find out whether a statement that ran alone is done, when its answer was lost. Names are as PostgreSQL folded them; a schema that
 * is null was not written (the search path of a new session decides).
 */
export type Truth =
  /** `CREATE INDEX CONCURRENTLY name ON table`: done when the index exists and is valid; an invalid one is dropped and built again. */
  | { readonly kind: 'index-built'; readonly schema: string | null; readonly table: string; readonly index: string }
  /** `DROP INDEX CONCURRENTLY`: done when it is gone. */
  | { readonly kind: 'index-gone'; readonly schema: string | null; readonly index: string }
  /** `ALTER TABLE … DETACH PARTITION … CONCURRENTLY`: done when it is no partition; one half detached is finished with FINALIZE. */
  | {
      readonly kind: 'detached';
      readonly parentSchema: string | null;
      readonly parent: string;
      readonly schema: string | null;
      readonly partition: string;
    }
  /** `CREATE DATABASE`, `CREATE SUBSCRIPTION`, `CREATE TABLESPACE`, `pg_create_logical_replication_slot`: done when it exists. */
  | {
      readonly kind: 'exists';
      readonly what: 'database' | 'subscription' | 'tablespace' | 'slot';
      readonly name: string;
    }
  /** Their drops: done when it is gone. */
  | { readonly kind: 'gone'; readonly what: 'database' | 'subscription' | 'tablespace' | 'slot'; readonly name: string }
  /** `REINDEX … CONCURRENTLY`: may be done again after the `*_ccnew` and `*_ccold` that a cancelled one leaves are dropped. */
  | {
      readonly kind: 'reindexed';
      readonly schema: string | null;
      readonly name: string;
      readonly what: 'index' | 'table';
    }
  /** `VACUUM`, `ALTER SYSTEM`: doing it twice is doing it once. `vacuum`: of tables that are named, which tell whether it was done. */
  | {
      readonly kind: 'repeatable';
      readonly vacuum?: {
        readonly full: boolean;
        readonly tables: readonly { readonly schema: string | null; readonly name: string }[];
      };
    }
  /** Nothing tells: the run stops and asks (`resolve`). */
  | { readonly kind: 'unknown' };

/** The tracking tables are themselves a migration; its name. Always the first, whatever the versions of a folder: its 000 is none of them. */
export const TRACKING_MIGRATION = '000_create_migrations_table';

/** Where the index lies in the folder of a compiled manifest. */
export const MANIFEST_FILE = 'manifest.json';

/** Where the body of a migration lies in the folder of a compiled manifest. */
export function bodyFile(name: string): string {
  return `migrations/${name}.json`;
}

/** A compiled manifest as a run reads it: the index at once, a body when it is needed. */
export interface ManifestReader {
  readonly manifest: Manifest;
  body(name: string): Promise<MigrationBody>;
}
