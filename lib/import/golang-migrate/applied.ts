import type { OtherTable } from '../other-table.ts';

/** One row: the version that was reached. A failed migration leaves `dirty`. */
export const applied: OtherTable = {
  names: ['schema_migrations'],
  columns: ['version', 'dirty'],
  query: ({ sql }) =>
    `SELECT CONCAT(h.version, '') AS id, CASE WHEN h.dirty THEN 'failed' ELSE 'upto' END AS state, '' AS detail FROM ${sql} h ORDER BY h.version`,
  order: 'number',
  idOfFile: 'version',
  repair: 'Fix it there and run `migrate force VERSION` with the version that is really applied',
  doubt:
    'golang-migrate records one number only: that every migration up to it is applied cannot be checked here, `diff` shows it',
};
