import type { OtherTable } from '../other-table.ts';

/** One number: 0 where nothing is applied. Flyway's old table has the same name and ten columns. */
export const applied: OtherTable = {
  names: ['schema_version'],
  columns: ['version'],
  without: ['installed_rank', 'script'],
  query: ({ sql }) =>
    `SELECT CONCAT(h.version, '') AS id, 'upto' AS state, '' AS detail FROM ${sql} h WHERE h.version > 0 ORDER BY h.version`,
  order: 'number',
  idOfFile: 'version',
  repair: 'Finish or roll back with tern',
  doubt:
    'tern records one number only: that every migration up to it is applied cannot be checked here, `diff` shows it',
};
