import type { Database, Transaction } from '../../../core/database.ts';

/** For one SELECT: a pooled connection may carry other settings. */
export const AS_NEW = `/*+ SET_VAR(sql_select_limit = 18446744073709551615) SET_VAR(time_zone = '+00:00') SET_VAR(sql_mode = '') */`;

/**
 * What decides how the server writes definitions down; a pooled connection may carry anything. The limit on rows would cut off a list.
 * Version comments: older servers do not know what stands in them.
 */
const SETTINGS: Readonly<Record<string, string>> = {
  sql_mode: `''`,
  time_zone: `'+00:00'`,
  character_set_results: 'utf8mb4',
  sql_quote_show_create: '1',
  show_create_table_verbosity: '0',
  sql_select_limit: '18446744073709551615',
};
const SINCE_80030 = { show_gipk_in_create_table_and_information_schema: '1' };

/** A user variable; its name may have 64 characters. */
const kept = (name: string) => `@aurora_${name}`;
const saving = (settings: object) => Object.keys(settings).map(name => `${kept(name)} = @@SESSION.${name}`);
const setting = (settings: object) => Object.entries(settings).map(([name, value]) => `SESSION ${name} = ${value}`);
const restoring = (settings: object) =>
  Object.keys(settings).flatMap(name => [`SESSION ${name} = ${kept(name)}`, `${kept(name)} = NULL`]);

/** One statement: a SET takes its assignments in their order. */
const set = (...of: ((settings: object) => string[])[]) =>
  `SET ${of.flatMap(part => part(SETTINGS)).join(', ')} /*!80030 , ${of.flatMap(part => part(SINCE_80030)).join(', ')} */`;

/**
 * Work on one connection whose session writes definitions in one way only; what the session was before is put back. Four calls besides those
 * of the work.
 */
export function catalogSession<T>(database: Database, work: (transaction: Transaction) => Promise<T>): Promise<T> {
  return database.transaction(async transaction => {
    await transaction.execute({ sql: set(saving, setting), effect: 'read' });
    try {
      return await work(transaction);
    } finally {
      // Where this fails the connection is lost, and the error before it is the one to tell.
      await transaction.execute({ sql: set(restoring), effect: 'read' }).catch(() => undefined);
    }
  });
}
