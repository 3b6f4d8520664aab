import type { Database } from '../../core/database.ts';
import { withCleanSession } from './clean-session.ts';

/**
 * See `Engine.resolve`: moves the checkpoint past the statement, or takes away the mark that it may have been sent. False where the
 * latest attempt does not stand at that statement, or a run holds the lease.
 */
export async function resolve(
  database: Database,
  named: (sql: string) => string,
  { migration, statement, done }: { migration: string; statement: number; done: boolean },
): Promise<boolean> {
  const rows = await withCleanSession(database, {
    sql: named(`WITH free AS (
        SELECT l.id FROM public.schema_migrations_lease l
        WHERE l.id = 'lease' AND (l.run_id IS NULL OR l.expires_at < pg_catalog.clock_timestamp()) FOR UPDATE SKIP LOCKED
      ), moved AS (
        UPDATE public.schema_migrations h SET picture = NULL,
          statements_applied = h.statements_applied + CASE WHEN :as = 'done' THEN 1 ELSE 0 END
        WHERE h.name = :migration AND h.status IN ('failed', 'running') AND h.statements_applied = CAST(:statement AS bigint) - 1
          -- A failed attempt that was one transaction stored no content: it has no statement to stand at.
          AND coalesce(h.content_facts, h.revert_facts) IS NOT NULL
          AND h.attempt = (SELECT pg_catalog.max(o.attempt) FROM public.schema_migrations o WHERE o.name = :migration)
          AND EXISTS (SELECT FROM free)
        RETURNING h.name
      )
      -- Whoever has read the history before has to read it anew.
      UPDATE public.schema_migrations_lease l SET acquired_at = pg_catalog.clock_timestamp() FROM moved WHERE l.id = 'lease' RETURNING l.id`),
    parameters: { migration, statement: String(statement), as: done ? 'done' : 'not-done' },
    effect: 'write',
  });
  return rows.length > 0;
}
