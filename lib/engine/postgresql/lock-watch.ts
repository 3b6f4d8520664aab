import type { Database } from '../../core/database.ts';
import { sleep } from '../../core/sleep.ts';
import type { Run } from '../engine.ts';
import { type AtWork, atWork } from './activity.ts';

/** How often is looked where no lock times out. */
const UNBOUNDED_MS = 3000;

/** Milliseconds for which others may queue behind a statement; null: as long as it takes, as PostgreSQL reads a `lock_timeout` of 0. */
export function patienceOf({ lockTimeoutMs }: Run): number | null {
  return lockTimeoutMs > 0 ? lockTimeoutMs : null;
}

/** What a statement was seen to wait for. */
export interface Watched {
  /** The last that it waited for, in words. */
  readonly waits: string | null;
  readonly cancelled: boolean;
}

export interface LockWatch {
  /** Ends the watch, and tells what was seen. */
  end(): Watched;
  /** The same, with what is being looked at just now: it may be why a statement failed. */
  endAfterLook(): Promise<Watched>;
}

/**
 * Looks at a statement of ours while its call lasts, often enough that none waits for a lock for as long as `lockTimeoutMs` unseen: afterwards
 * nobody could tell who held it. `cancels`: it has no lock timeout of its own, and is ended where others have queued behind it for so long.
 * A call that is short is not looked at. What cannot be looked at is not disturbed by it.
 */
export function watchLocks(
  database: Database,
  { run, tag, cancels }: { run: Run; tag: string; cancels: boolean },
): LockWatch {
  const patience = patienceOf(run);
  const over = new AbortController();
  let last: AtWork | null = null;
  let cancelled: string | null = null;
  const looking = look();

  function end(): Watched {
    over.abort();
    return { waits: cancelled ?? last?.waits ?? null, cancelled: cancelled !== null };
  }

  async function look(): Promise<void> {
    for (;;) {
      await sleep(patience === null ? UNBOUNDED_MS : Math.max(100, patience * 0.6), over.signal);
      if (over.signal.aborted) return;
      const now = await atWork(database, run, tag, cancels ? patience : null).catch(() => last);
      if (now?.cancelled) cancelled = now.waits;
      // It has ended, and the answer is on its way: what it waited for before is what it tells of.
      last = now ?? last;
    }
  }

  return {
    end,
    async endAfterLook() {
      over.abort();
      await looking;
      return end();
    },
  };
}
