import { type Database, DatabaseError, type Transaction } from '../../../core/database.ts';
import { MigrationError, type Problem } from '../../../core/errors.ts';
import { retry } from '../../../core/retry.ts';
import { checkVersion, SERVER_VERSION } from '../server-version.ts';
import type { Server } from './kind.ts';

/**
 * What decides how the server writes definitions down, for the transaction: with nothing but the catalog on the search path everything else
 * is qualified, and a pooled connection may carry any other setting.
 */
export const SETTINGS: Readonly<Record<string, string>> = {
  role: 'none',
  search_path: 'pg_catalog, pg_temp',
  quote_all_identifiers: 'off',
  standard_conforming_strings: 'on',
  datestyle: 'ISO, YMD',
  intervalstyle: 'postgres',
  timezone: 'UTC',
  extra_float_digits: '1',
  bytea_output: 'hex',
  statement_timeout: '0',
  // The query is large and looks dear; compiling it takes longer than running it.
  jit: 'off',
};

const settings = Object.entries(SETTINGS).map(([name, value]) => `pg_catalog.set_config('${name}', '${value}', true)`);

/** Work in a transaction whose session writes definitions in one way only: three calls besides those of the work. */
function catalogSession<T>(
  database: Database,
  work: (transaction: Transaction, server: Server) => Promise<T>,
): Promise<T> {
  return database.transaction(async transaction => {
    const [row] = await transaction.execute({
      sql: `SELECT ${SERVER_VERSION}, ${settings.join(', ')}`,
      effect: 'read',
    });
    return work(transaction, { version: checkVersion(row![0]!) });
  });
}

/** How often something that only reads is tried, with growing pauses: about three seconds in all. */
const TRIES = 6;
const PAUSE_MS = 200;

/**
 * The functions that write definitions look at the catalog as it is now, not as it was when the query began: what was dropped meanwhile is
 * an error to them (XX000 "cache lookup failed", undefined table, column, object), or we make it one (see `written`).
 */
const DROPPED_MEANWHILE = ['XX000', '42P01', '42703', '42704'];

/**
 * The same for work that only reads: it is begun anew where an answer was lost, or where the schema was just being changed. Throws
 * `schema-changing` where it does not stop being changed.
 */
export async function inCatalogSession<T>(
  database: Database,
  work: (transaction: Transaction, server: Server) => Promise<T>,
): Promise<T> {
  return retry(() => catalogSession(database, work), {
    while(error, nth) {
      const again = error instanceof DatabaseError && (error.outcome !== 'failed' || wasDropped(error));
      return again && { ms: PAUSE_MS * nth };
    },
    tries: TRIES,
  }).catch(error => {
    throw wasDropped(error) ? new MigrationError(changing, { cause: error }) : error;
  });
}

function wasDropped(error: unknown): boolean {
  return error instanceof DatabaseError && DROPPED_MEANWHILE.includes(error.sqlState ?? '');
}

const changing: Problem = {
  code: 'schema-changing',
  message: 'The schema was changed whenever it was read',
  remedy: 'Try again when nothing changes it',
};
