const OF_A_SCHEMA = /(^|_)(schema|db|database)_?version$/i;

/**
 * Whether an update of these columns writes the one row in which an application keeps the version of its schema: `schema_version`,
 * `icinga_dbversion`, or a column `schema_version` of `app_version`. Such an update stands at the end of every migration of some folders.
 */
export function isVersionRow(table: string, columns: readonly unknown[] = []): boolean {
  if (OF_A_SCHEMA.test(table)) return true;
  return /version$/i.test(table) && columns.some(column => OF_A_SCHEMA.test(String(column)));
}
