import { type Database, DatabaseError, type Row, type Statement } from '../../core/database.ts';
import { pause, sleep } from '../../core/sleep.ts';
import { FAILED_AFTER_CALL, waitForTransaction } from '../after-timeout.ts';

/**
 * A pooled connection may carry what another call left on it. Most of that is undone inside of our functions, but what stops a statement
 * before it begins must be reset by a statement before it, on the same connection: in a Data API transaction.
 */
const resets: Readonly<Record<string, string>> = {
  // permission denied: another role may be set
  '42501': 'SET LOCAL ROLE NONE',
  // read-only transaction: may be the default of this connection
  '25006': 'SET TRANSACTION READ WRITE',
};

/**
 * Where `default_transaction_isolation` is above READ COMMITTED, statements of ours that meet those of another run fail so, at their end too. All
 * that they did was taken back with that.
 */
const SERIALIZATION = '40001';

/** How often one is sent that fails so. */
const TRIES = 8;

export interface CleanSession {
  /** What makes the session fit for the statement, in the same transaction. */
  readonly before?: readonly string[];
  /** Whether to stop waiting for a statement whose call ends before it does. @default never */
  readonly stop?: () => boolean;
}

/** Run one statement of ours, again where another run was in its way, and in a session that was reset where the state of the connection may have been. */
export async function withCleanSession(
  database: Database,
  statement: Statement,
  { before = [], stop = () => false }: CleanSession = {},
): Promise<Row[]> {
  for (let nth = 1; ; nth++) {
    try {
      return await (before.length === 0 ? database.execute(statement) : withResets(database, before, statement, stop));
    } catch (error) {
      if (!(error instanceof DatabaseError) || error.outcome !== 'failed') throw error;
      const reset = resets[error.sqlState ?? ''];
      if (reset !== undefined && !before.includes(reset))
        return withCleanSession(database, statement, { before: [reset, ...before], stop });
      if (error.sqlState !== SERIALIZATION || nth === TRIES || stop()) throw error;
    }
    await sleep(pause(nth, 50, 1000));
  }
}

/**
 * Run one statement in a transaction of its own, after others that make the session fit for it. What it did when its answer was lost is
 * committed all the same, once it has ended: nobody else would, and it would be undone with its locks held until then. Thrown is what became of
 * the answer.
 */
async function withResets(
  database: Database,
  before: readonly string[],
  statement: Statement,
  stop: () => boolean,
): Promise<Row[]> {
  let lost: DatabaseError | undefined;
  const rows = await database.transaction(async ({ execute }) => {
    for (const sql of before) await execute({ sql, effect: 'write' });
    try {
      return await execute(statement);
    } catch (error) {
      if (!(error instanceof DatabaseError) || error.outcome !== 'unknown') throw error;
      lost = error;
      if (await hasEnded(execute, stop)) return [];
      throw error;
    }
  });
  if (lost) throw lost;
  return rows;
}

/** Waits for the end of the statement before. False: told to stop. Throws that it failed, or that its transaction is gone. */
async function hasEnded(execute: Database['execute'], stop: () => boolean): Promise<boolean> {
  try {
    return (await waitForTransaction(execute, { sql: 'SELECT true::text', effect: 'read' }, { stop })) !== undefined;
  } catch (error) {
    if (!(error instanceof DatabaseError) || error.sqlState !== '25P02') throw error;
    throw new DatabaseError(FAILED_AFTER_CALL, { outcome: 'failed', service: error.service, cause: error });
  }
}
