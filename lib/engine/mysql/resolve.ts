import type { Database } from '../../core/database.ts';
import type { Resolution } from '../engine.ts';
import type { Naming } from './names.ts';

/** The checkpoint behind the statement: its checksum is that with which it was sent, else that of the file. */
const CHECKSUM = `COALESCE(JSON_UNQUOTE(JSON_EXTRACT(h.in_flight, '$.checksums[0]')), :checksum)`;
const DONE = `h.statements_applied = h.statements_applied + 1,
  h.applied_checksum = LEFT(SHA2(CONCAT(COALESCE(h.applied_checksum, ''), ${CHECKSUM}), 256), 16),
  h.statement_checksums = JSON_ARRAY_APPEND(COALESCE(h.statement_checksums, '[]'), '$', ${CHECKSUM}),`;

/**
 * See `Store.resolve`: moves the checkpoint past the statement, or takes away what says that it may have been sent. False where the latest attempt does
 * not stand at that statement, or a run holds the lease.
 */
export function resolve(
  database: Database,
  named: Naming,
  { migration, statement, done, checksum }: Resolution,
): Promise<boolean> {
  const parameters = { migration, statement: String(statement) };
  return database.transaction(async transaction => {
    const [row] = await transaction.execute({
      sql: named(`SELECT CAST(h.attempt AS char) FROM schema_migrations h
        WHERE h.name = :migration AND h.status IN ('failed', 'running') AND h.statements_applied = CAST(:statement AS unsigned) - 1
          AND h.attempt = (SELECT MAX(c.attempt) FROM schema_migrations c WHERE c.name = :migration)
          AND EXISTS (SELECT 1 FROM schema_migrations_lease l WHERE l.id = 'lease' AND (l.run_id IS NULL OR l.expires_at < UTC_TIMESTAMP(6)))
        FOR UPDATE`),
      parameters,
      effect: 'write',
    });
    if (!row) return false;
    await transaction.execute({
      // Whoever has read the history before has to read it anew.
      sql: named(`UPDATE schema_migrations h JOIN schema_migrations_lease l ON l.id = 'lease'
        SET ${done ? DONE : ''} h.in_flight = NULL, l.acquired_at = UTC_TIMESTAMP(6)
        WHERE h.name = :migration AND h.attempt = CAST(:attempt AS unsigned)`),
      parameters: { migration, attempt: row[0]!, ...(done && { checksum }) },
      effect: 'write',
    });
    return true;
  });
}
