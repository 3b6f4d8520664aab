import type { Migration } from '../core/manifest.ts';
import type { Failure } from '../engine/engine.ts';
import type { WriteOptions } from './options.ts';

/** So many calls in a row may leave no trace. */
const MAX_LOST_CALLS = 3;

/** The calls in a row of each migration of which neither an answer nor the history tells the outcome. */
export interface LostCalls {
  /** How often the next call may meet a lock; undefined: as often as usual. */
  tries(name: string): number | undefined;
  /** Why the migration is not sent again, or null. `statement`: the one that it would begin with. */
  failure(name: string, statement: number | null): Failure | null;
  /** The answer to a call was lost, and the history says nothing of its end. `farther`: it came farther than the call before. */
  note(migration: Pick<Migration, 'name' | 'names'>, farther: boolean): Promise<void>;
}

/**
 * Counts lost calls. After one, the next is told to record whatever it meets, a lock too, because its answer may be lost as well. A migration
 * whose calls leave no trace again and again may end the session, or the server, each time.
 */
export function countLostCalls({ database, engine, on }: WriteOptions): LostCalls {
  const counts = new Map<string, number>();
  return {
    tries: name => (counts.has(name) ? 1 : undefined),
    failure(name, statement) {
      const times = counts.get(name) ?? 0;
      return times < MAX_LOST_CALLS ? null : noOutcome(times, statement);
    },
    async note({ name, names }, farther) {
      if (farther) {
        counts.delete(name);
        return;
      }
      counts.set(name, (counts.get(name) ?? 0) + 1);
      // A lock for which there was no time is the likeliest cause.
      const holders = await engine.diagnostics.lockHolders(database, names).catch(() => null);
      if (holders !== null) on?.({ event: 'waiting', what: holders, seconds: 0 });
    },
  };
}

export const NO_OUTCOME = 'no-outcome';

export function noOutcome(times: number, statement: number | null): Failure {
  return {
    code: NO_OUTCOME,
    message: `${times} calls in a row ended without an answer, and nothing tells of an end of it`,
    detail: null,
    hint: null,
    statement,
    remedy:
      'Look into the log of the database: one of its statements may end its session, or the server. Then fix it and run again',
  };
}
