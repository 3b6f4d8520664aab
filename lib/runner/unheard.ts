import type { Migration } from '../core/manifest.ts';
import type { Failure } from '../engine/engine.ts';
import type { WriteOptions } from './options.ts';

/** So many calls in a row may leave no trace. */
const MOST = 3;

/**
 * Counts, by migration, the calls in a row of which neither an answer nor the history says what became of them. One such call is bad luck. The
 * next one is told to write down whatever it meets, a lock too, for nobody may hear its answer; and what leaves no trace again and again may
 * be what ends the session, or the server, each time.
 */
export function unheard({ database, engine, on }: WriteOptions) {
  const counts = new Map<string, number>();
  return {
    /** How often the next call may meet a lock, where not as often as usual. */
    tries: (name: string): number | undefined => (counts.has(name) ? 1 : undefined),
    /** Why it is not sent again, or null. `statement`: the one that it would be. */
    failure(name: string, statement: number | null): Failure | null {
      const times = counts.get(name) ?? 0;
      return times < MOST ? null : noOutcome(times, statement);
    },
    /** The answer to a call was lost, and the history says nothing of its end. `farther`: that it came farther than the one before. */
    async note({ name, names }: Pick<Migration, 'name' | 'names'>, farther: boolean): Promise<void> {
      if (farther) {
        counts.delete(name);
        return;
      }
      counts.set(name, (counts.get(name) ?? 0) + 1);
      // A lock for which there was no time is the likeliest.
      const holders = await engine.lockHolders(database, names).catch(() => null);
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
