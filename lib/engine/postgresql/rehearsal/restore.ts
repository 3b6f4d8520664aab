import type { Database } from '../../../core/database.ts';
import type { TrackingNames } from '../../../core/identifier.ts';
import type { CopiedHistory } from '../../rehearser.ts';
import { type CopiedRow, rowsOf } from '../../rehearser-rows.ts';
import { inPages } from '../../tracking-rows.ts';
import { naming } from '../names.ts';

/** See `Rehearser.restore`. */
export async function restore(database: Database, history: CopiedHistory, names: TrackingNames): Promise<void> {
  const named = naming(names);
  // The row of the tracking tables is among those that are copied.
  await database.execute({ sql: named('DELETE FROM public.schema_migrations'), effect: 'write' });
  const sql = named(`INSERT INTO public.schema_migrations
    SELECT * FROM pg_catalog.json_populate_recordset(CAST(NULL AS public.schema_migrations), CAST(:rows AS pg_catalog.json))`);
  for (const rows of inPages(rowsOf(history).map(toRow)))
    await database.execute({ sql, parameters: { rows: JSON.stringify(rows) }, effect: 'write' });
}

function toRow({ sums, content_facts, ...row }: CopiedRow) {
  return {
    ...row,
    statement_checksums: sums && JSON.stringify(sums),
    content_facts: content_facts && JSON.stringify(content_facts),
  };
}
