import type { Database, Row, Statement, Transaction } from '../../../core/database.ts';
import type { TrackingNames } from '../../../core/identifier.ts';
import { type Seen, statementTag } from '../../rehearser.ts';
import { executeOutside } from './outside.ts';
import { compareRelations, readRelations } from './relations.ts';

/** A call of one of our functions, which executes a migration or one statement of it in the transaction of the call. */
const CALL = /^SELECT \S+_run_1"?\(:meta, :content, :down\)$/;

/**
 * See `Rehearser.observe`. Each call of our functions runs in an explicit transaction, whose locks, files and scans are read before and after it
 * in the same session: the numbers of a transaction are its session's own, and the locks are gone when it ends.
 */
export function observe(database: Database, names: TrackingNames, seen: (effects: Seen) => void): Database {
  const { schema = 'public', table = 'schema_migrations' } = names;
  const tracking = [table, `${table}_lease`, `${table}_hooks`].map(name => `${quoted(schema)}.${quoted(name)}`);
  const isTracking = (name: string) => tracking.includes(name);

  async function observed(execute: Transaction['execute'], statement: Statement): Promise<Row[]> {
    const { migration, statement: number } = statementTag(statement.sql)!;
    const before = await readRelations(execute);
    const rows = await execute(statement);
    const effects = compareRelations(before, await readRelations(execute), isTracking);
    seen({ migration, statement: number, ...effects });
    return rows;
  }

  /** One that can run in no transaction. */
  async function outside(statement: Statement): Promise<Row[]> {
    const { migration, statement: number } = statementTag(statement.sql)!;
    const { rows, ...effects } = await executeOutside(database, statement, isTracking);
    seen({ migration, statement: number, ...effects, scanned: null });
    return rows;
  }

  const within = ({ execute }: Transaction): Transaction => ({
    execute: statement => (isCall(statement) ? observed(execute, statement) : execute(statement)),
  });

  return {
    execute(statement) {
      if (isCall(statement)) return database.transaction(({ execute }) => observed(execute, statement));
      return statement.effect === 'write' && statementTag(statement.sql)
        ? outside(statement)
        : database.execute(statement);
    },
    transaction: work => database.transaction(transaction => work(within(transaction))),
    begin: () => database.begin(),
    get calls() {
      return database.calls;
    },
  };
}

function isCall({ sql }: Statement): boolean {
  return CALL.test(statementTag(sql)?.rest ?? '');
}

/** As `format('%I')` writes a plain name. */
function quoted(name: string): string {
  return /^[a-z_][a-z0-9_$]*$/.test(name) ? name : `"${name}"`;
}
