import { type Database, DatabaseError } from '../../core/database.ts';
import { sleep } from '../../core/sleep.ts';
import { ER, isError } from './errors.ts';

/**
 * Execute a statement that changes rows in a session that cannot be told how long it may wait for them: no hint sets `innodb_lock_wait_timeout`, and
 * a SET would take two calls more. Where it is at work for longer than `seconds`, it is looked at, and ended if it waits for a row: then the
 * error is that of a wait that was too long. Without the right to see that (PROCESS), it waits as long as the server lets it.
 * @param tag the comment that it begins with
 */
export async function patiently(
  database: Database,
  tag: string,
  seconds: number,
  execute: () => Promise<void>,
): Promise<void> {
  const over = new AbortController();
  let ended = false;
  const watching = (async () => {
    for (;;) {
      await sleep(seconds * 1000, over.signal);
      if (over.signal.aborted || ended) return;
      ended = await endWaiting(database, tag, seconds);
    }
  })().catch(() => undefined);
  try {
    await execute();
  } catch (error) {
    if (!ended || !isError(error, ER.QUERY_INTERRUPTED)) throw error;
    throw new DatabaseError(`Lock wait timeout exceeded: it waited for a row for ${seconds} s`, {
      outcome: 'failed',
      service: error.service,
      sqlState: 'HY000',
      errorCode: ER.LOCK_WAIT_TIMEOUT,
      cause: error,
    });
  } finally {
    over.abort();
    await watching;
  }
}

async function endWaiting(database: Database, tag: string, seconds: number): Promise<boolean> {
  const [row] = await database.execute({
    sql: `SELECT CAST(t.trx_mysql_thread_id AS char) FROM information_schema.innodb_trx t WHERE t.trx_state = 'LOCK WAIT'
      AND LEFT(t.trx_query, CHAR_LENGTH(:tag)) = :tag AND t.trx_wait_started <= NOW() - INTERVAL ${Math.max(1, seconds - 1)} SECOND`,
    parameters: { tag },
    effect: 'read',
  });
  if (row?.[0] == null) return false;
  await database.execute({ sql: `KILL QUERY ${Number(row[0])}`, effect: 'read' });
  return true;
}
