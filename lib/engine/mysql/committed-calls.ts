import type { Database } from '../../core/database.ts';

/**
 * Gives each call outside of a transaction a transaction of its own. For sessions whose `autocommit` is off: a write would stay open in the pool, with its
 * locks, and a read would fix what the next reads see. The service begins with START TRANSACTION, which commits what an earlier call left open.
 */
export function committedCalls(database: Database): Database {
  return {
    execute: statement => database.transaction(transaction => transaction.execute(statement)),
    begin: () => database.begin(),
    transaction: work => database.transaction(work),
    get calls() {
      return database.calls;
    },
  };
}
