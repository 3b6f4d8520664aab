import type { Database, Transaction } from '../../../core/database.ts';
import type { Server } from './kind.ts';

/**
 * What decides how the server writes definitions down, for the transaction: with nothing but the catalog on the search path everything else
 * is qualified, and a pooled connection may carry any other setting.
 */
const SETTINGS: Readonly<Record<string, string>> = {
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

const settings = Object.entries(SETTINGS).map(([name, value]) => `set_config('${name}', '${value}', true)`);

/** Work in a transaction whose session writes definitions in one way only. Two calls besides the work's own, and one to set it up. */
export function inCatalogSession<T>(
  database: Database,
  work: (transaction: Transaction, server: Server) => Promise<T>,
): Promise<T> {
  return database.transaction(async transaction => {
    const [row] = await transaction.execute({
      sql: `SELECT pg_catalog.current_setting('server_version_num'), ${settings.join(', ').replaceAll('set_config', 'pg_catalog.set_config')}`,
      effect: 'read',
    });
    return work(transaction, { version: Math.floor(Number(row?.[0]) / 10_000) });
  });
}
