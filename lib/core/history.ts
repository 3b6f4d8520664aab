/** Status of an attempt, as the table holds it. */
export type AttemptStatus = 'running' | 'applied' | 'failed' | 'reverted' | 'baselined';

/** What the history says of one migration: its latest attempt, and the latest that counts. */
export interface HistoryEntry {
  readonly name: string;
  readonly latest: {
    readonly attempt: number;
    readonly status: AttemptStatus;
    /** First 16 hex digits, as of all checksums here: enough to compare, short enough to read thousands in one call. */
    readonly statementsChecksum: string;
    readonly statementsApplied: number | null;
    /** Milliseconds since 1970, UTC: when it ended, or began while it runs. */
    readonly at: number;
    readonly executionTimeMs: number | null;
  };
  /** The latest attempt that was applied, reverted or baselined: what the schema holds. */
  readonly inForce: {
    readonly status: 'applied' | 'reverted' | 'baselined';
    readonly statementsChecksum: string;
    readonly at: number;
    /** Another deploy hook than the one that asks wrote it: one of another stack, and not deleted. */
    readonly byOtherHook: boolean;
  } | null;
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
