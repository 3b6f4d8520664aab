import { everyRow, type OtherTable } from '../other-table.ts';

export const applied: OtherTable = {
  names: ['pgmigrations'],
  columns: ['id', 'name', 'run_on'],
  query: everyRow('h.name', { orderBy: 'h.run_on, h.id' }),
  order: 'text',
  idOfFile: 'name',
  repair: 'Finish or roll back with node-pg-migrate',
};
