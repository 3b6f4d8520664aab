import type { Database } from '../../core/database.ts';
import type { Activity } from '../../core/report.ts';
import { IS_AT_WORK, joinProgress, TOLD } from '../postgresql/activity.ts';
import { withCleanSession } from '../postgresql/clean-session.ts';
import { joinWait } from '../postgresql/lock-waits.ts';
import { toActivity } from '../tracking-rows.ts';

const isHeld = `l.id = 'lease' AND l.run_id IS NOT NULL AND l.expires_at >= pg_catalog.clock_timestamp()`;

/** Whether `EngineDiagnostics.activity` would find something, as part of another query. */
export const IS_BUSY = `(EXISTS (SELECT FROM pg_catalog.pg_stat_activity a WHERE ${IS_AT_WORK})
OR EXISTS (SELECT FROM public.schema_migrations_lease l WHERE ${isHeld}))::pg_catalog.text`;

/** The row of a run is seen only after its first commit: the comment of its statement says which migration it is at. */
const query = `WITH s AS (
SELECT a.query_start AS at, pg_catalog.substring(a.query, 'run:([^ ]*)') AS run, pg_catalog.substring(a.query, ' name:([^ ]*)') AS name,
pg_catalog.substring(a.query, '^[^*]*[*] [^*]* statement:([0-9]+) ')::int AS number,
${TOLD} AS progress
FROM pg_catalog.pg_stat_activity a ${joinProgress('a.pid')} ${joinWait('a')} WHERE ${IS_AT_WORK} ORDER BY w.what IS NULL, a.query_start LIMIT 1
), l AS (SELECT *, ${isHeld} AS live FROM public.schema_migrations_lease l WHERE l.id = 'lease'
), x AS (SELECT l.*, s.*, coalesce(s.at, l.acquired_at) AS since, s.run IS NULL OR s.run = l.run_id AS own FROM l LEFT JOIN s ON true WHERE l.live OR s.run IS NOT NULL)
SELECT pg_catalog.json_build_object('interrupted', NOT (x.live AND x.own), 'migration', CASE WHEN x.run IS NULL THEN x.migration ELSE x.name END, 'statement', x.number,
'requestedBy', CASE WHEN x.own THEN x.requested_by ELSE (SELECT h.requested_by FROM public.schema_migrations h WHERE h.run_id = x.run ORDER BY h.started_at DESC LIMIT 1) END,
'since', extract(epoch FROM x.since) * 1000.0, 'seconds', greatest(0, extract(epoch FROM pg_catalog.clock_timestamp() - x.since))::int, 'progress', x.progress)::pg_catalog.text FROM x`;

/** See `EngineDiagnostics.activity`. */
export async function activity(database: Database, named: (sql: string) => string): Promise<Activity | null> {
  const [row] = await withCleanSession(database, { sql: named(query), effect: 'read' });
  return row ? toActivity(row[0]!) : null;
}
