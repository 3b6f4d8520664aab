import type { Database } from '../../core/database.ts';
import { type Acquired, type Run, TrackingMissing } from '../engine.ts';
import { ER, isError } from './errors.ts';
import type { Naming } from './names.ts';

/** Every statement that is sent as it is begins with this, and so does every call that executes a migration. */
export const TAG = '/* aurora-migrations ';

/** The lock that the witness holds while it works for the run of the lease; a holder that sleeps has died in the middle of it. */
const lock = `CONCAT('aurora-migrations ', LEFT(SHA2(CONCAT(DATABASE(), ' schema_migrations ', f.run_id), 256), 40))`;

const newest = `(:request IS NULL OR EXISTS (SELECT 1 FROM (SELECT * FROM schema_migrations_lease) o WHERE o.id = :hook AND o.request_id = :request))`;

/** Statements of an earlier run that still work: they would be competed with. */
const atWork = `SELECT p.info FROM information_schema.processlist p JOIN (SELECT * FROM schema_migrations_lease) f ON f.id = 'lease'
  WHERE p.id <> CONNECTION_ID() AND p.command <> 'Sleep' AND p.db = DATABASE()
    AND (p.info LIKE '${TAG}%' OR p.id = IS_USED_LOCK(${lock}))`;

/** The row, if it is free or expired and not locked, and nothing is at work. */
const acquire = `
UPDATE schema_migrations_lease l
  JOIN (SELECT c.id FROM schema_migrations_lease c WHERE c.id = 'lease'
    AND (c.run_id IS NULL OR c.run_id = :previous OR c.expires_at < UTC_TIMESTAMP(6)) FOR UPDATE SKIP LOCKED) free ON free.id = l.id
SET l.run_id = :run, l.holder = :holder, l.migration = NULL, l.acquired_at = UTC_TIMESTAMP(6),
  l.expires_at = UTC_TIMESTAMP(6) + INTERVAL CAST(:lease AS unsigned) * 1000 MICROSECOND
WHERE ${newest} AND NOT EXISTS (${atWork})`;

/** Who has it now. */
const look = `
SELECT CASE WHEN f.run_id = :run THEN 'acquired' WHEN NOT ${newest} THEN 'superseded' ELSE 'held' END,
  COALESCE((SELECT CONCAT('a statement of an earlier run, ', LEFT(w.info, 200)) FROM (${atWork}) w LIMIT 1),
    CONCAT(COALESCE(f.holder, 'nobody'), COALESCE(CONCAT(', at ', f.migration), '')))
FROM schema_migrations_lease f WHERE f.id = 'lease'`;

/** See `Engine.acquire`. Two calls: MySQL does not tell what it updated. */
export async function acquireLease(database: Database, named: Naming, run: Run): Promise<Acquired> {
  const asked = { run: run.runId, hook: run.hook, request: run.requestId };
  await database.execute({
    sql: named(acquire),
    parameters: { ...asked, previous: run.previous, holder: run.requestedBy, lease: String(run.leaseMs) },
    effect: 'write',
  });
  const [row] = await database.execute({ sql: named(look), parameters: asked, effect: 'read' });
  const [status, by] = row ?? [];
  if (status === 'acquired' || status === 'superseded') return { status };
  return { status: 'held', by: by ?? 'another run' };
}

/** See `Engine.release`. */
export async function releaseLease(database: Database, named: Naming, run: Run, finished: boolean): Promise<void> {
  await database.execute({
    sql: named(`UPDATE schema_migrations_lease SET run_id = IF(id = 'lease', NULL, run_id), holder = IF(id = 'lease', NULL, 'done'),
        migration = NULL, expires_at = NULL
      WHERE id = 'lease' AND run_id = :run OR id = :hook AND request_id = :finished`),
    parameters: { run: run.runId, hook: run.hook, finished: finished ? run.requestId : null },
    effect: 'write',
  });
}

/** How many characters of former requests are kept: some fifty. */
const REMEMBERED = 2000;

/** See `Engine.announce`. The assignments see those before them: the request goes last. */
export async function announce(database: Database, named: Naming, hook: string, requestId: string): Promise<boolean> {
  const isNew = `LOCATE(:request, COALESCE(run_id, '')) = 0`;
  const parameters = { hook, request: requestId };
  try {
    await database.execute({
      sql: named(`INSERT INTO schema_migrations_lease (id, request_id, holder, acquired_at) VALUES (:hook, :request, 'open', UTC_TIMESTAMP(6))
        ON DUPLICATE KEY UPDATE holder = IF(${isNew}, 'open', holder), acquired_at = IF(${isNew}, UTC_TIMESTAMP(6), acquired_at),
          run_id = IF(${isNew} AND request_id <> :request, LEFT(CONCAT_WS(' ', request_id, run_id), ${REMEMBERED}), run_id),
          request_id = IF(${isNew}, :request, request_id)`),
      parameters,
      effect: 'write',
    });
  } catch (error) {
    throw isError(error, ER.NO_SUCH_TABLE) ? new TrackingMissing(error) : error;
  }
  const sql =
    'SELECT CAST(COUNT(*) AS char) FROM schema_migrations_lease l WHERE l.id = :hook AND l.request_id = :request';
  const [row] = await database.execute({ sql: named(sql), parameters, effect: 'read' });
  return row?.[0] === '1';
}
