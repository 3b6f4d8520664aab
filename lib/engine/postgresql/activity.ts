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

/** See `EngineDiagnostics.progress`. Others' statements are hidden from a user without pg_read_all_stats; those of this run are its own. */
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

/** Every statement that is sent as it is begins with this, and so does every call that executes a migration. */
export const TAG = '/* aurora-migrations ';

/** The runs that this process was before, and their leases, from the parameter `previous`. */
export const PREVIOUS = `pg_catalog.string_to_array(CAST(:previous AS pg_catalog.text), ' ')`;

/** Whether the row `a` of pg_stat_activity is such a statement, at work in this database. */
export const IS_AT_WORK = `a.datname = pg_catalog.current_database() AND a.state <> 'idle' AND a.pid <> pg_catalog.pg_backend_pid() AND a.query LIKE '${TAG}%'`;

/**
 * Rows of what works in this database for a run, as `a`, in words as `what`: `a statement of this run, name:002_x statement:3, 12 s, building
 * index: scanning table 45 %`. It takes the parameter of `PREVIOUS`: which of them are of this run.
 */
export const AT_WORK = `
  SELECT a.pid, a.query, w.what AS waits, w.queues, w.ms, pg_catalog.concat_ws(', ', 'a statement of ' ||
        CASE WHEN pg_catalog.substring(a.query, 'run:([^ ]*)') = ANY (${PREVIOUS}) THEN 'this run' ELSE 'an earlier run' END,
      pg_catalog.btrim(pg_catalog.substring(a.query, '/[*] aurora-migrations run:[^ ]* ([^*]*)')),
      extract(epoch FROM pg_catalog.clock_timestamp() - a.query_start)::pg_catalog.int8 || ' s', ${PROGRESS}, 'waiting for ' || w.what) AS what
  FROM pg_catalog.pg_stat_activity a ${joinProgress('a.pid')} ${joinWait('a')}
  WHERE ${IS_AT_WORK}`;

export interface AtWork {
  /** In words. */
  readonly what: string;
  /** What it waits for, in words, if it does. */
  readonly waits: string | null;
  /** It was cancelled. */
  readonly cancelled: boolean;
}

/**
 * What is at work with this in its tag, or null. One behind which readers or writers of a table have queued for `patienceMs` is cancelled;
 * null: none is.
 */
export async function atWork(
  database: Database,
  { runId, previous }: Pick<Run, 'runId' | 'previous'>,
  tag: string,
  patienceMs: number | null = null,
): Promise<AtWork | null> {
  const [row] = await withCleanSession(database, {
    sql: `WITH at_work AS MATERIALIZED (${AT_WORK})
      SELECT s.what, s.waits, (CASE WHEN s.queues AND s.ms >= CAST(:patience AS pg_catalog.int8) THEN pg_catalog.pg_cancel_backend(s.pid) END)::pg_catalog.text
      FROM at_work s WHERE pg_catalog.strpos(s.query, :tag) > 0 ORDER BY s.waits LIMIT 1`,
    parameters: {
      tag,
      previous: [runId, ...previous].join(' '),
      patience: patienceMs === null ? null : String(patienceMs),
    },
    effect: 'read',
  });
  return row ? { what: row[0]!, waits: row[1] ?? null, cancelled: row[2] === 'true' } : null;
}
