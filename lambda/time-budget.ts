/**
 * Milliseconds from the first refusal that a deploy waits for a right that was just given, or a Data API that was just enabled: IAM takes some
 * seconds, seldom minutes, until all of AWS knows it, on an Update too (a new secret, a new cluster), and in the middle of a deploy.
 */
export const PROPAGATION_MS = 300_000;

/** Milliseconds that one slice works at most. */
const SLICE = 300_000;

/**
 * Milliseconds put aside after the work, of the function's time and of the deploy's: for a call that has just begun (the client hears its
 * answer within 65 s), for giving back the lease, and for the answer itself.
 */
const TAIL = 150_000;

/** Milliseconds that a call may wait, beyond all that, for a right that was just given: within its slice, for no later one could tell since when. */
const REFUSED = PROPAGATION_MS;

/** The last milliseconds of these, which are the answer's: whatever is still on its way to the database is given up before. */
const ANSWER = 20_000;

/** Milliseconds that a wait for the cluster may go on after the work should end: it is told to stop then. */
const GRACE = 15_000;

/** Milliseconds between two slices, with what lies between: a poll later than this is not to be counted on. */
const NEXT_POLL = 15_000;

/** How long this slice may work. */
export interface Slice {
  /** Milliseconds; 0: no time is left. */
  readonly budgetMs: number;
  /** It is the function that has no time to begin anything, however much the deploy has. */
  readonly tooShort: boolean;
  /** Milliseconds after which even waits are given up. */
  readonly abortMs: number;
  /** When calls on their way are given up, in milliseconds since 1970: an answer takes nothing else. */
  readonly giveUpAt: number;
  /** Whether another slice could follow when this one ends at `now`. */
  another(now: number): boolean;
}

/** Cut a slice: all in milliseconds, `startedAt` and `now` since 1970. The deploy is answered `timeoutMs` after its start, whatever is left. */
export function cutSlice(time: { startedAt: number; timeoutMs: number; now: number; remainingMs: number }): Slice {
  const { startedAt, timeoutMs, now, remainingMs } = time;
  const workUntil = startedAt + timeoutMs - TAIL;
  const budgetMs = Math.max(0, Math.min(SLICE, remainingMs - TAIL, workUntil - now));
  const least = Math.min(budgetMs + TAIL, remainingMs);
  const most = Math.min(budgetMs + TAIL + REFUSED, startedAt + timeoutMs - now, remainingMs);
  const giveUpMs = Math.max(0, Math.max(least, most) - ANSWER);
  return {
    budgetMs,
    tooShort: remainingMs <= TAIL,
    abortMs: Math.min(budgetMs + GRACE, giveUpMs),
    giveUpAt: now + giveUpMs,
    another: later => later + NEXT_POLL < workUntil,
  };
}
