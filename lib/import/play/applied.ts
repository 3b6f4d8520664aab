import type { OtherTable } from '../other-table.ts';

/** Any state but `applied` is a revision that is under way or was interrupted. */
export const applied: OtherTable = {
  names: ['play_evolutions'],
  columns: ['id', 'hash', 'state', 'apply_script'],
  query: ({ sql }) =>
    `SELECT CONCAT(h.id, '') AS id, CASE h.state WHEN 'applied' THEN 'applied' ELSE 'failed' END AS state, CONCAT(h.state, '') AS detail FROM ${sql} h ORDER BY h.id`,
  order: 'number',
  idOfFile: 'version',
  repair: 'Its column last_problem holds the error. Fix it there and mark it resolved in Play',
};
