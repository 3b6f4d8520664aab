import type { Database } from '../../core/database.ts';
import { withCleanSession } from './clean-session.ts';
import { WHO } from './lock-waits.ts';

/**
 * See `EngineDiagnostics.lockHolders`. Of relations of these names, the one that the search path finds where there are several; whoever began first is told
 * first, for it has held others up for longest.
 */
export async function lockHolders(database: Database, names: readonly string[]): Promise<string | null> {
  if (names.length === 0) return null;
  const rows = await withCleanSession(database, {
    sql: `SELECT 'a lock on ' || pg_catalog.string_agg(DISTINCT l.relation::pg_catalog.regclass::pg_catalog.text, ', ') || ', held by ' || ${WHO('a')}
      FROM pg_catalog.pg_locks l JOIN pg_catalog.pg_class c ON c.oid = l.relation
        JOIN pg_catalog.pg_database d ON d.oid = l.database AND d.datname = pg_catalog.current_database()
        JOIN pg_catalog.pg_stat_activity a ON a.pid = l.pid
      WHERE l.granted AND l.pid <> pg_catalog.pg_backend_pid() AND l.locktype = 'relation'
        AND pg_catalog.lower(c.relname::pg_catalog.text) IN (SELECT pg_catalog.jsonb_array_elements_text(CAST(:names AS pg_catalog.jsonb)))
        AND (pg_catalog.pg_table_is_visible(c.oid)
          OR NOT EXISTS (SELECT FROM pg_catalog.pg_class v WHERE v.relname = c.relname AND pg_catalog.pg_table_is_visible(v.oid)))
      GROUP BY a.pid, a.usename, a.application_name, a.state, a.xact_start, a.query_start ORDER BY a.xact_start, a.pid LIMIT 3`,
    parameters: { names: JSON.stringify(names) },
    effect: 'read',
  });
  return rows.length === 0 ? null : rows.map(row => row[0]).join('; ');
}
