import { everyRow, type OtherTable } from '../other-table.ts';

export const applied: OtherTable = {
  names: ['schema_migration'],
  columns: ['version'],
  query: everyRow('h.version'),
  order: 'text',
  idOfFile: 'version',
  repair: 'Finish or roll back with soda',
};
