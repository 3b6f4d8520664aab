import type { OtherTable } from '../other-table.ts';

/** Rows whose version begins with a point are notes of Atlas. `applied` below `total`: it stopped half-way. */
export const applied: OtherTable = {
  names: ['atlas_schema_revisions'],
  columns: ['version', 'type', 'applied', 'total', 'error', 'hash'],
  query: ({ sql }) =>
    `SELECT CONCAT(h.version, '') AS id, CASE WHEN COALESCE(h.error, '') <> '' OR h.applied < h.total THEN 'failed' WHEN h.type = 1 THEN 'baseline' ELSE 'applied' END AS state,
CONCAT(h.hash, '') AS detail FROM ${sql} h WHERE h.version NOT LIKE '.%' ORDER BY h.version`,
  order: 'text',
  idOfFile: 'version',
  layouts: ['golang-migrate', 'goose', 'flyway', 'dbmate'],
  repair: 'Its column error holds the message. Fix it there and run `atlas migrate apply` or `atlas migrate set`',
};
