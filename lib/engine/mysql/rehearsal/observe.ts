import {
  type Database,
  DatabaseError,
  type OpenTransaction,
  type Row,
  type Statement,
  type Transaction,
} from '../../../core/database.ts';
import { type Seen, statementTag } from '../../rehearser.ts';
import { variantsOf } from './variants.ts';

/** "… is not supported for this operation. Try …", without and with the reason: nothing was changed. */
const NOT_SUPPORTED = [1845, 1846];

/**
 * See `Rehearser.observe`. In the place of a change of a table the same change is sent with the cheapest algorithm that the server accepts: the
 * schema that it leaves is the same. What the server says of the change itself it says of the statement as it is written.
 */
export function observe(database: Database, seen: (effects: Seen) => void): Database {
  async function observed(execute: Transaction['execute'], statement: Statement): Promise<Row[]> {
    const { migration, statement: number, rest } = statementTag(statement.sql)!;
    const tag = statement.sql.slice(0, statement.sql.length - rest.length);
    for (const { sql, accepted } of variantsOf(rest) ?? []) {
      try {
        const rows = await execute({ ...statement, sql: `${tag}${sql}` });
        seen({ migration, statement: number, locks: [], rewritten: [], scanned: [], accepted });
        return rows;
      } catch (error) {
        if (!(error instanceof DatabaseError) || error.outcome !== 'failed') throw error;
        if (!NOT_SUPPORTED.includes(error.errorCode ?? 0)) break;
      }
    }
    return execute(statement);
  }

  const watched =
    (execute: Transaction['execute']): Transaction['execute'] =>
    statement =>
      statementTag(statement.sql) ? observed(execute, statement) : execute(statement);
  const within = ({ execute, ...ends }: OpenTransaction): OpenTransaction => ({ ...ends, execute: watched(execute) });

  return {
    execute: watched(statement => database.execute(statement)),
    transaction: work => database.transaction(({ execute }) => work({ execute: watched(execute) })),
    begin: async () => within(await database.begin()),
    get calls() {
      return database.calls;
    },
  };
}
