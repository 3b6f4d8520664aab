import { randomUUID } from 'node:crypto';
import { DatabaseError } from '../core/database.ts';
import type { Problem } from '../core/errors.ts';
import { pause, sleep } from '../core/sleep.ts';
import { VERSION } from '../core/version.ts';
import { type Run, TrackingMissing } from '../engine/engine.ts';
import type { WriteOptions } from './options.ts';
import type { Picture } from './picture.ts';
import { installTracking } from './tracking.ts';

/** How long a lease outlives the last sign of life of its run. Between two calls of a run lie milliseconds; its calls hold locks of their own. */
const LEASE_MS = 20_000;

/** What became of one turn under the lease. */
export type Turn<T> =
  | {
      readonly value: T;
      /** Nothing is left to do for the request: no further slice will come. */
      readonly finished: boolean;
      /** The lease was given back already, with the last step. @default false */
      readonly released?: boolean;
    }
  /** The fate of a call is not known, or the lease was lost: look again under a new lease. */
  | 'again';

/**
 * Works under the lease; `unchanged`: what was seen before is still so. Where the fate of a call is not known, the next turn has a new run id:
 * with it the lost call is fenced off, should it arrive late, and the history says what it did. Answers with the problem where the lease cannot
 * be had before the deadline.
 */
export async function underLease<T>(
  options: WriteOptions,
  deadline: number,
  { history }: Picture,
  work: (run: Run, unchanged: boolean) => Promise<Turn<T>>,
): Promise<{ value: T } | { problem: Problem }> {
  const { engine, database, signal } = options;
  let run = newRun(options);
  let since = history.leaseTaken;
  for (let nth = 1; ; nth++) {
    const granted = await acquire();
    if ('problem' in granted) return granted;
    let finished = false;
    let gone = false;
    try {
      const turn = await work(run, granted.unchanged);
      gone = turn === 'again' || turn.released === true;
      if (turn !== 'again') {
        finished = turn.finished;
        return turn;
      }
    } finally {
      // A lease that cannot be given back ends by itself.
      if (!gone) await engine.release(database, run, finished).catch(() => undefined);
    }
    if (Date.now() > deadline || signal?.aborted) return { problem: held('a call of this run, whose answer was lost') };
    run = newRun(options, run);
    await sleep(pause(nth, 100, 3000), signal);
  }

  async function acquire(): Promise<{ unchanged: boolean } | { problem: Problem }> {
    const began = Date.now();
    for (let nth = 1; ; nth++) {
      const answer = await engine.acquire(database, run, since).catch(async (error: unknown) => {
        if (error instanceof TrackingMissing && nth === 1) {
          await installTracking(options, run);
          return { status: 'held' as const, by: 'the row of the lease' };
        }
        if (!(error instanceof DatabaseError) || error.outcome !== 'unknown' || Date.now() > deadline) throw error;
        run = newRun(options, run);
        return { status: 'held' as const, by: 'a call whose answer was lost' };
      });
      since = null;
      if (answer.status === 'acquired') return answer;
      if (answer.status === 'superseded') {
        // What an earlier turn held is not given back by its end: the newer request would wait until it expires.
        for (const runId of run.previous)
          await engine.release(database, { ...run, runId }, false).catch(() => undefined);
        return { problem: superseded };
      }
      if (signal?.aborted || Date.now() > deadline) return { problem: held(answer.by) };
      options.on?.({
        event: 'waiting',
        what: answer.by,
        seconds: Math.round((Date.now() - began) / 1000),
      });
      await sleep(pause(nth, 100, 2000), signal);
    }
  }
}

/** A run of its own id: one a turn. `before`: the same process under another id, which may hold the lease still. */
export function newRun({ hook, requestId, requestedBy, lockTimeoutMs, leaseMs }: WriteOptions, before?: Run): Run {
  return {
    runId: randomUUID(),
    previous: before ? [...before.previous, before.runId] : [],
    hook: hook ?? null,
    requestId: requestId ?? null,
    requestedBy,
    toolVersion: VERSION,
    leaseMs: leaseMs ?? LEASE_MS,
    lockTimeoutMs: lockTimeoutMs ?? 5000,
  };
}

const superseded: Problem = {
  code: 'superseded',
  message: 'A newer request of the same deploy hook has taken over',
  remedy: 'Nothing is to be done: the newer one does the work',
};

function held(by: string): Problem {
  return {
    code: 'lease-held',
    message: `Waited in vain for ${by}`,
    remedy: 'Wait until it has ended, and run again; a run that died gives way by itself',
  };
}
