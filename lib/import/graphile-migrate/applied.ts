import { everyRow, type OtherTable } from '../other-table.ts';

/** `filename` is without the words of the file: 000001.sql. */
export const applied: OtherTable = {
  names: ['migrations'],
  schema: 'graphile_migrate',
  columns: ['hash', 'previous_hash', 'filename'],
  query: everyRow('h.filename', { detail: 'h.hash' }),
  order: 'text',
  idOfFile: 'none',
  normalize: id => /^\d+/.exec(id)?.[0] ?? id,
  repair: 'Finish it with graphile-migrate',
};
