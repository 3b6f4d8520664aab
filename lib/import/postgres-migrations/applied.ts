import { everyRow, type OtherTable } from '../other-table.ts';

/** Row 0 is the table itself. */
export const applied: OtherTable = {
  names: ['migrations'],
  columns: ['id', 'name', 'hash', 'executed_at'],
  query: everyRow('h.id', { detail: "CONCAT(h.name, ' ', h.hash)", where: 'h.id > 0', orderBy: 'h.id' }),
  order: 'number',
  idOfFile: 'version',
  repair: 'Finish it with postgres-migrations',
};
