import { type Answer, LOCK_NOT_AVAILABLE } from './call-run.ts';
import type { Execution } from './execution.ts';
import { toFailure } from './failure.ts';
import { lockHolders } from './lock-holders.ts';

/** Locks and deadlocks: nothing happened, and it may well go better the next time. */
export const LOCKED = [LOCK_NOT_AVAILABLE, '40P01', '40001'];

/** Whether a statement met a lock. */
export function isLocked({ status, code }: Answer): boolean {
  return status === 'failed' && LOCKED.includes(code ?? '');
}

/** Pauses before a statement that met a lock is tried again. `tried` counts from 1. Answers what ends the tries, or null. */
export async function nextTry(execution: Execution, tried: number, answer: Answer): Promise<Answer | null> {
  if (tried >= execution.tries) return { ...answer, waits: await waitedFor(execution, answer) };
  await execution.pause(tried, toFailure(answer));
  return execution.stop() ? { status: 'stopped' } : null;
}

/** What a statement waited for that fails with a lock: the last chance to see it. */
export async function waitedFor(
  { database, names }: Pick<Execution, 'database' | 'names'>,
  { code, waits = null }: Pick<Answer, 'code' | 'waits'>,
): Promise<string | null> {
  if (code !== LOCK_NOT_AVAILABLE || waits !== null) return waits;
  return lockHolders(database, names).catch(() => null);
}
