import { randomUUID } from 'node:crypto';
import { DatabaseError } from '../core/database.ts';
import type { Problem } from '../core/errors.ts';
import { retry } from '../core/retry.ts';
import { VERSION } from '../core/version.ts';
import { type Acquired, type Run, TrackingMissing } from '../engine/engine.ts';
import { installTracking } from './install.ts';
import type { WriteOptions } from './options.ts';

/** How long a lease outlives the last sign of life of its run. Between two calls of a run lie milliseconds; its calls hold locks of their own. */
const LEASE_MS = 20_000;

export type Lease =
  /** `unchanged`: nobody has had the lease `since`, so what was read then is still so. */
  { readonly run: Run; readonly unchanged: boolean } | { readonly problem: Problem };

/**
 * Waits for the lease until the deadline. `since`: `leaseTaken` of an earlier reading of the history. `before`: the run of the turn before, whose
 * call was lost: under a new run id that call is fenced, should it arrive late.
 */
export async function acquireLease(
  options: WriteOptions,
  deadline: number,
  since: string | null,
  before?: Run,
): Promise<Lease> {
  const { engine, database, signal } = options;
  const began = Date.now();
  let run = newRun(options, before);
  let tries = 0;
  const ask = async (): Promise<Acquired> => {
    tries++;
    try {
      return await engine.lease.acquire(database, run, tries === 1 ? since : null);
    } catch (error) {
      if (error instanceof TrackingMissing && tries === 1) {
        await installTracking(options, run);
        return { status: 'held', by: 'the row of the lease' };
      }
      if (!(error instanceof DatabaseError) || error.outcome !== 'unknown' || Date.now() > deadline) throw error;
      run = newRun(options, run);
      return { status: 'held', by: 'a call whose answer was lost' };
    }
  };
  const answer = await retry(ask, {
    until(answer) {
      if (answer.status !== 'held' || signal?.aborted || Date.now() > deadline) return true;
      options.on?.({ event: 'waiting', what: answer.by, seconds: Math.round((Date.now() - began) / 1000) });
      return false;
    },
    first: 100,
    most: 2000,
    signal,
  });
  if (answer.status === 'acquired') return { run, unchanged: answer.unchanged };
  if (answer.status === 'held') return { problem: leaseHeld(answer.by) };
  // What an earlier turn held is not given back by its end: the newer request would wait until it expires.
  for (const runId of run.previous) await releaseLease(options, { ...run, runId }, false);
  return { problem: superseded };
}

/** Gives the lease back; `finished`: nothing is left to do for the request. A lease that cannot be given back ends by itself. */
export async function releaseLease({ engine, database }: WriteOptions, run: Run, finished: boolean): Promise<void> {
  await engine.lease.release(database, run, finished).catch(() => undefined);
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

/** The problem of a run that could not have the lease. */
export function leaseHeld(by: string): Problem {
  return {
    code: 'lease-held',
    message: `Waited in vain for ${by}`,
    remedy: 'Wait until it has ended, and run again; a run that died gives way by itself',
  };
}
