import type { OtherTable } from '../other-table.ts';

/** On MySQL the row is written before the migration runs, with `success` false. */
export const applied: OtherTable = {
  names: ['_sqlx_migrations'],
  columns: ['version', 'success', 'checksum'],
  query: ({ sql, engine }) =>
    `SELECT CONCAT(h.version, '') AS id, CASE WHEN h.success THEN 'applied' ELSE 'failed' END AS state,
${engine === 'mysql' ? 'LOWER(HEX(h.checksum))' : "ENCODE(h.checksum, 'hex')"} AS detail FROM ${sql} h ORDER BY h.version`,
  order: 'number',
  idOfFile: 'version',
  repair: 'Undo by hand what it did, delete its row there, and run `sqlx migrate run`',
};
