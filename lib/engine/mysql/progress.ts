import type { Database } from '../../core/database.ts';

/**
 * See `Engine.progress`: the stage of an ALTER and how far it is. Needs the right to see the performance schema, and its consumer
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
