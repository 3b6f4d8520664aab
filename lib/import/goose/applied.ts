import type { OtherTable } from '../other-table.ts';

/** The newest row of a version counts: earlier releases appended a row with `is_applied` false when a migration was undone. Row 0 is no migration. */
export const applied: OtherTable = {
  names: ['goose_db_version'],
  columns: ['id', 'version_id', 'is_applied'],
  query: ({ sql }) =>
    `SELECT CONCAT(h.version_id, '') AS id, CASE WHEN h.is_applied THEN 'applied' ELSE 'reverted' END AS state, '' AS detail FROM ${sql} h
WHERE h.version_id > 0 AND h.id = (SELECT MAX(l.id) FROM ${sql} l WHERE l.version_id = h.version_id) ORDER BY h.id`,
  order: 'number',
  idOfFile: 'version',
  repair: 'Finish or roll back with goose',
};
