import type { Database } from '../../core/database.ts';
import type { Alone } from '../../core/manifest.ts';
import type { ScriptRun } from '../engine.ts';
import type { Marks } from './completion.ts';

// Types only, so that the files that execute a script do not import each other in a circle.

/** Statements of a script, by their numbers; none where the last stands before the first. */
export interface Range {
  readonly first: number;
  readonly last: number;
}

/** Statements executed together: in one transaction, or one that is sent by itself because it can be in none. */
export type Unit = Range &
  ({ readonly kind: 'transaction' } | { readonly kind: 'nontransactional'; readonly statement: Alone });

/** A statement that was sent, or may have been, and whose outcome is not recorded. The column `in_flight`. */
export interface InFlight {
  readonly statement: number;
  readonly checksum: string;
  /** By whom, and how often for the same run or request. */
  readonly run: string;
  readonly request: string | null;
  readonly times: number;
  /** What was there before, where only that tells whether it was done. */
  readonly before?: Marks | undefined;
}

/** What the executor of one engine has for all of its scripts. */
export interface ExecutorContext {
  readonly named: (sql: string) => string;
  /** `hasTimeout`: the role has a `statement_timeout`, which only a transaction around a call can lift; the first answer tells. */
  readonly role: { hasTimeout: boolean };
}

/** One execution of a script. */
export interface Execution extends ScriptRun, ExecutorContext {
  readonly database: Database;
  /** The statements, each as it stands in the script. */
  readonly statements: readonly string[];
  /** The checksum of the first n statements, for each n; null: the script is one transaction. */
  readonly chain: readonly string[] | null;
  /** The number of the attempt; null before its row is written. */
  attempt: number | null;
  /** What is in flight, as its row says. */
  inFlight: InFlight | null;
}

/** The place in front of a statement. */
export function inFrontOf(statement: number): Range {
  return { first: statement, last: statement - 1 };
}
