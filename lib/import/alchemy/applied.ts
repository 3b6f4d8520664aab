import { everyRow, type OtherTable } from '../other-table.ts';

/** Old tables have the name in `id`, and the file of a folder as `folder/migration.sql`. */
export const applied: OtherTable = {
  names: ['__alchemy_migrations'],
  columns: ['id'],
  query: found => {
    const hasName = found.columns.some(column => column.toLowerCase() === 'name');
    return everyRow(hasName ? 'h.name' : 'h.id', { orderBy: 'h.id' })(found);
  },
  order: 'text',
  idOfFile: 'file',
  layouts: ['drizzle'],
  detailsAreIds: true,
  normalize: id => id.replace(/\/migration\.sql$/, ''),
  repair: 'Finish it with alchemy',
};
