/** In words, of a row of pg_stat_activity: `process 4711 (report, psql: idle in transaction for 3 s)`. No SQL text: it may hold values. */
export const WHO = (a: string) => `'process ' || ${a}.pid || ' (' ||
  pg_catalog.concat_ws(', ', coalesce(${a}.usename::pg_catalog.text, 'unknown user'), nullif(${a}.application_name, '')) || ': ' || coalesce(${a}.state, 'state hidden') ||
  coalesce(' for ' || extract(epoch FROM pg_catalog.clock_timestamp() - coalesce(${a}.xact_start, ${a}.query_start))::pg_catalog.int8 || ' s', '') || ')'`;

/**
 * Adds what the process `a` of pg_stat_activity waits for, as `w (what, queues, ms)`: in words with who holds it, whether readers or writers of
 * a table queue behind it, and for how long. Others' states are hidden from a user without pg_read_all_stats; who they are is not.
 */
export const joinWait = (a: string) => `LEFT JOIN LATERAL (
  SELECT CASE WHEN l.locktype = 'relation' THEN 'a lock on ' || l.relation::pg_catalog.regclass::pg_catalog.text
      WHEN l.locktype IN ('tuple', 'transactionid') THEN 'a row' || coalesce(' of ' || (SELECT t.relation::pg_catalog.regclass::pg_catalog.text
        FROM pg_catalog.pg_locks t WHERE t.pid = l.pid AND t.locktype = 'tuple' LIMIT 1), '')
      WHEN l.locktype = 'virtualxid' THEN 'a transaction that began before' ELSE 'a lock (' || l.locktype || ')' END ||
    coalesce(', held by ' || (SELECT pg_catalog.string_agg(${WHO('b')}, ' and ') FROM (SELECT DISTINCT x.pid
        FROM pg_catalog.unnest(pg_catalog.pg_blocking_pids(${a}.pid)) x(pid) ORDER BY x.pid LIMIT 3) x
      JOIN pg_catalog.pg_stat_activity b ON b.pid = x.pid), '') AS what,
    l.locktype = 'relation' AND l.mode IN ('ShareLock', 'ShareRowExclusiveLock', 'ExclusiveLock', 'AccessExclusiveLock') AS queues,
    -- Unknown before PostgreSQL 14: then as long as the statement.
    extract(epoch FROM pg_catalog.clock_timestamp() - coalesce((pg_catalog.to_jsonb(l)->>'waitstart')::pg_catalog.timestamptz, ${a}.query_start)) * 1000 AS ms
  FROM pg_catalog.pg_locks l WHERE l.pid = ${a}.pid AND NOT l.granted LIMIT 1
) w ON ${a}.wait_event_type = 'Lock'`;
