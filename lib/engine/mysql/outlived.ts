import { type Database, DatabaseError, type Statement } from '../../core/database.ts';
import { sleep } from '../../core/sleep.ts';

type Execute = Database['execute'];

export interface Awaiting {
  readonly returnsRows: boolean;
  /** Whether it is to be waited for no longer. */
  readonly stop: () => boolean;
  readonly meanwhile?: () => Promise<void>;
}

/**
 * Execute a statement in a session that a transaction pins, and wait for its end where it outlives its call: the service refuses another
 * statement until then, and MySQL says afterwards whether the last one failed. Throws what the service said where that cannot be told: the
 * session is gone, the run is to stop, or the statement was never seen at work, so that the answer may be of the one before it.
 */
export async function awaited(
  execute: Execute,
  statement: Statement,
  { returnsRows, stop, meanwhile }: Awaiting,
): Promise<void> {
  try {
    await execute(statement);
  } catch (error) {
    if (!(error instanceof DatabaseError) || error.service !== 'StatementTimeoutException') throw error;
    const changed = await rowCount(execute, stop, meanwhile);
    // Of a statement that returns rows it is -1 whatever became of it.
    if (changed === undefined || (returnsRows && changed < 0)) throw error;
    if (changed < 0) throw await failure(execute, error);
  }
}

/** Of the last statement, once it has ended; undefined: it has not, nobody saw it at work, or the session is gone. */
async function rowCount(
  execute: Execute,
  stop: Awaiting['stop'],
  meanwhile: Awaiting['meanwhile'],
): Promise<number | undefined> {
  for (let seen = false; ; seen = true) {
    try {
      const [row] = await execute({ sql: 'SELECT CAST(ROW_COUNT() AS char)', effect: 'read' });
      return seen ? Number(row?.[0]) : undefined;
    } catch (error) {
      if (!(error instanceof DatabaseError) || error.outcome !== 'not-run') return undefined;
    }
    if (stop()) return undefined;
    await meanwhile?.();
    await sleep(500);
  }
}

/** With the database's own words, as far as the performance schema is on and may be read. */
async function failure(execute: Execute, cause: DatabaseError): Promise<DatabaseError> {
  const [row] = await execute({
    sql: `SELECT h.message_text, CAST(h.mysql_errno AS char), h.returned_sqlstate FROM performance_schema.events_statements_history h
      WHERE h.thread_id = PS_CURRENT_THREAD_ID() AND h.mysql_errno <> 0 ORDER BY h.event_id DESC LIMIT 1`,
    effect: 'read',
  }).catch(() => []);
  const [message, code, sqlState] = row ?? [];
  return new DatabaseError(message ?? 'it failed after its call had ended; what the database said of it was lost', {
    outcome: 'failed',
    service: cause.service,
    sqlState: sqlState ?? undefined,
    errorCode: code == null ? undefined : Number(code),
    cause,
  });
}
