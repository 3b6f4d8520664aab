import { DatabaseError, type Passing } from '../core/database.ts';
import type { Retries } from '../core/retry.ts';
import { isNotEnabled } from './errors.ts';

/** A wait that the retry layer makes, for the one who watches. */
export interface Wait {
  readonly what: string;
  /** Seconds since the first try. */
  readonly seconds: number;
}

export interface RetryOptions {
  /** Milliseconds to wait for a cluster that resumes, is being modified or has no writer. A resume takes about 15 s, after a day 30 s or longer. @default 180000 */
  readonly clusterBudgetMs?: number;
  /** Milliseconds from the first refusal to wait for a right that was just given, or a Data API that was just turned on. @default 0 */
  readonly propagationBudgetMs?: number;
  /** When the first refusal came, in milliseconds since 1970, if it came before this call. Without effect when its wait is over. */
  readonly refusedAt?: number | undefined;
  /** Milliseconds that throttling, and reads without an answer, are repeated for. @default 30000 */
  readonly loadBudgetMs?: number;
  readonly onWait?: (wait: Wait) => void;
  /** Ends a wait early, but for that of `propagationBudgetMs`. */
  readonly signal?: AbortSignal;
  /** Ends every wait early and what is on its way, the outcome unknown, and lets nothing begin: the caller has to answer. Not before `signal`. */
  readonly giveUp?: AbortSignal;
}

/** Pauses before the next try, in milliseconds; the last one repeats. Jittered by ±25 % against many waiting in step. */
const pauses: Readonly<Record<Passing, readonly number[]>> = {
  cluster: [500, 1000, 2000, 3000, 5000],
  propagation: [1000, 2000, 5000],
  load: [100, 200, 400, 800, 1600, 3000],
};

/**
 * When a call is repeated: where that is known to be harmless, because the service says that it never ran, or it only reads. Whatever may have run
 * is never repeated. The SDK's own retry would do just that (it repeats what is ambiguous, and gives up on a cluster that resumes), so it is off.
 * For one call: the time that it waits for counts from here.
 */
export function retriesOf<T>(effect: 'read' | 'write', options: RetryOptions): Retries<T> {
  const { clusterBudgetMs = 180_000, loadBudgetMs = 30_000, propagationBudgetMs = 0, onWait } = options;
  const budgets: Readonly<Record<Passing, number>> = {
    cluster: clusterBudgetMs,
    propagation: propagationBudgetMs,
    load: loadBudgetMs,
  };
  const began = Date.now();
  let refusedAt: number | undefined;
  return {
    while(error, nth) {
      const passing = error instanceof DatabaseError ? passingWith(error, effect) : null;
      if (passing === null) return false;
      if (passing === 'propagation') refusedAt ??= firstRefusal(options);
      const spent = Date.now() - (passing === 'propagation' ? refusedAt! : began);
      const left = budgets[passing] - spent;
      const ends = passing === 'propagation' ? [options.giveUp] : [options.signal, options.giveUp];
      const signal = AbortSignal.any(ends.filter(one => one !== undefined));
      if (left <= 0 || signal.aborted) return false;
      onWait?.({ what: waitedFor(error as DatabaseError), seconds: Math.round(spent / 1000) });
      const pause = pauses[passing][Math.min(nth, pauses[passing].length) - 1]!;
      return { ms: Math.min(left, pause * (0.75 + Math.random() / 2)), signal };
    },
  };
}

function firstRefusal({ refusedAt, propagationBudgetMs = 0 }: RetryOptions): number {
  const now = Date.now();
  // An earlier one whose wait is over has passed meanwhile, or nobody would call any more.
  return refusedAt !== undefined && now < refusedAt + propagationBudgetMs ? refusedAt : now;
}

function passingWith({ outcome, passing }: DatabaseError, effect: 'read' | 'write'): Passing | null {
  if (outcome !== 'unknown') return passing;
  return effect === 'write' ? null : (passing ?? 'load');
}

/** Says what a call waits for, as a noun. */
export function waitedFor({ service, passing, message }: DatabaseError): string {
  if (passing === 'propagation')
    return isNotEnabled(service, message) ? 'the Data API to be enabled' : 'the rights of this function';
  switch (service) {
    case 'DatabaseResumingException':
      return 'the cluster to resume';
    case 'InvalidResourceStateException':
      return 'the cluster to be available';
    case 'DatabaseNotFoundException':
    case 'DatabaseUnavailableException':
      return 'the writer instance of the cluster';
    default:
      return `the service (${service})`;
  }
}
