import type { Database } from '../../core/database.ts';
import type { Resolution } from '../engine.ts';
import { withCleanSession } from './clean-session.ts';

/** The checksum of a statement is that with which it was sent, else that of the file. */
const CHECKSUM = `coalesce(CAST(h.in_flight AS pg_catalog.json)->>'checksum', CAST(:checksum AS pg_catalog.text), '')`;

/** The checkpoint behind the statement. */
const DONE = `, statements_applied = h.statements_applied + 1,
  applied_checksum = pg_catalog.left(pg_catalog.encode(pg_catalog.sha256(pg_catalog.convert_to(h.applied_checksum || ${CHECKSUM}, 'UTF8')), 'hex'), 16),
  statement_checksums = (coalesce(CAST(h.statement_checksums AS pg_catalog.jsonb), '[]') || pg_catalog.to_jsonb(${CHECKSUM}))::pg_catalog.text`;

/**
 * See `Store.resolve`: moves the checkpoint past the statement, or takes away the mark that it may have been sent. False where the
 * latest attempt does not stand at that statement, or a run holds the lease.
 */
export async function resolve(
  database: Database,
  named: (sql: string) => string,
  { migration, statement, done, checksum }: Resolution,
): Promise<boolean> {
  const rows = await withCleanSession(database, {
    sql: named(`WITH free AS (
        SELECT l.id FROM public.schema_migrations_lease l
        WHERE l.id = 'lease' AND (l.run_id IS NULL OR l.expires_at < pg_catalog.clock_timestamp()) FOR UPDATE SKIP LOCKED
      ), moved AS (
        UPDATE public.schema_migrations h SET in_flight = NULL${done ? DONE : ''}
        WHERE h.name = :migration AND h.status IN ('failed', 'running') AND h.statements_applied = CAST(:statement AS bigint) - 1
          -- An attempt in one transaction has no statement to stand at.
          AND h.applied_checksum IS NOT NULL
          AND h.attempt = (SELECT pg_catalog.max(o.attempt) FROM public.schema_migrations o WHERE o.name = :migration)
          AND EXISTS (SELECT FROM free)
        RETURNING h.name
      )
      -- Whoever has read the history before has to read it anew.
      UPDATE public.schema_migrations_lease l SET acquired_at = pg_catalog.clock_timestamp() FROM moved WHERE l.id = 'lease' RETURNING l.id`),
    parameters: { migration, statement: String(statement), ...(done && { checksum }) },
    effect: 'write',
  });
  return rows.length > 0;
}
