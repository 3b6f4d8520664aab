import { everyRow, type OtherTable } from '../other-table.ts';

export const applied: OtherTable = {
  names: ['__diesel_schema_migrations'],
  columns: ['version', 'run_on'],
  query: everyRow('h.version'),
  order: 'text',
  idOfFile: 'version',
  repair: 'Finish or roll back with diesel',
};
