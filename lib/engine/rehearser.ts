import type { Database } from '../core/database.ts';
import type { Unfinished } from '../core/history.ts';
import type { IdentityFacts } from '../core/identity.ts';
import type { Effects } from '../core/rehearsal.ts';
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

/** What a rehearsal needs of an engine besides what a run needs. The deployed function has none of it. */
export interface Rehearser {
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
