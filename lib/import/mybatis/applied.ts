import { everyRow, type OtherTable } from '../other-table.ts';

export const applied: OtherTable = {
  names: ['changelog'],
  columns: ['id', 'applied_at', 'description'],
  query: everyRow('h.id'),
  order: 'number',
  idOfFile: 'version',
  repair: 'Finish or roll back with MyBatis Migrations',
};
