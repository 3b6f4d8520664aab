import { everyRow, type OtherTable } from '../other-table.ts';

/** A row for each Ruby migration. One file of ours, structure.sql, stands for all of them: see `matchRails`. */
export const applied: OtherTable = {
  names: ['schema_migrations'],
  columns: ['version'],
  without: ['dirty', 'inserted_at', 'statements'],
  query: everyRow('h.version'),
  order: 'number',
  idOfFile: 'none',
  repair: 'Finish or roll back with Rails',
};
