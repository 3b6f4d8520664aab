import { everyRow, type OtherTable } from '../other-table.ts';

/** A row has the hash of the file and its time in milliseconds; from release 1.0 on the name of its folder too, for old rows with the old time. */
export const applied: OtherTable = {
  names: ['__drizzle_migrations'],
  columns: ['id', 'hash', 'created_at'],
  query: found => {
    const time = "CONCAT(h.created_at, '')";
    const hasName = found.columns.some(column => column.toLowerCase() === 'name');
    const detail = hasName ? `CONCAT(h.hash, ' ', COALESCE(h.name, ''))` : 'h.hash';
    return everyRow(time, { detail, orderBy: 'h.id' })(found);
  },
  order: 'number',
  idOfFile: 'none',
  repair: 'Finish or roll back with drizzle-kit',
};
