import type { Database } from '../../core/database.ts';
import { type Acquired, noLease, type Run } from '../engine.ts';
import { isLocked, verdictOf } from './errors.ts';
import { type Naming, TAG } from './names.ts';
import { endById } from './pinned-session.ts';
import { SESSION_LOCK } from './session-variables.ts';

const newest = `(:request IS NULL OR EXISTS (SELECT 1 FROM schema_migrations_hooks o WHERE o.hook = :hook AND o.request_id = :request))`;

/**
 * Sessions of an earlier run: one that executes a statement of a migration still, which would be competed with, and the one that holds the lock, even if
 * it does nothing: requests that are still on their way could reach it.
 */
const atWork = `SELECT p.id, p.info, p.time AS seconds, p.id = CONNECTION_ID() OR p.command = 'Sleep' AS idle FROM information_schema.processlist p
  WHERE p.id = IS_USED_LOCK(${SESSION_LOCK})
    OR p.db = DATABASE() AND p.id <> CONNECTION_ID() AND p.command <> 'Sleep' AND p.info LIKE '${TAG}%'`;

/** When the lease was taken last, as a text. */
export const LAST_TAKEN = `COALESCE(CAST(c.acquired_at AS char), 'never')`;

const expires = 'UTC_TIMESTAMP(6) + INTERVAL CAST(:lease AS unsigned) * 1000 MICROSECOND';
const isFree = (row: string) =>
  `(${row}.run_id IS NULL OR FIND_IN_SET(${row}.run_id, :previous) OR ${row}.expires_at < UTC_TIMESTAMP(6))`;

/**
 * The row, if it is free or expired and not locked, and nothing is at work; else an error that says so, for the service need not tell what was
 * updated. Its id is given by what looks for that: by itself it would be locked first, and waited for.
 */
const acquire = `
UPDATE schema_migrations_lease l
  JOIN (SELECT IF(COUNT(*) = 0, UUID_TO_BIN(CONCAT('aurora-migrations held ', COUNT(*))), 1) AS granted, MAX(c.id) AS id
    FROM schema_migrations_lease c
    WHERE c.id = 'lease' AND ${isFree('c')} AND (:taken IS NULL OR c.run_id IS NULL AND ${LAST_TAKEN} = :taken)
      AND ${newest} AND NOT EXISTS (${atWork}) FOR UPDATE SKIP LOCKED) free ON free.granted = 1 AND l.id = free.id
SET l.run_id = :run, l.requested_by = :by, l.migration = NULL, l.acquired_at = UTC_TIMESTAMP(6), l.expires_at = ${expires}`;

/** Who has it now, and the session of a run that is no more, if it does nothing. Read without locks: the open transaction of that run may hold the row. */
const look = `
SELECT IF(${newest}, 'held', 'superseded'),
  COALESCE((SELECT CONCAT('a statement of ', IF(FIND_IN_SET(SUBSTR(REGEXP_SUBSTR(w.info, 'run:[^ ]*'), 5), :previous) OR FIND_IN_SET(f.run_id, :previous), 'this run', 'an earlier run'),
        COALESCE(CONCAT(', ', REGEXP_SUBSTR(w.info, 'name:[^*]*[^ *]')), ''), ', ', w.seconds, ' s') FROM (${atWork}) w WHERE NOT w.idle AND ${isFree('f')} LIMIT 1),
    CONCAT('another run (', COALESCE(f.requested_by, 'nobody'), COALESCE(CONCAT(', at ', f.migration), ''), ')')),
  (SELECT CAST(MAX(w.id) AS char) FROM (${atWork}) w WHERE w.idle AND ${isFree('f')})
FROM schema_migrations_lease f WHERE f.id = 'lease'`;

/** See `Lease.acquire`. One call; one more to tell why not, or where the lease was taken since: the database says that only by refusing. */
export async function acquireLease(
  database: Database,
  named: Naming,
  run: Run,
  since: string | null,
): Promise<Acquired> {
  const asked = { run: run.runId, hook: run.hook, request: run.requestId, previous: run.previous.join() };
  const take = async (taken: string | null): Promise<boolean> => {
    try {
      await database.execute({
        sql: named(acquire),
        parameters: { ...asked, taken, by: run.requestedBy, lease: String(run.leaseMs) },
        effect: 'write',
      });
      return true;
    } catch (error) {
      if (verdictOf(error) !== 'held' && !isLocked(error)) throw error;
      return false;
    }
  };
  if (since !== null && (await take(since))) return { status: 'acquired', unchanged: true };
  if (await take(null)) return { status: 'acquired', unchanged: false };
  const [row] = await database.execute({
    sql: named(look),
    parameters: asked,
    effect: 'read',
  });
  const [status, by, dead] = row ?? [];
  if (dead != null) await endById(database, dead);
  if (status === 'superseded') return { status };
  if (by == null) throw noLease();
  return { status: 'held', by };
}

/**
 * Whether a newer request of its hook has taken over. Asked before a migration is begun, not within that: it would lock the row that the newer one
 * is to write.
 */
export async function isSuperseded(database: Database, named: Naming, { hook, requestId }: Run): Promise<boolean> {
  if (requestId === null) return false;
  const [row] = await database.execute({
    sql: named(`SELECT IF(${newest}, NULL, 'superseded')`),
    parameters: { hook, request: requestId },
    effect: 'read',
  });
  return row?.[0] != null;
}

/** Keeps the lease, and says at which migration the run is. Fails where it is another run's. */
export async function renewLease(database: Database, named: Naming, run: Run, name: string): Promise<void> {
  await database.execute({
    sql: named(`UPDATE schema_migrations_lease l SET l.migration = :name,
        l.expires_at = IF(l.run_id <=> :run, ${expires}, UUID_TO_BIN(CONCAT('aurora-migrations fenced ', l.id))) WHERE l.id = 'lease'`),
    parameters: { lease: String(run.leaseMs), run: run.runId, name },
    effect: 'write',
  });
}

/** See `Lease.release`. */
export async function releaseLease(database: Database, named: Naming, run: Run, finished: boolean): Promise<void> {
  await database.execute({
    // The assignments of an UPDATE of two tables come in any order: whose the lease is, is looked at before.
    sql: named(`UPDATE schema_migrations_lease l
        JOIN (SELECT COUNT(*) > 0 AS ours FROM schema_migrations_lease c WHERE c.id = 'lease' AND c.run_id = :run) w
        LEFT JOIN schema_migrations_hooks o ON o.hook = :hook AND o.request_id = :finished
      SET l.requested_by = IF(w.ours, NULL, l.requested_by), l.migration = IF(w.ours, NULL, l.migration),
        l.expires_at = IF(w.ours, NULL, l.expires_at), l.run_id = IF(w.ours, NULL, l.run_id), o.state = 'done'
      WHERE l.id = 'lease'`),
    parameters: { run: run.runId, hook: run.hook, finished: finished ? run.requestId : null },
    // Not that it reads: repeating it is harmless, and the next run need not wait until the lease expires.
    effect: 'read',
  });
}
