import type { Database } from '../../core/database.ts';
import type { Run } from '../engine.ts';
import { withCleanSession } from './clean-session.ts';
import { joinWait } from './lock-waits.ts';

/** Adds what PostgreSQL tells of the statement that this process is at, as `p (phase, done, total)`; of most kinds it tells nothing. */
export const joinProgress = (pid: string) => `LEFT JOIN LATERAL (
  SELECT c.phase, CASE WHEN c.blocks_total > 0 THEN c.blocks_done ELSE c.tuples_done END AS done, CASE WHEN c.blocks_total > 0 THEN c.blocks_total ELSE c.tuples_total END AS total
    FROM pg_catalog.pg_stat_progress_create_index c WHERE c.pid = ${pid}
  UNION ALL SELECT c.command || ': ' || c.phase, c.heap_blks_scanned, c.heap_blks_total FROM pg_catalog.pg_stat_progress_cluster c WHERE c.pid = ${pid}
  UNION ALL SELECT 'VACUUM: ' || v.phase, v.heap_blks_scanned, v.heap_blks_total FROM pg_catalog.pg_stat_progress_vacuum v WHERE v.pid = ${pid}
  UNION ALL SELECT 'ANALYZE: ' || v.phase, v.sample_blks_scanned, v.sample_blks_total FROM pg_catalog.pg_stat_progress_analyze v WHERE v.pid = ${pid}
) p ON true`;

/** The same in words: `building index: scanning table 45 %`. */
export const PROGRESS = `p.phase || coalesce(' ' || 100 * p.done / nullif(p.total, 0) || ' %', '')`;

/** That, and what it waits for, of `w`. */
export const TOLD = `coalesce(${PROGRESS} || coalesce(', waiting for ' || w.what, ''), 'waiting for ' || w.what)`;

/** See `Engine.progress`. Others' statements are hidden from a user without pg_read_all_stats; those of this run are its own. */
export async function progressOf(database: Database, run: Run): Promise<string | null> {
  const [row] = await withCleanSession(database, {
    sql: `SELECT ${TOLD} FROM pg_catalog.pg_stat_activity a ${joinProgress('a.pid')} ${joinWait('a')}
      WHERE a.datname = pg_catalog.current_database() AND a.state <> 'idle' AND a.pid <> pg_catalog.pg_backend_pid()
        AND pg_catalog.strpos(a.query, 'run:' || :run || ' ') > 0 LIMIT 1`,
    parameters: { run: run.runId },
    effect: 'read',
  });
  return row?.[0] ?? null;
}
