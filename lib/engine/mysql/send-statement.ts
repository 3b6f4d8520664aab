import { type Database, DatabaseError, type Row, type Statement } from '../../core/database.ts';
import { FAILED_AFTER_CALL, type Patience, waitForTransaction } from '../after-timeout.ts';

type Execute = Database['execute'];

export interface Waiting extends Patience {
  readonly returnsRows: boolean;
}

/**
 * Executes a statement in a pinned session, and waits for its end where it takes longer than its call: the service refuses every other statement
 * until then, and MySQL says afterwards whether the last one failed. Throws what the service said where that cannot be told: the session is
 * gone, the run is to stop, or the statement was never seen at work, so that the answer may be about the one before it.
 */
export async function sendStatement(
  execute: Execute,
  statement: Statement,
  { returnsRows, ...patience }: Waiting,
): Promise<Row[]> {
  try {
    return await execute(statement);
  } catch (error) {
    if (!(error instanceof DatabaseError) || error.service !== 'StatementTimeoutException') throw error;
    const changed = await rowCount(execute, patience);
    // Of a statement that returns rows it is -1, also when it succeeded.
    if (changed === undefined || (returnsRows && changed < 0)) throw error;
    if (changed < 0) throw await failure(execute, error);
    return [];
  }
}

/** Of the last statement, once it has ended; undefined: it has not, it was never seen at work, or the session is gone. */
async function rowCount(execute: Execute, patience: Patience): Promise<number | undefined> {
  const question = { sql: 'SELECT CAST(ROW_COUNT() AS char)', effect: 'read' } as const;
  const answer = await waitForTransaction(execute, question, patience).catch(() => undefined);
  return answer?.waited ? Number(answer.rows[0]?.[0]) : undefined;
}

/** With the database's own words, as far as the performance schema is on and may be read. */
async function failure(execute: Execute, cause: DatabaseError): Promise<DatabaseError> {
  const [row] = await execute({
    sql: `SELECT h.message_text, CAST(h.mysql_errno AS char), h.returned_sqlstate
      FROM performance_schema.events_statements_history h
      WHERE h.thread_id = PS_CURRENT_THREAD_ID() AND h.mysql_errno <> 0 ORDER BY h.event_id DESC LIMIT 1`,
    effect: 'read',
  }).catch(() => []);
  const [message, code, sqlState] = row ?? [];
  return new DatabaseError(message ?? FAILED_AFTER_CALL, {
    outcome: 'failed',
    service: cause.service,
    sqlState: sqlState ?? undefined,
    errorCode: code == null ? undefined : Number(code),
    cause,
  });
}
