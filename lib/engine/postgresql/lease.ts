import type { Database } from '../../core/database.ts';
import { type Acquired, noLease, type Run } from '../engine.ts';
import { AT_WORK, PREVIOUS } from './activity.ts';
import { withCleanSession } from './clean-session.ts';

/** When the lease was taken last, in microseconds since 1970: no setting of the session decides how that is written. */
export const LAST_TAKEN = `coalesce((extract(epoch FROM l.acquired_at) * 1000000.0)::pg_catalog.int8::pg_catalog.text, 'never')`;

/**
 * One statement that wants the row free or expired, not locked, and nothing at work that an earlier run began: it would be competed with.
 * The second column says who is in the way, the third whether nobody has had it since it was taken at `:since`.
 */
const acquire = `
WITH at_work AS (${AT_WORK}
), newest AS (
  SELECT CAST(:request AS pg_catalog.text) IS NULL OR EXISTS (SELECT FROM public.schema_migrations_hooks o
    WHERE o.hook = CAST(:hook AS pg_catalog.text) AND o.request_id = CAST(:request AS pg_catalog.text)) AS ours
), free AS (
  SELECT l.id, coalesce(l.run_id IS NULL AND ${LAST_TAKEN} = :since, false) AS unchanged FROM public.schema_migrations_lease l
  WHERE l.id = 'lease' AND (l.run_id IS NULL OR l.run_id = ANY (${PREVIOUS}) OR l.expires_at < pg_catalog.clock_timestamp())
    AND NOT EXISTS (SELECT FROM at_work) AND (SELECT ours FROM newest)
  FOR UPDATE SKIP LOCKED
), taken AS (
  UPDATE public.schema_migrations_lease l SET run_id = :run, requested_by = :requested_by, migration = NULL,
    acquired_at = pg_catalog.clock_timestamp(), expires_at = pg_catalog.clock_timestamp() + CAST(:lease AS interval)
  FROM free WHERE l.id = free.id RETURNING free.unchanged
)
SELECT CASE WHEN EXISTS (SELECT FROM taken) THEN 'acquired' WHEN NOT (SELECT ours FROM newest) THEN 'superseded' ELSE 'held' END,
  coalesce((SELECT what FROM at_work LIMIT 1),
    (SELECT 'another run (' || coalesce(l.requested_by, 'nobody') || coalesce(', at ' || l.migration, '') || ')' FROM public.schema_migrations_lease l WHERE l.id = 'lease')),
  (SELECT unchanged::pg_catalog.text FROM taken)`;

/** See `Lease.acquire`. */
export async function acquireLease(
  database: Database,
  named: (sql: string) => string,
  run: Run,
  since: string | null,
): Promise<Acquired> {
  const [row] = await withCleanSession(database, {
    sql: named(acquire),
    parameters: {
      run: run.runId,
      previous: run.previous.join(' '),
      requested_by: run.requestedBy,
      lease: `${run.leaseMs} milliseconds`,
      hook: run.hook,
      request: run.requestId,
      since,
    },
    effect: 'write',
  });
  const [status, by, unchanged] = row ?? [];
  if (status === 'acquired') return { status, unchanged: unchanged === 'true' };
  if (status === 'superseded') return { status };
  if (by == null) throw noLease();
  return { status: 'held', by };
}

/** See `Lease.release`. */
export async function releaseLease(
  database: Database,
  named: (sql: string) => string,
  run: Run,
  finished: boolean,
): Promise<void> {
  await withCleanSession(database, {
    sql: named(`WITH hooks AS (
        UPDATE public.schema_migrations_hooks o SET state = 'done' WHERE o.hook = CAST(:hook AS pg_catalog.text) AND o.request_id = CAST(:finished AS pg_catalog.text)
      ) UPDATE public.schema_migrations_lease l SET run_id = NULL, requested_by = NULL, migration = NULL, expires_at = NULL
      WHERE l.id = 'lease' AND l.run_id = :run`),
    parameters: { run: run.runId, hook: run.hook, finished: finished ? run.requestId : null },
    // Not that it reads: repeating it is harmless, and whoever comes next need not wait until the lease expires.
    effect: 'read',
  });
}
