import { everyRow, type OtherTable } from '../other-table.ts';

/** `statements`, an array of all SQL, is never read. */
export const applied: OtherTable = {
  names: ['schema_migrations'],
  schema: 'supabase_migrations',
  columns: ['version'],
  without: ['dirty', 'inserted_at'],
  query: everyRow('h.version'),
  order: 'text',
  idOfFile: 'version',
  repair: 'Finish or roll back with the Supabase CLI (`supabase migration repair`)',
};
