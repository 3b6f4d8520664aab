import type { TakenOver } from './take-over.ts';

/** Status of an attempt, as the table holds it. `replaced`: contained in a squash, which was recorded or executed. */
export type AttemptStatus = 'running' | 'applied' | 'failed' | 'reverted' | 'baselined' | 'replaced';

/** `up` applies a migration, `down` reverts it. */
export type Direction = 'up' | 'down';

/** Status of an attempt that decides what the schema holds. */
export type CountedStatus = Exclude<AttemptStatus, 'running' | 'failed'>;

/** What the history says of one name: its latest attempt, and the latest that counts. */
export interface HistoryEntry {
  readonly name: string;
  readonly latest: {
    readonly attempt: number;
    readonly direction: Direction;
    readonly status: AttemptStatus;
    /** First 16 hex digits, as of all checksums here: enough to compare, short enough to read thousands in one call. */
    readonly statementsChecksum: string;
    readonly statementsApplied: number | null;
    /** The chained checksum of the statements executed, of an attempt that did not come to its end. @default none was executed */
    readonly appliedChecksum?: string;
    /** A statement of such an attempt whose outcome is not recorded, as the engine wrote it: JSON. @default none, or the engine reads it itself */
    readonly inFlight?: string;
    /** Milliseconds since 1970, UTC: when it ended, or began while it runs. */
    readonly at: number;
    readonly executionTimeMs: number | null;
  };
  /** The latest attempt that was applied, reverted, baselined or replaced: what the schema holds. */
  readonly inForce: {
    readonly status: CountedStatus;
    readonly statementsChecksum: string;
    readonly at: number;
    /** Another deploy hook than the one that asks wrote it: one of another stack, and not deleted. */
    readonly byOtherHook: boolean;
  } | null;
  /** Only of names that are joined with another one, see `PastEvent`. @default none */
  readonly past?: readonly PastEvent[];
}

/** What the rows of a name say that is joined with another one. `other`: the name it had before, or the squash that contains it. */
export interface PastEvent {
  readonly kind: 'executed' | 'moved' | 'reverted' | 'replaced';
  /** Milliseconds since 1970, UTC. */
  readonly at: number;
  readonly other?: string;
}

/** All that the history says, by name. */
export interface History {
  /** Major version of the server, where that was read with it. */
  readonly server: number | null;
  /** False: the tracking tables are not there yet. */
  readonly installed: boolean;
  readonly entries: ReadonlyMap<string, HistoryEntry>;
  /** The newest request of this deploy hook, where a waiter still works for it or where it deleted the hook; else null. */
  readonly openRequest: string | null;
  /** When the lease was taken last before this was read, while nobody had it; null: somebody had it, or it was not read at once. */
  readonly leaseTaken: string | null;
  /** A run has the lease, or a statement of one is at work: `EngineDiagnostics.activity` tells what. @default false */
  readonly isBusy?: boolean;
  /** Indexes that no query uses, because their build failed: `public.users_email`. Only PostgreSQL has such. @default none */
  readonly invalidIndexes?: readonly string[];
  /** What another tool has applied, where the option `baseline` names one and nothing of the folder is applied yet. @default nothing */
  readonly taken?: TakenOver;
}

/** How far a stepwise migration got that is not finished. */
export interface Unfinished {
  readonly name: string;
  readonly statementsApplied: number;
  /** Checksums of its statements, see `ScriptFacts.sums`; null: the run was killed, and only the chained checksum of those applied is known. */
  readonly sums: readonly string[] | null;
  readonly appliedChecksum?: string;
}

/** The digits of a checksum that the history is read with. */
export const SHORT_CHECKSUM = 16;
