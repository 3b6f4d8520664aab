import { type Database, DatabaseError } from '../../core/database.ts';
import { pause, sleep } from '../../core/sleep.ts';
import type { Failure, ScriptRun } from '../engine.ts';
import { atWork } from './at-work.ts';
import { type Answer, LOCK_NOT_AVAILABLE, QUERY_CANCELED, type Trying, whoseCall } from './call-run.ts';
import { patienceOf, watching } from './lock-watch.ts';
import type { Picture } from './nontransactional.ts';

/** What statements that go alone work with: those of the script, what an earlier run left in the row, and a way to write a checkpoint. */
export interface AloneContext extends Pick<ScriptRun, 'run' | 'stop' | 'waiting'>, Trying {
  readonly database: Database;
  readonly name: string;
  readonly statements: readonly string[];
  readonly picture: Picture | null;
  readonly step: (op: 'before' | 'after' | 'fail', statement: number, more?: object) => Promise<Answer>;
}

export interface Work {
  readonly context: AloneContext;
  readonly tag: string;
}

/** How a statement came to its end. `outlived`: after its call, and the catalog has to tell what it did. */
export type Sent = 'ended' | 'outlived' | Failure;

/**
 * Send a statement as it is, and wait for its end where it outlives its call. No setting of ours bounds its waits for locks, so it is cancelled
 * where readers or writers of a table queue behind it for too long: that is a lock timeout like any other. Throws where its outcome is not known,
 * also because the run is to stop before its end.
 */
export async function send({ context, tag }: Work, sql: string): Promise<Sent> {
  const { database, run } = context;
  const execute = () => database.execute({ sql: `${tag} ${sql}`, effect: 'write' });
  const { end, seen } = await watching(database, { run, tag, cancels: true }, execute);
  if (end.status === 'fulfilled') return 'ended';
  const error: unknown = end.reason;
  if (!(error instanceof DatabaseError)) throw error;
  if (error.service === 'StatementTimeoutException') return untilGone(context, tag, error);
  if (error.outcome !== 'failed') throw error;
  return toFailure(error.sqlState === QUERY_CANCELED && seen.cancelled ? lockTimeout(error) : error, seen.waits);
}

async function untilGone(context: AloneContext, tag: string, cause: DatabaseError): Promise<Sent> {
  const { database, run, stop, waiting } = context;
  const began = Date.now();
  let cancelled: string | null = null;
  for (let nth = 1, absences = 0; ; nth++) {
    const now = await atWork(database, run, tag, patienceOf(run));
    if (now?.cancelled) cancelled = now.waits;
    absences = now ? 0 : absences + 1;
    // One that is not seen may not have begun.
    if (absences === 2) return cancelled === null ? 'outlived' : toFailure(lockTimeout(cause), cancelled);
    if (now) waiting(now.what, Math.round((Date.now() - began) / 1000));
    if (stop()) throw cause;
    await rest(context, now ? pause(nth, 100, 2000) : undefined);
  }
}

/** Whether a statement of this number is at work that an earlier call has sent: looked for a little later than when the lease was granted. */
export async function isElsewhere(context: AloneContext, statement: number): Promise<boolean> {
  await rest(context);
  const { database, run, name } = context;
  return (await atWork(database, run, whoseCall(name, statement))) !== null;
}

/** The time between two looks that both see nothing, before that is believed. */
export function rest({ run }: Pick<AloneContext, 'run'>, ms = Math.min(1000, run.leaseMs / 4)): Promise<void> {
  return sleep(ms);
}

/** In place of the words for a statement that was cancelled: those for one whose `lock_timeout` is over. */
function lockTimeout(cause: DatabaseError): DatabaseError {
  const facts = { outcome: 'failed', service: cause.service, sqlState: LOCK_NOT_AVAILABLE, cause } as const;
  return new DatabaseError('canceling statement due to lock timeout', facts);
}

function toFailure(error: DatabaseError, waits: string | null): Failure {
  const { sqlState: code = null, message, detail = null, hint = null } = error;
  const failed = { code, message, detail, hint, statement: null };
  return code === LOCK_NOT_AVAILABLE && waits !== null ? { ...failed, waitedFor: waits } : failed;
}
