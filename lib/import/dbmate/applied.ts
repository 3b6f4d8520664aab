import { everyRow, type OtherTable } from '../other-table.ts';

export const applied: OtherTable = {
  names: ['schema_migrations'],
  columns: ['version'],
  without: ['dirty', 'inserted_at', 'statements'],
  query: everyRow('h.version'),
  order: 'text',
  idOfFile: 'version',
  repair: 'Finish or roll back with dbmate',
};
