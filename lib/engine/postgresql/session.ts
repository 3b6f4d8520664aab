import { type Database, DatabaseError, type Row, type Statement } from '../../core/database.ts';

/**
 * A pooled connection may carry what another call left on it. Most of that is undone inside of our functions, but what stops a statement
 * before it begins must be mended in a statement before it, on the same connection: in a Data API transaction.
 */
const mends: Readonly<Record<string, string>> = {
  // permission denied: another role may be set
  '42501': 'SET LOCAL ROLE NONE',
  // read-only transaction: may be the default of this connection
  '25006': 'SET TRANSACTION READ WRITE',
};

/** Run one statement of ours, again in a mended session where the state of the connection may have been what stopped it. */
export async function ownSession(
  database: Database,
  statement: Statement,
  before: readonly string[] = [],
): Promise<Row[]> {
  try {
    return await (before.length === 0 ? database.execute(statement) : mended(database, before, statement));
  } catch (error) {
    const mend = error instanceof DatabaseError && error.outcome === 'failed' ? mends[error.sqlState ?? ''] : undefined;
    if (mend === undefined || before.includes(mend)) throw error;
    return ownSession(database, statement, [mend, ...before]);
  }
}

/** Run one statement in a transaction of its own, after others that make the session fit for it. */
function mended(database: Database, before: readonly string[], statement: Statement): Promise<Row[]> {
  return database.transaction(async transaction => {
    for (const sql of before) await transaction.execute({ sql, effect: 'write' });
    return transaction.execute(statement);
  });
}
