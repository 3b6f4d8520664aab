import { DatabaseError } from '../core/database.ts';
import type { Problem } from '../core/errors.ts';
import type { Migration } from '../core/manifest.ts';
import { pause, sleep } from '../core/sleep.ts';
import { type Failure, type Run, type ScriptRun, TrackingMissing } from '../engine/engine.ts';
import type { WriteOptions } from './options.ts';
import { watched } from './progress.ts';
import { installTracking } from './tracking.ts';

/** How often a statement that meets a lock or a deadlock is tried. */
const TRIES = 6;

/**
 * One attempt to apply or to undo a migration, that changes objects of these names: it tells how it goes on, waits at locks, and makes what is missing of the
 * tracking tables. `unknown`: the answer was lost, and only the history can tell.
 * @param about.tries how often it may meet a lock, default 6
 */
export async function attempt<T>(
  options: WriteOptions,
  run: Run,
  { name, names, tries = TRIES }: Pick<Migration, 'name' | 'names'> & { readonly tries?: number | undefined },
  deadline: number,
  send: (request: Pick<ScriptRun, 'run' | 'tries' | 'pause' | 'waiting' | 'stop'>) => Promise<T>,
): Promise<T | { status: 'unknown' }> {
  const { database, engine, signal, on } = options;
  const stop = () => whyStop(options, deadline) !== null;
  const request = {
    run,
    tries,
    stop,
    waiting: (what: string, seconds: number) => on?.({ event: 'waiting', what, seconds }),
    async pause(tried: number, { waitedFor }: Failure) {
      if (stop()) return;
      const holders = waitedFor ?? (await engine.lockHolders(database, names).catch(() => null));
      on?.({ event: 'waiting', what: holders ?? 'a lock', seconds: 0 });
      await sleep(pause(tried, 250, 5000), signal);
    },
  };
  for (let nth = 1; ; nth++) {
    try {
      return await watched(options, run, name, send(request));
    } catch (error) {
      if (!(error instanceof DatabaseError)) throw error;
      if (error.outcome === 'unknown') return { status: 'unknown' };
      if (!(error instanceof TrackingMissing) || nth > 1) throw error;
      await installTracking(options, run);
    }
  }
}

/** Why no new step is begun, or null. */
export function whyStop({ signal }: WriteOptions, deadline: number): Problem | null {
  if (signal?.aborted) return { code: 'interrupted', message: 'The run was told to end before all was done', remedy };
  if (Date.now() > deadline)
    return { code: 'out-of-time', message: 'The time of this run is over, and not all is done', remedy };
  return null;
}

const remedy = 'Run again: it goes on with what is left';
