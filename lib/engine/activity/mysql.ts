import { type Database, DatabaseError } from '../../core/database.ts';
import type { Activity } from '../../core/report.ts';
import type { Naming } from '../mysql/names.ts';
import { TAG } from '../mysql/names.ts';
import { toActivity } from '../tracking-rows.ts';

const isOurs = `p.db = DATABASE() AND p.id <> CONNECTION_ID() AND p.command <> 'Sleep' AND p.info LIKE '${TAG}%'`;
const isHeld = `l.id = 'lease' AND l.run_id IS NOT NULL AND l.expires_at >= UTC_TIMESTAMP(6)`;

/** Whether `EngineDiagnostics.activity` would find something, as part of another query. */
export const IS_BUSY = `CAST(EXISTS (SELECT 1 FROM information_schema.processlist p WHERE ${isOurs})
  OR EXISTS (SELECT 1 FROM schema_migrations_lease l WHERE ${isHeld}) AS char)`;

/** The row of a run is seen only after its first commit: the comment of its statement says which migration it is at. */
const query = `
SELECT CAST(JSON_OBJECT('interrupted', NOT COALESCE(l.live AND (s.run IS NULL OR s.run = l.run_id), FALSE),
  'migration', IF(s.run IS NULL, l.migration, s.name), 'statement', s.number,
  'requestedBy', IF(s.run IS NULL OR s.run = l.run_id, l.requested_by,
    (SELECT h.requested_by FROM schema_migrations h WHERE h.run_id = s.run ORDER BY h.started_at DESC LIMIT 1)),
  'since', TIMESTAMPDIFF(MICROSECOND, '1970-01-01', COALESCE(UTC_TIMESTAMP(6) - INTERVAL s.seconds SECOND, l.acquired_at)) DIV 1000,
  'seconds', COALESCE(s.seconds, GREATEST(0, TIMESTAMPDIFF(SECOND, l.acquired_at, UTC_TIMESTAMP(6))))) AS char)
FROM (SELECT l.run_id, l.requested_by, l.migration, l.acquired_at, ${isHeld} AS live FROM schema_migrations_lease l WHERE l.id = 'lease') l
  LEFT JOIN (SELECT SUBSTR(REGEXP_SUBSTR(p.info, 'run:[^ ]*'), 5) AS run, SUBSTR(REGEXP_SUBSTR(p.info, 'name:[^ ]*'), 6) AS name,
    CAST(SUBSTR(REGEXP_SUBSTR(p.info, 'statement:[0-9]+'), 11) AS unsigned) AS number, p.time AS seconds
    FROM information_schema.processlist p WHERE ${isOurs} ORDER BY p.time DESC LIMIT 1) s ON TRUE
WHERE l.live OR s.run IS NOT NULL`;

/** See `EngineDiagnostics.activity`. One call more, for how far it is. */
export async function activity(database: Database, named: Naming): Promise<Activity | null> {
  const [row] = await database.execute({ sql: named(query), effect: 'read' });
  if (!row) return null;
  // That takes a right of its own.
  const progress = await progressOf(database).catch((error: unknown) => {
    if (error instanceof DatabaseError) return null;
    throw error;
  });
  return { ...toActivity(row[0]!), progress };
}

/**
 * See `EngineDiagnostics.progress`: the stage of an ALTER and how far it is. Needs the right to see the performance schema, and its consumer
 * `events_stages_current`, which is off by default (https://dev.mysql.com/doc/refman/8.0/en/monitor-alter-table-performance-schema.html).
 */
export async function progressOf(database: Database): Promise<string | null> {
  const [row] = await database.execute({
    sql: `SELECT CONCAT(SUBSTRING_INDEX(s.event_name, '/', -1), COALESCE(CONCAT(' ', 100 * s.work_completed DIV NULLIF(s.work_estimated, 0), ' %'), ''))
      FROM performance_schema.events_stages_current s JOIN performance_schema.threads t ON t.thread_id = s.thread_id
      WHERE t.processlist_db = DATABASE() AND t.processlist_id <> CONNECTION_ID() AND s.event_name LIKE 'stage/innodb/%' LIMIT 1`,
    effect: 'read',
  });
  return row?.[0] ?? null;
}
