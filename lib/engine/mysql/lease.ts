import type { Database } from '../../core/database.ts';
import { sleep } from '../../core/sleep.ts';
import { type Acquired, type HookState, noLease, type Run, TrackingMissing } from '../engine.ts';
import { ER, isError, isLocked, verdictOf } from './errors.ts';
import type { Naming } from './names.ts';

/** Every statement that is sent as it is begins with this, and so does every call that executes a migration. */
export const TAG = '/* aurora-migrations ';

/** The lock that the witness holds while it works for a run. */
const lockOf = (run: string) =>
  `CONCAT('aurora-migrations ', LEFT(SHA2(CONCAT(DATABASE(), ' schema_migrations ', ${run}), 256), 40))`;
const lock = lockOf(`COALESCE(f.run_id, '')`);

/**
 * A KILL QUERY ends a procedure without a word: what the witness had begun stays open in a session of the pool, with its locks. Such a session
 * has the lock, and does nothing, or what asks.
 */
const left = (of: string) => `p.id = IS_USED_LOCK(${of}) AND (p.id = CONNECTION_ID() OR p.command = 'Sleep')`;

const newest = `(:request IS NULL OR EXISTS (SELECT 1 FROM (SELECT * FROM schema_migrations_lease) o WHERE o.id = :hook AND o.request_id = :request))`;

/** Statements of an earlier run that still work: they would be competed with. Also a session that one has left behind, if it is the one that asks. */
const atWork = `SELECT p.info, p.time AS seconds FROM information_schema.processlist p JOIN (SELECT * FROM schema_migrations_lease) f ON f.id = 'lease'
  WHERE p.db = DATABASE() AND IF(p.id = CONNECTION_ID(), p.id = IS_USED_LOCK(${lock}),
    p.command <> 'Sleep' AND (p.info LIKE '${TAG}%' OR p.id = IS_USED_LOCK(${lock})))`;

/** When the lease was taken last, as a text. */
export const LAST_TAKEN = `COALESCE(CAST(c.acquired_at AS char), 'never')`;

/**
 * The row, if it is free or expired and not locked, and nothing is at work; else an error that says so, for the service need not tell what was
 * updated. Its id is given by what looks for that: by itself it would be locked first, and waited for.
 */
const acquire = `
UPDATE schema_migrations_lease l
  JOIN (SELECT IF(COUNT(*) = 0, UUID_TO_BIN(CONCAT('aurora-migrations held ', COUNT(*))), 1) AS granted, MAX(c.id) AS id
    FROM schema_migrations_lease c
    WHERE c.id = 'lease' AND (c.run_id IS NULL OR FIND_IN_SET(c.run_id, :previous) OR c.expires_at < UTC_TIMESTAMP(6))
      AND (:taken IS NULL OR c.run_id IS NULL AND ${LAST_TAKEN} = :taken)
      AND ${newest} AND NOT EXISTS (${atWork}) FOR UPDATE SKIP LOCKED) free ON free.granted = 1 AND l.id = free.id
SET l.run_id = :run, l.holder = :holder, l.migration = NULL, l.acquired_at = UTC_TIMESTAMP(6),
  l.expires_at = UTC_TIMESTAMP(6) + INTERVAL CAST(:lease AS unsigned) * 1000 MICROSECOND`;

/** Who has it now. */
const look = `
SELECT IF(${newest}, 'held', 'superseded'),
  COALESCE((SELECT CONCAT('a statement of ', IF(FIND_IN_SET(SUBSTR(REGEXP_SUBSTR(w.info, 'run:[^ ]*'), 5), :previous) OR FIND_IN_SET(f.run_id, :previous), 'this run', 'an earlier run'),
        COALESCE(CONCAT(', ', IF(w.info LIKE '${TAG}%', REGEXP_SUBSTR(w.info, 'name:[^*]*[^ *]'), CONCAT('name:', f.migration))), ''), ', ', w.seconds, ' s')
      FROM (${atWork}) w LIMIT 1),
    CONCAT('another run (', COALESCE(f.holder, 'nobody'), COALESCE(CONCAT(', at ', f.migration), ''), ')')),
  (SELECT CAST(p.id AS char) FROM information_schema.processlist p WHERE ${left(lock)})
FROM schema_migrations_lease f WHERE f.id = 'lease'`;

/** See `Engine.acquire`. One call; one more to tell why not, or where the lease was taken since: the database says that only by refusing. */
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
        parameters: { ...asked, taken, holder: run.requestedBy, lease: String(run.leaseMs) },
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
  if (dead != null) await end(database, dead);
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

/** For a SELECT: the number of the session that asks, where it is one that a run has left behind; else NULL. */
export const LEFT_BEHIND = `(SELECT CAST(CONNECTION_ID() AS char) FROM schema_migrations_lease f WHERE f.id = 'lease' AND IS_USED_LOCK(${lock}) = CONNECTION_ID())`;

/** End a session, and with it what is open in it. */
export async function end(database: Database, session: string): Promise<void> {
  // It is gone already, or it is the one that says so.
  await database.execute({ sql: `KILL ${Number(session)}`, effect: 'read' }).catch(() => undefined);
}

/**
 * End the session in which the work of a run was left, and see it gone: what is open in it is rolled back by then. Another call of that run which
 * still works is left alone.
 */
export async function endLeft(database: Database, named: Naming, { runId }: Run, stop: () => boolean): Promise<void> {
  const lock = lockOf(':run');
  for (;;) {
    const [row] = await database.execute({
      sql: named(
        `SELECT CAST(IS_USED_LOCK(${lock}) AS char), (SELECT CAST(p.id AS char) FROM information_schema.processlist p WHERE ${left(lock)})`,
      ),
      parameters: { run: runId },
      effect: 'read',
    });
    const [holder, dead] = row ?? [];
    if (holder == null) return;
    if (dead != null) await end(database, dead);
    if (stop()) return;
    await sleep(50);
  }
}

/** See `Engine.release`. */
export async function releaseLease(database: Database, named: Naming, run: Run, finished: boolean): Promise<void> {
  await database.execute({
    sql: named(`UPDATE schema_migrations_lease SET run_id = IF(id = 'lease', NULL, run_id), holder = IF(id = 'lease', NULL, 'done'),
        migration = NULL, expires_at = NULL
      WHERE id = 'lease' AND run_id = :run OR id = :hook AND request_id = :finished`),
    parameters: { run: run.runId, hook: run.hook, finished: finished ? run.requestId : null },
    // Not that it reads: repeating it is harmless, and whoever comes next need not wait until the lease expires.
    effect: 'read',
  });
}

/** How many characters of former requests are kept: some fifty. */
const REMEMBERED = 2000;

/** See `Engine.announce`. The assignments see those before them: the request goes last. */
export async function announce(
  database: Database,
  named: Naming,
  hook: string,
  requestId: string,
  state: HookState,
): Promise<boolean> {
  const isNew = `LOCATE(:request, COALESCE(run_id, '')) = 0`;
  const parameters = { hook, request: requestId };
  try {
    await database.execute({
      sql: named(`INSERT INTO schema_migrations_lease (id, request_id, holder, acquired_at) VALUES (:hook, :request, :state, UTC_TIMESTAMP(6))
        ON DUPLICATE KEY UPDATE holder = IF(${isNew}, :state, holder), acquired_at = IF(${isNew}, UTC_TIMESTAMP(6), acquired_at),
          run_id = IF(${isNew} AND request_id <> :request, LEFT(CONCAT_WS(' ', request_id, run_id), ${REMEMBERED}), run_id),
          request_id = IF(${isNew}, :request, request_id)`),
      parameters: { ...parameters, state },
      // Repeating it is harmless: it says the same, and an old request is told from the newest.
      effect: 'read',
    });
  } catch (error) {
    throw isError(error, ER.NO_SUCH_TABLE) ? new TrackingMissing(error) : error;
  }
  const sql =
    'SELECT CAST(COUNT(*) AS char) FROM schema_migrations_lease l WHERE l.id = :hook AND l.request_id = :request';
  const [row] = await database.execute({ sql: named(sql), parameters, effect: 'read' });
  return row?.[0] === '1';
}
