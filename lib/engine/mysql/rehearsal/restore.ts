import type { Database } from '../../../core/database.ts';
import type { CopiedHistory } from '../../rehearser.ts';
import { type CopiedRow, rowsOf } from '../../rehearser-rows.ts';
import { inPages } from '../../tracking-rows.ts';
import { naming, type TrackingNames } from '../names.ts';

/** Columns of MySQL's tracking table that a copy has, with their types in JSON_TABLE. */
const COLUMNS: Readonly<Record<string, string>> = {
  name: 'varchar(200)',
  attempt: 'int',
  direction: 'varchar(4)',
  status: 'varchar(16)',
  version: 'varchar(200)',
  checksum: 'char(64)',
  statements_checksum: 'char(64)',
  statements: 'int',
  statements_applied: 'int',
  other_name: 'varchar(200)',
  applied_checksum: 'char(16)',
  statement_checksums: 'longtext',
  started_at: 'datetime(6)',
  finished_at: 'datetime(6)',
  execution_time_ms: 'bigint',
  error_code: 'varchar(32)',
  error_message: 'text',
  error_detail: 'text',
  error_hint: 'text',
  error_statement: 'int',
  error_line: 'int',
  run_id: 'varchar(64)',
  hook: 'varchar(700)',
  requested_by: 'text',
  tool_version: 'varchar(64)',
  content_facts: 'longtext',
};

/** See `Rehearser.restore`. */
export async function restore(database: Database, history: CopiedHistory, names: TrackingNames): Promise<void> {
  const named = naming(names);
  // The row of the tracking tables is among those that are copied.
  await database.execute({ sql: named('DELETE FROM schema_migrations'), effect: 'write' });
  const columns = Object.keys(COLUMNS).join(', ');
  const types = Object.entries(COLUMNS).map(([name, type]) => `${name} ${type} PATH '$.${name}'`);
  const sql = named(`INSERT INTO schema_migrations (${columns})
    SELECT ${columns} FROM JSON_TABLE(:rows, '$[*]' COLUMNS (${types.join(', ')})) r`);
  for (const rows of inPages(rowsOf(history).map(toRow)))
    await database.execute({ sql, parameters: { rows: JSON.stringify(rows) }, effect: 'write' });
}

function toRow({ sums, content_facts, started_at, finished_at, ...row }: CopiedRow) {
  return {
    ...row,
    statement_checksums: sums && JSON.stringify(sums),
    content_facts: content_facts && JSON.stringify(content_facts),
    started_at: toDatetime(started_at),
    finished_at: finished_at && toDatetime(finished_at),
  };
}

/** ISO 8601 in UTC as MySQL writes it. */
function toDatetime(iso: string): string {
  return iso.replace('T', ' ').replace('Z', '');
}
