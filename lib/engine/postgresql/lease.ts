import { type Database, DatabaseError } from '../../core/database.ts';
import { type Acquired, type HookState, noLease, type Run, TrackingMissing } from '../engine.ts';
import { AT_WORK, PREVIOUS } from './at-work.ts';
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
  SELECT CAST(:request AS pg_catalog.text) IS NULL OR EXISTS (SELECT FROM public.schema_migrations_lease l
    WHERE l.id = CAST(:hook AS pg_catalog.text) AND l.request_id = CAST(:request AS pg_catalog.text)) AS ours
), free AS (
  SELECT l.id, coalesce(l.run_id IS NULL AND ${LAST_TAKEN} = :since, false) AS unchanged FROM public.schema_migrations_lease l
  WHERE l.id = 'lease' AND (l.run_id IS NULL OR l.run_id = ANY (${PREVIOUS}) OR l.expires_at < pg_catalog.clock_timestamp())
    AND NOT EXISTS (SELECT FROM at_work) AND (SELECT ours FROM newest)
  FOR UPDATE SKIP LOCKED
), taken AS (
  UPDATE public.schema_migrations_lease l SET run_id = :run, holder = :holder, migration = NULL,
    acquired_at = pg_catalog.clock_timestamp(), expires_at = pg_catalog.clock_timestamp() + CAST(:lease AS interval)
  FROM free WHERE l.id = free.id RETURNING free.unchanged
)
SELECT CASE WHEN EXISTS (SELECT FROM taken) THEN 'acquired' WHEN NOT (SELECT ours FROM newest) THEN 'superseded' ELSE 'held' END,
  coalesce((SELECT what FROM at_work LIMIT 1),
    (SELECT 'another run (' || coalesce(l.holder, 'nobody') || coalesce(', at ' || l.migration, '') || ')' FROM public.schema_migrations_lease l WHERE l.id = 'lease')),
  (SELECT unchanged::pg_catalog.text FROM taken)`;

/** See `Engine.acquire`. */
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
      holder: run.requestedBy,
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

/** See `Engine.release`. */
export async function releaseLease(
  database: Database,
  named: (sql: string) => string,
  run: Run,
  finished: boolean,
): Promise<void> {
  await withCleanSession(database, {
    sql: named(
      `UPDATE public.schema_migrations_lease SET
         run_id = CASE id WHEN 'lease' THEN NULL ELSE run_id END,
         holder = CASE id WHEN 'lease' THEN NULL ELSE 'done' END, migration = NULL, expires_at = NULL
       WHERE id = 'lease' AND run_id = :run OR id = CAST(:hook AS pg_catalog.text) AND request_id = CAST(:finished AS pg_catalog.text)`,
    ),
    parameters: { run: run.runId, hook: run.hook, finished: finished ? run.requestId : null },
    // Not that it reads: repeating it is harmless, and whoever comes next need not wait until the lease expires.
    effect: 'read',
  });
}

/** How many characters of former requests are kept: some fifty. */
const REMEMBERED = 2000;

/** See `Engine.announce`. */
export async function announce(
  database: Database,
  named: (sql: string) => string,
  hook: string,
  requestId: string,
  state: HookState,
): Promise<boolean> {
  const rows = await withCleanSession(database, {
    sql: named(
      `INSERT INTO public.schema_migrations_lease AS l (id, request_id, holder, acquired_at)
       VALUES (CAST(:hook AS pg_catalog.text), CAST(:request AS pg_catalog.text), :state, pg_catalog.clock_timestamp())
       ON CONFLICT (id) DO UPDATE SET request_id = excluded.request_id, holder = excluded.holder, acquired_at = excluded.acquired_at,
         run_id = CASE WHEN l.request_id = excluded.request_id THEN l.run_id ELSE pg_catalog.left(pg_catalog.concat_ws(' ', l.request_id, l.run_id), ${REMEMBERED}) END
       WHERE coalesce(pg_catalog.strpos(l.run_id, excluded.request_id), 0) = 0
       RETURNING l.id`,
    ),
    parameters: { hook, request: requestId, state },
    // Repeating it is harmless: it says the same, and an old request is told from the newest.
    effect: 'read',
  }).catch((error: unknown) => {
    throw error instanceof DatabaseError && error.sqlState === '42P01' ? new TrackingMissing(error) : error;
  });
  return rows.length > 0;
}
