import { type Database, DatabaseError } from '../../core/database.ts';
import { type HookState, TrackingMissing } from '../engine.ts';
import { withCleanSession } from './clean-session.ts';

/** How many characters of former requests are kept: some fifty. */
const REMEMBERED = 2000;

/** See `Lease.announce`. */
export async function announce(
  database: Database,
  named: (sql: string) => string,
  hook: string,
  requestId: string,
  state: HookState,
): Promise<boolean> {
  const rows = await withCleanSession(database, {
    sql: named(
      `INSERT INTO public.schema_migrations_hooks AS o (hook, request_id, state, requested_at)
       VALUES (CAST(:hook AS pg_catalog.text), CAST(:request AS pg_catalog.text), :state, pg_catalog.clock_timestamp())
       ON CONFLICT (hook) DO UPDATE SET request_id = excluded.request_id, state = excluded.state, requested_at = excluded.requested_at,
         earlier_requests = CASE WHEN o.request_id = excluded.request_id THEN o.earlier_requests
           ELSE pg_catalog.left(pg_catalog.concat_ws(' ', o.request_id, o.earlier_requests), ${REMEMBERED}) END
       WHERE coalesce(pg_catalog.strpos(o.earlier_requests, excluded.request_id), 0) = 0
       RETURNING o.hook`,
    ),
    parameters: { hook, request: requestId, state },
    // Repeating it is harmless: it says the same, and an old request is told from the newest.
    effect: 'read',
  }).catch((error: unknown) => {
    throw error instanceof DatabaseError && error.sqlState === '42P01' ? new TrackingMissing(error) : error;
  });
  return rows.length > 0;
}
