import type { Database } from '../../core/database.ts';
import { type HookState, TrackingMissing } from '../engine.ts';
import { ER, isError } from './errors.ts';
import type { Naming } from './names.ts';

/** How many characters of former requests are kept: some fifty requests. */
const REMEMBERED = 2000;

/** See `Lease.announce`. The assignments see those before them: the request goes last. */
export async function announce(
  database: Database,
  named: Naming,
  hook: string,
  requestId: string,
  state: HookState,
): Promise<boolean> {
  const isNew = `LOCATE(:request, COALESCE(earlier_requests, '')) = 0`;
  const parameters = { hook, request: requestId };
  try {
    await database.execute({
      sql: named(`INSERT INTO schema_migrations_hooks (hook, request_id, state, requested_at)
        VALUES (:hook, :request, :state, UTC_TIMESTAMP(6))
        ON DUPLICATE KEY UPDATE state = IF(${isNew}, :state, state),
          requested_at = IF(${isNew}, UTC_TIMESTAMP(6), requested_at),
          earlier_requests = IF(${isNew} AND request_id <> :request, LEFT(CONCAT_WS(' ', request_id, earlier_requests), ${REMEMBERED}), earlier_requests),
          request_id = IF(${isNew}, :request, request_id)`),
      parameters: { ...parameters, state },
      // Repeating it is harmless: it says the same, and an old request is told from the newest.
      effect: 'read',
    });
  } catch (error) {
    throw isError(error, ER.NO_SUCH_TABLE) ? new TrackingMissing(error) : error;
  }
  const sql = named(
    'SELECT CAST(COUNT(*) AS char) FROM schema_migrations_hooks o WHERE o.hook = :hook AND o.request_id = :request',
  );
  const [row] = await database.execute({ sql, parameters, effect: 'read' });
  return row?.[0] === '1';
}
