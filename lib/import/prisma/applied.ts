import type { OtherTable } from '../other-table.ts';

/** A migration that was rolled back by `migrate resolve` and applied later has two rows. */
export const applied: OtherTable = {
  names: ['_prisma_migrations'],
  columns: ['migration_name', 'checksum', 'finished_at', 'rolled_back_at', 'started_at'],
  query: ({ sql }) =>
    `SELECT CONCAT(h.migration_name, '') AS id, CASE WHEN h.rolled_back_at IS NOT NULL THEN 'reverted' WHEN h.finished_at IS NULL THEN 'failed' ELSE 'applied' END AS state,
CONCAT(h.checksum, '') AS detail FROM ${sql} h ORDER BY h.started_at, h.finished_at`,
  order: 'text',
  idOfFile: 'name',
  repair: 'Its column logs holds the error. Fix it there and run `prisma migrate resolve`',
};
