import type { DatabaseError } from '../core/database.ts';
import { sleep } from '../core/sleep.ts';
import { type Classified, classify, type Patience } from './errors.ts';

/** A wait that the retry layer makes, for the one who watches. */
export interface Wait {
  readonly what: string;
  /** Seconds since the first try. */
  readonly seconds: number;
}

export interface RetryOptions {
  /** Milliseconds that a paused cluster, one that is being changed, or a missing writer, is waited for. A resume takes about 15 s, after a day 30 s or longer. @default 180000 */
  readonly clusterBudgetMs?: number;
  /** Milliseconds that throttling, and reads without an answer, are repeated for. @default 30000 */
  readonly loadBudgetMs?: number;
  readonly onWait?: (wait: Wait) => void;
  /** Ends a wait early. */
  readonly signal?: AbortSignal;
}

/** Pauses before the next try, in milliseconds; the last one repeats. Jittered by ±25 % against many waiting in step. */
const pauses: Readonly<Record<Exclude<Patience, 'none'>, readonly number[]>> = {
  cluster: [500, 1000, 2000, 3000, 5000],
  load: [100, 200, 400, 800, 1600, 3000],
};

/**
 * Repeats a call where that is known to be harmless: the service says that it never ran, or it only reads. Whatever may have run is never
 * repeated here. The SDK's own retry would do just that (it repeats what is ambiguous, and gives up on a cluster that resumes), so it is off.
 */
export async function retrying<T>(effect: 'read' | 'write', options: RetryOptions, call: () => Promise<T>): Promise<T> {
  const { clusterBudgetMs = 180_000, loadBudgetMs = 30_000, onWait, signal } = options;
  const began = Date.now();
  for (let nth = 0; ; nth++) {
    let met: Classified;
    try {
      return await call();
    } catch (thrown) {
      met = classify(thrown);
    }
    const patience = patienceWith(met, effect);
    const spent = Date.now() - began;
    const budget = patience === 'cluster' ? clusterBudgetMs : loadBudgetMs;
    if (patience === 'none' || spent >= budget || signal?.aborted) throw met.error;
    onWait?.({ what: reason(met.error), seconds: Math.round(spent / 1000) });
    const pause = pauses[patience][Math.min(nth, pauses[patience].length - 1)]!;
    await sleep(Math.min(budget - spent, pause * (0.75 + Math.random() / 2)), signal);
  }
}

function patienceWith({ error, patience }: Classified, effect: 'read' | 'write'): Patience {
  if (error.outcome !== 'unknown') return patience;
  if (effect === 'write') return 'none';
  return patience === 'none' ? 'load' : patience;
}

function reason(error: DatabaseError): string {
  switch (error.service) {
    case 'DatabaseResumingException':
      return 'the cluster to resume';
    case 'InvalidResourceStateException':
      return 'the cluster to be available';
    case 'DatabaseNotFoundException':
    case 'DatabaseUnavailableException':
      return 'the writer instance of the cluster';
    default:
      return `the service (${error.service})`;
  }
}
