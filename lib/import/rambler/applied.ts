import { everyRow, type OtherTable } from '../other-table.ts';

export const applied: OtherTable = {
  names: ['migrations'],
  columns: ['migration'],
  // Laravel's table has a batch.
  without: ['batch'],
  query: everyRow('h.migration'),
  order: 'text',
  idOfFile: 'file',
  repair: 'Finish or roll back with rambler',
};
