import type { Database } from '../../core/database.ts';
import { ownSession } from './session.ts';

/**
 * See `Engine.lockHolders`. Others' states are hidden from a user without pg_read_all_stats; who holds the lock is not. No SQL text: it may
 * hold values.
 */
export async function lockHolders(database: Database, names: readonly string[]): Promise<string | null> {
  const rows = await ownSession(database, {
    sql: `SELECT DISTINCT ON (a.pid) c.relname::text, a.pid::text, coalesce(a.usename::text, 'unknown user'), coalesce(a.application_name, ''),
        coalesce(a.state, 'state hidden'), coalesce(extract(epoch FROM clock_timestamp() - coalesce(a.xact_start, a.query_start))::int8::text, '')
      FROM pg_catalog.pg_locks l JOIN pg_catalog.pg_class c ON c.oid = l.relation
        JOIN pg_catalog.pg_database d ON d.oid = l.database AND d.datname = current_database()
        JOIN pg_catalog.pg_stat_activity a ON a.pid = l.pid
      WHERE l.granted AND l.pid <> pg_backend_pid() AND l.locktype = 'relation'
        AND c.relname IN (SELECT jsonb_array_elements_text(CAST(:names AS jsonb)))
      ORDER BY a.pid, c.relname LIMIT 3`,
    parameters: { names: JSON.stringify(names) },
    effect: 'read',
  });
  if (rows.length === 0) return null;
  return rows
    .map(([table, pid, user, application, state, seconds]) => {
      const who = [user, application].filter(Boolean).join(', ');
      return `a lock on ${table}, held by process ${pid} (${who}: ${state}${seconds ? ` for ${seconds} s` : ''})`;
    })
    .join('; ');
}
