import type { Database } from '../../core/database.ts';
import type { Activity } from '../../core/report.ts';
import { toActivity } from '../tracking-rows.ts';
import { TAG } from './at-work.ts';
import { joinProgress, PROGRESS } from './progress.ts';
import { ownSession } from './session.ts';
import { joinWait } from './waits.ts';

const isOurs = `a.datname = pg_catalog.current_database() AND a.state <> 'idle' AND a.pid <> pg_catalog.pg_backend_pid() AND a.query LIKE '${TAG}%'`;
const isHeld = `l.id = 'lease' AND l.run_id IS NOT NULL AND l.expires_at >= pg_catalog.clock_timestamp()`;

/** Whether `Engine.activity` would find something, as part of another query. */
export const IS_BUSY = `(EXISTS (SELECT FROM pg_catalog.pg_stat_activity a WHERE ${isOurs})
  OR EXISTS (SELECT FROM public.schema_migrations_lease l WHERE ${isHeld}))::pg_catalog.text`;

const seconds = (since: string) =>
  `greatest(0, extract(epoch FROM pg_catalog.clock_timestamp() - ${since}))::pg_catalog.int8::pg_catalog.text`;
const milliseconds = (time: string) => `(extract(epoch FROM ${time}) * 1000.0)::pg_catalog.int8::pg_catalog.text`;

/** The row of a run is seen only after its first commit: the comment of its statement says which migration it is at. */
const query = `
WITH lease AS (
  SELECT l.run_id, l.holder, l.migration, l.acquired_at, ${isHeld} AS live FROM public.schema_migrations_lease l WHERE l.id = 'lease'
), statement AS (
  SELECT a.query_start, pg_catalog.substring(a.query, 'run:([^ ]*)') AS run, pg_catalog.substring(a.query, ' name:([^ ]*)') AS name,
    pg_catalog.substring(a.query, '^[^*]*[*] [^*]* statement:([0-9]+) ') AS number,
    coalesce(${PROGRESS} || coalesce(', waiting for ' || w.what, ''), 'waiting for ' || w.what) AS progress
  FROM pg_catalog.pg_stat_activity a ${joinProgress('a.pid')} ${joinWait('a')} WHERE ${isOurs} ORDER BY w.what IS NULL, a.query_start LIMIT 1
)
SELECT (NOT coalesce(l.live AND (s.run IS NULL OR s.run = l.run_id), false))::pg_catalog.text,
  CASE WHEN s.run IS NULL THEN l.migration ELSE s.name END, s.number,
  CASE WHEN s.run IS NULL OR s.run = l.run_id THEN l.holder
    ELSE (SELECT h.requested_by FROM public.schema_migrations h WHERE h.run_id = s.run ORDER BY h.started_at DESC LIMIT 1) END,
  ${milliseconds('coalesce(s.query_start, l.acquired_at)')}, ${seconds('coalesce(s.query_start, l.acquired_at)')}, s.progress
FROM lease l LEFT JOIN statement s ON true WHERE l.live OR s.run IS NOT NULL`;

/** See `Engine.activity`. */
export async function activity(database: Database, named: (sql: string) => string): Promise<Activity | null> {
  const [row] = await ownSession(database, { sql: named(query), effect: 'read' });
  return row ? toActivity(row) : null;
}
