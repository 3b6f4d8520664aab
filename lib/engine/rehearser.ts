import type { Database } from '../core/database.ts';
import type { Unfinished } from '../core/history.ts';
import type { IdentityFacts } from '../core/identity.ts';
import type { CopyGaps, Effects } from '../core/rehearsal.ts';
import type { Schema } from '../core/schema.ts';
import type { AttemptRow } from './engine.ts';

/** An attempt as `history` shows it: times in ISO 8601, UTC. */
export interface CopiedAttempt extends Omit<AttemptRow, 'startedAt' | 'finishedAt'> {
  readonly startedAt: string;
  readonly finishedAt: string | null;
}

/** The attempts of another database, with what is stored of their statements. */
export interface CopiedHistory {
  readonly attempts: readonly CopiedAttempt[];
  readonly facts: ReadonlyMap<string, IdentityFacts>;
  readonly unfinished: readonly Unfinished[];
}

/** What was measured, and of which migration. */
export type Seen = Omit<Effects, 'line'> & { readonly migration: string };

/** A session of a scratch server past the Data API, which takes no parameters. */
export interface BuildSession {
  run(sql: string): Promise<void>;
  /** The same of a text that may be refused: gives back what the server said, or null. */
  attempt(sql: string): Promise<Refused | null>;
}

/** What the server said to a text. */
export interface Refused {
  /** SQLSTATE. */
  readonly code: string | undefined;
  readonly message: string;
}

/** The copy of a schema: what is missing of it, and what can be made that it lacks. */
export interface Copy {
  readonly gaps: CopyGaps;
  /**
   * Makes the role that a statement named and the server lacks: roles belong to the server, which was not copied. False: that was not the
   * reason.
   */
  complete(failure: { readonly code: string | null; readonly message: string }): Promise<boolean>;
}

/** What a rehearsal needs of an engine besides what a run needs. The deployed function has none of it. */
export interface Rehearser {
  /** The server that a copy is built on, for people. */
  readonly server: string;
  /** What a copy on such a server cannot tell. */
  readonly unknown: readonly string[];
  /** Whose session builds a copy. */
  readonly builder: 'superuser' | 'master';
  /** Builds a schema in an empty database, object by object. `master`: the user that migrates. */
  build(session: BuildSession, schema: Schema & { readonly preamble: string }, master: string): Promise<Copy>;
  /** Writes the attempts of another database into the empty tracking table. */
  restore(database: Database, history: CopiedHistory): Promise<void>;
  /** The same database, in which the statements of migrations are measured while a run executes them. */
  observe(database: Database, seen: (effects: Seen) => void): Database;
}

/** Which statement of which migration a text of the runner is, by its leading comment; undefined: it is none. */
export function statementTag(sql: string): { migration: string; statement: number | null; rest: string } | undefined {
  const [tag, migration, statement] =
    /^\/\* aurora-migrations run:\S+ name:(\S+?)(?: statement:(\d+))? \*\/ ?/.exec(sql) ?? [];
  if (tag === undefined || migration === undefined) return undefined;
  return { migration, statement: statement === undefined ? null : Number(statement), rest: sql.slice(tag.length) };
}
