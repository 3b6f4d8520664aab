import { everyRow, type OtherTable } from '../other-table.ts';

/** Columns that may hold the file's name: its documentation does not say which. */
const NAMES = ['name', 'filename', 'file', 'migration', 'id'];

/** Many home-made runners have a table of this name, so it is read only where the tool is named. */
export const applied: OtherTable = {
  names: ['_migrations'],
  columns: [],
  query: found => {
    const columns = found.columns.map(column => column.toLowerCase());
    return everyRow(`h.${NAMES.find(name => columns.includes(name)) ?? 'name'}`)(found);
  },
  order: 'text',
  idOfFile: 'file',
  normalize: id => id.replace(/\.sql$/, ''),
  repair: 'Finish it with aws-blocks',
};
