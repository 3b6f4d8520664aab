import { everyRow, type OtherTable } from '../other-table.ts';

/** Names begin with a slash. */
export const applied: OtherTable = {
  names: ['migrations'],
  columns: ['id', 'name', 'run_on'],
  query: everyRow('h.name', { orderBy: 'h.id' }),
  order: 'text',
  idOfFile: 'none',
  normalize: id => id.replace(/^\/+/, ''),
  repair: 'Finish or roll back with db-migrate',
};
