import { DatabaseError } from '../../core/database.ts';
import { pause, sleep } from '../../core/sleep.ts';
import type { Failure } from '../engine.ts';
import { atWork } from './activity.ts';
import { LOCK_NOT_AVAILABLE, QUERY_CANCELED, whoseCall } from './call-run.ts';
import type { Execution } from './execution.ts';
import { patienceOf, watchLocks } from './lock-watch.ts';

/** How a statement came to its end. `after-timeout`: after its call, and the catalog has to tell what it did. */
export type Sent = 'ended' | 'after-timeout' | Failure;

/**
 * Sends a statement as it is, and waits for its end where its call ends before it does. No setting of ours bounds its waits for locks, so it is cancelled
 * where readers or writers of a table queue behind it for too long: that is a lock timeout like any other. Throws where its outcome is not known,
 * also because the run is to stop before its end.
 */
export async function sendStatement(execution: Execution, tag: string, sql: string): Promise<Sent> {
  const { database, run } = execution;
  const watch = watchLocks(database, { run, tag, cancels: true });
  try {
    await database.execute({ sql: `${tag} ${sql}`, effect: 'write' });
    watch.end();
    return 'ended';
  } catch (error) {
    const { waits, cancelled } = await watch.endAfterLook();
    if (!(error instanceof DatabaseError)) throw error;
    if (error.service === 'StatementTimeoutException') return untilGone(execution, tag, error);
    if (error.outcome !== 'failed') throw error;
    return failureOf(error.sqlState === QUERY_CANCELED && cancelled ? lockTimeout(error) : error, waits);
  }
}

/** Waits until a statement whose call has ended is gone. */
async function untilGone(execution: Execution, tag: string, cause: DatabaseError): Promise<Sent> {
  const { database, run, stop, waiting } = execution;
  const began = Date.now();
  let cancelled: string | null = null;
  for (let nth = 1, absences = 0; ; nth++) {
    const now = await atWork(database, run, tag, patienceOf(run));
    if (now?.cancelled) cancelled = now.waits;
    absences = now ? 0 : absences + 1;
    // One that is not seen may not have begun.
    if (absences === 2) return cancelled === null ? 'after-timeout' : failureOf(lockTimeout(cause), cancelled);
    if (now) waiting(now.what, Math.round((Date.now() - began) / 1000));
    if (stop()) throw cause;
    await rest(execution, now ? pause(nth, 100, 2000) : undefined);
  }
}

/** Whether a statement of this number is at work that an earlier call has sent: looked for a little later than when the lease was granted. */
export async function isElsewhere(execution: Execution, statement: number): Promise<boolean> {
  await rest(execution);
  const { database, run, name } = execution;
  return (await atWork(database, run, whoseCall(name, statement))) !== null;
}

/** The time between two looks that both see nothing, before that is believed. */
export function rest({ run }: Pick<Execution, 'run'>, ms = Math.min(1000, run.leaseMs / 4)): Promise<void> {
  return sleep(ms);
}

/** In place of the words for a statement that was cancelled: those for one whose `lock_timeout` is over. */
function lockTimeout(cause: DatabaseError): DatabaseError {
  const facts = { outcome: 'failed', service: cause.service, sqlState: LOCK_NOT_AVAILABLE, cause } as const;
  return new DatabaseError('canceling statement due to lock timeout', facts);
}

function failureOf(error: DatabaseError, waits: string | null): Failure {
  const { sqlState: code = null, message, detail = null, hint = null } = error;
  const failed = { code, message, detail, hint, statement: null };
  return code === LOCK_NOT_AVAILABLE && waits !== null ? { ...failed, waitedFor: waits } : failed;
}
