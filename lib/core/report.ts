import type { Problem } from './errors.ts';

/** What is true of one migration, from the manifest and the history together. */
export type State = 'pending' | 'applied' | 'failed' | 'changed' | 'reverted' | 'baselined' | 'replaced' | 'missing';

/** One migration as `status` reports it: what it is, not how its engine applies it. */
export interface MigrationStatus {
  readonly name: string;
  readonly version: string | null;
  readonly description: string | null;
  readonly file: string | null;
  readonly state: State;
  /** Checksum of the file in the manifest; null for one that is missing there, and for the tracking tables: they are no file of the folder. */
  readonly checksum: string | null;
  /** Number of its latest attempt; 0: never tried. */
  readonly attempt: number;
  /** ISO 8601, UTC: when its latest attempt ended (or began, while it runs). */
  readonly at: string | null;
  readonly executionTimeMs: number | null;
  /** Statements, and how many of them the latest attempt of a stepwise migration has done. */
  readonly statements: number | null;
  readonly statementsApplied: number | null;
  /** Of the latest attempt, where that failed. */
  readonly error: FailureReport | null;
}

/** One migration as a run reports it. */
export interface MigrationReport extends MigrationStatus {
  readonly mode: 'atomic' | 'stepwise' | null;
}

/** Why a migration failed, in the database's own words. `detail` may hold row values: terminal and table only, never CloudFormation or logs. */
export interface FailureReport {
  /** SQLSTATE, or our own code. */
  readonly code: string | null;
  readonly message: string;
  readonly detail: string | null;
  readonly hint: string | null;
  /** Number of the statement, from 1. */
  readonly statement: number | null;
  readonly file: string | null;
  readonly line: number | null;
  readonly column: number | null;
  readonly remedy: string;
}

export type Outcome = 'applied' | 'nothing-to-do' | 'failed' | 'stopped';

/** What a run did, and how things stand after it: the value behind the table, the JSON and the answer to CloudFormation. */
export interface Report {
  readonly outcome: Outcome;
  readonly runId: string;
  readonly startedAt: string;
  readonly executionTimeMs: number;
  readonly dataApiCalls: number;
  readonly migrations: readonly MigrationReport[];
  /** Names of what this run applied, in order. */
  readonly applied: readonly string[];
  readonly counts: Readonly<Record<State, number>>;
  /** What stopped the plan. */
  readonly problems: readonly Problem[];
  /** What deserves a word but stops nothing. */
  readonly notes: readonly string[];
}

/** What works in the database now. */
export interface Activity {
  /** The run of it has ended or died, and the statement goes on: the next run waits for it. */
  readonly interrupted: boolean;
  /** Null: between two migrations, or about to begin. */
  readonly migration: string | null;
  /** Number of the statement, where it is executed by itself. */
  readonly statement: number | null;
  readonly requestedBy: string | null;
  /** ISO 8601, UTC, by the database's clock: when the statement began, else the run. */
  readonly since: string;
  /** Until this was asked. */
  readonly seconds: number;
  /** Its phase and percent, and what it waits for, where the database tells. */
  readonly progress: string | null;
}

/** What works, as a sentence. */
export function describeActivity(activity: Activity): string {
  const { interrupted, migration, statement, requestedBy, seconds, progress } = activity;
  const where = [migration ?? 'no migration yet', statement !== null && `statement ${statement}`];
  const facts = [...where, `for ${seconds} s`, progress, requestedBy !== null && `by ${requestedBy}`];
  const told = facts.filter(Boolean).join(', ');
  return interrupted
    ? `A statement of an interrupted run is still at work (${told}); the next run waits for its end`
    : `A run is at work (${told})`;
}

/** What a run says while it works. */
export type RunEvent =
  | { readonly event: 'started'; readonly migration: string; readonly number: number; readonly of: number }
  | { readonly event: 'statement'; readonly migration: string; readonly statement: number; readonly of: number }
  | {
      readonly event: 'applied' | 'reverted';
      readonly migration: string;
      readonly executionTimeMs: number;
      readonly attempt: number;
    }
  | {
      readonly event: 'failed';
      readonly migration: string;
      readonly executionTimeMs: number;
      readonly failure: FailureReport;
    }
  /** A statement goes on and on. `progress`: its phase and percent, where the database tells. */
  | {
      readonly event: 'working';
      readonly migration: string;
      readonly seconds: number;
      readonly progress: string | null;
    }
  | { readonly event: 'waiting'; readonly what: string; readonly seconds: number };
