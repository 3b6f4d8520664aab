import { type Database, DatabaseError, type Diagnostics } from '../core/database.ts';
import type { AttemptStatus, History, HistoryEntry, Unfinished } from '../core/history.ts';
import type { FactsByName, IdentityFacts } from '../core/identity.ts';
import type { Migration, Script } from '../core/manifest.ts';
import type { Activity } from '../core/report.ts';

/** What is true of one engine only, behind one shape. `lib/engine/postgresql` makes one. */
export interface Engine {
  readonly name: 'postgresql' | 'mysql';
  readonly store: Store;
  readonly lease: Lease;
  readonly executor: Executor;
  readonly diagnostics: EngineDiagnostics;
}

/** The tracking tables, but for the lease, and what they are asked beside. */
export interface Store {
  /** Make the tracking tables from the content of their migration. May run again, also at the same time. */
  install(database: Database, tracking: { migration: Migration; content: string; run: Run }): Promise<void>;
  /** Read all of the history: one call, or as many as the response limit forces. Throws `foreign-table` for a table of another tool. */
  readHistory(database: Database, hook: string | null): Promise<History>;
  /** Attempts with all their columns but the contents, newest first. */
  readAttempts(
    database: Database,
    filter: { limit: number; names?: readonly string[] | undefined },
  ): Promise<AttemptRow[]>;
  /** The latest attempt of each name, as rows. */
  readLatest(database: Database, names: readonly string[]): Promise<AttemptRow[]>;
  /** What stepwise migrations that are not finished have done. */
  readUnfinished(database: Database, names: readonly string[]): Promise<Unfinished[]>;
  /** What is stored of the latest attempt of each name that has content: one call for most folders. */
  readFacts(database: Database, names: readonly string[]): Promise<FactsByName>;
  /** The down section stored with what is applied, or null. */
  readDownScript(database: Database, name: string): Promise<Script | null>;
  /** Record migrations as applied without running them. Those that are applied already are left alone. */
  recordBaseline(database: Database, run: Run, migrations: readonly Migration[]): Promise<void>;
  /** Write down, in one call, which names were joined with others. Executes nothing. Written only while the lease is this run's. */
  recordJoined(database: Database, run: Run, joined: Joined): Promise<void>;
  /** Write down what a person found out about a statement whose outcome is unknown. */
  resolve(database: Database, decision: Resolution): Promise<boolean>;
  /** Nothing was ever made in this database but by us. */
  isEmpty(database: Database): Promise<boolean>;
  /** The name of the migrated database. Absent: no statement of this engine is about the database that it is sent to. */
  databaseName?(database: Database): Promise<string>;
  /** What another tool has applied, where the option `baseline` names one: for a plan that is made elsewhere. */
  readApplied?(database: Database): Promise<unknown>;
}

/** What a person found out about a statement whose outcome is unknown. */
export interface Resolution {
  readonly migration: string;
  readonly statement: number;
  readonly done: boolean;
  /** Of that statement, as the folder has it, or null. */
  readonly checksum: string | null;
}

/** Which run may write, and for which request of a deploy hook. */
export interface Lease {
  /** `since`: `leaseTaken` of an earlier reading of the history, to be told whether that still holds. */
  acquire(database: Database, run: Run, since: string | null): Promise<Acquired>;
  /** Let go of the lease if it is still ours; `finished`: nobody works for the request of this run any more. */
  release(database: Database, run: Run, finished: boolean): Promise<void>;
  /** Makes this the newest request of the hook. False: it is an old one, delivered late. */
  announce(database: Database, hook: string, requestId: string, state: HookState): Promise<boolean>;
}

/** Executes scripts, and records what became of them. */
export interface Executor {
  /** Executes a script, up or down. Never throws for what the database says of the script's own statements. */
  execute(database: Database, script: ScriptRun): Promise<ScriptOutcome>;
  /** Records a failure of a script of which nothing is executed. */
  recordFailure(database: Database, script: ScriptRun, failure: Failure): Promise<ScriptOutcome>;
}

/** What goes on in the database, and what to do about it, in words. */
export interface EngineDiagnostics extends Diagnostics {
  /** What works in this database now, by the lease and by the activity view; null: nothing. One call. */
  activity(database: Database): Promise<Activity | null>;
  /** What a statement of this run is doing right now (its phase, its percent), as far as the database tells; else null. */
  progress(database: Database, run: Run): Promise<string | null>;
  /** Who holds locks on these tables now, as far as rights allow; null where nobody is seen. */
  lockHolders(database: Database, names: readonly string[]): Promise<string | null>;
  /** What to do about a failure that was written down, as a sentence, where more can be said than to fix the file. */
  advise(row: AttemptRow, direction: 'up' | 'down'): string | null;
  /** A message of the database without the values of rows that it quotes, for those who may not see the rows. */
  withoutValues(message: string): string;
}

/** What a deploy hook is since its newest request: `open` while a waiter works for it, `done` when nothing is left to do, or `deleted`. */
export type HookState = 'open' | 'done' | 'deleted';

/** Names that are joined with others. */
export interface Joined {
  /** Migrations that have a new name: the attempt that counts is copied from the old one. `halfDone`: the latest attempt is. */
  readonly moved: readonly {
    readonly migration: Migration;
    readonly from: string;
    readonly halfDone: boolean;
  }[];
  /** Names that a squash contains, with the checksum that it states for them. */
  readonly replaced: readonly { readonly name: string; readonly by: string; readonly checksum: string | null }[];
  /** Names that a squash contained which was reverted. */
  readonly restored: readonly string[];
}

/** Thrown by `acquire`, `execute`, `recordFailure` and `announce`: a table, its first row or a function of ours is not there. Somebody dropped it, or an older version made them. */
export class TrackingMissing extends DatabaseError {
  constructor(error: DatabaseError) {
    super(error.message, { ...error, cause: error });
  }
}

/** Who wants to end a lock by hand, and knows other tools, deletes the row of the lease: then nobody could have it any more. */
export function noLease(): TrackingMissing {
  const facts = { outcome: 'failed', service: 'DatabaseErrorException' } as const;
  return new TrackingMissing(new DatabaseError('the row of the lease is not there', facts));
}

/** Who writes: goes into each row. */
export interface Run {
  readonly runId: string;
  /** The ids under which this same process has asked for the lease before: taken over from, not waited for. */
  readonly previous: readonly string[];
  readonly hook: string | null;
  /** The CloudFormation request; a lease is only given to the newest of its hook. */
  readonly requestId: string | null;
  readonly requestedBy: string;
  readonly toolVersion: string;
  /** Milliseconds that a lease lasts beyond the last sign of life. */
  readonly leaseMs: number;
  readonly lockTimeoutMs: number;
}

export type Acquired =
  /** `unchanged`: nobody has had the lease since the reading, and whoever writes takes it first: what was read is as it is now. */
  | { readonly status: 'acquired'; readonly unchanged: boolean }
  /** Another run holds it, or something that a dead run, or a lost call of this one, began still works. `by`: who or what, in words. */
  | { readonly status: 'held'; readonly by: string }
  /** A newer request of the same hook has been recorded. */
  | { readonly status: 'superseded' };

/** A script to be executed for a run, and what is recorded of it. */
export interface ScriptRun {
  readonly run: Run;
  /** `up` applies a migration, `down` reverts one with its down section. */
  readonly direction: 'up' | 'down';
  readonly name: string;
  readonly version: string | null;
  readonly checksum: string;
  readonly statementsChecksum: string;
  /** Objects that it changes: to find who holds a lock on one. */
  readonly names: readonly string[];
  readonly script: Script;
  /** What the migration is recognised by later, stored with what is applied. Of a down script: null. */
  readonly identity: IdentityFacts | null;
  /** The down section, stored with what is applied. */
  readonly downScript: Script | null;
  /**
   * Of a name that is joined with others: its latest attempt when the plan was made. Only a later one says that it is applied already. @default 0
   */
  readonly seenAttempt?: number;
  /** Number of the first statement to execute. */
  readonly from: number;
  /** The latest attempt, as the history has it. */
  readonly before: HistoryEntry['latest'] | null;
  /** No further step of the run follows: what it holds open is ended with it. */
  readonly last: boolean;
  /** The run needs the lease no longer when this is done: it may be given back in the same call, as by `release` with `finished`. */
  readonly releases: boolean;
  /** How often a statement that meets a lock or a deadlock is tried; only the last failure is recorded. */
  readonly tries: number;
  /** Asked between two units: whether no further one is to be begun. */
  readonly stop: () => boolean;
  /** Waits before the next of these tries; `tried` counts from 1. */
  readonly pause: (tried: number, failure: Failure) => Promise<void>;
  /** Called again and again while something else has to end first: what it is, in words, and for how many seconds. */
  readonly waiting: (what: string, seconds: number) => void;
  /** Called before each statement of a stepwise script. */
  readonly onStatement: (statement: number) => void;
}

export type ScriptOutcome =
  | {
      readonly status: 'done';
      readonly attempt: number;
      readonly executionTimeMs: number;
      /** The lease was given back with it. @default false */
      readonly released?: boolean;
    }
  | { readonly status: 'failed'; readonly attempt: number; readonly executionTimeMs: number; readonly failure: Failure }
  /**
   * `already`: it was done by a call whose answer was lost. `stopped`: it was told to, between two units; what is done is recorded, and the next
   * run goes on. `fenced`: this run has lost its lease. `busy`: the lease, or the row, is locked: an earlier call of ours is still at work.
   */
  | { readonly status: 'already' | 'stopped' | 'fenced' | 'busy' };

export interface Failure {
  readonly code: string | null;
  readonly message: string;
  readonly detail: string | null;
  readonly hint: string | null;
  /** Null: not in a statement, or nobody knows in which. */
  readonly statement: number | null;
  /** It happened after the last statement: a deferred constraint, for example. */
  readonly atEnd?: boolean;
  /** What it waited for and who held that, in words, where a lock timed out and that was seen. */
  readonly waitedFor?: string;
  /** What to do, where more can be said than to fix the file and deploy again. */
  readonly remedy?: string;
}

/** One row of the table; times in milliseconds since 1970, UTC. */
export interface AttemptRow {
  readonly name: string;
  readonly attempt: number;
  readonly status: AttemptStatus;
  readonly checksum: string;
  readonly startedAt: number;
  readonly finishedAt: number | null;
  readonly executionTimeMs: number | null;
  readonly statements: number | null;
  readonly statementsApplied: number | null;
  readonly errorCode: string | null;
  readonly errorMessage: string | null;
  readonly errorDetail: string | null;
  readonly errorHint: string | null;
  readonly errorStatement: number | null;
  readonly errorLine: number | null;
  readonly runId: string | null;
  readonly hook: string | null;
  readonly requestedBy: string | null;
  readonly toolVersion: string | null;
  /** The name that it had before, or the squash that contains it; null for all but rows that only join names. */
  readonly otherName: string | null;
  /** SHA-256 over the tokens of its statements. */
  readonly statementsChecksum: string;
}
