import { everyRow, type OtherTable } from '../other-table.ts';

export const applied: OtherTable = {
  names: ['gorp_migrations'],
  columns: ['id', 'applied_at'],
  query: everyRow('h.id'),
  order: 'text',
  idOfFile: 'file',
  repair: 'Finish or roll back with sql-migrate',
};
