import { type Database, DatabaseError } from '../../core/database.ts';
import type { Migration } from '../../core/manifest.ts';
import type { Run } from '../engine.ts';
import { ER, isError } from './errors.ts';
import type { Naming } from './names.ts';

/**
 * Make the tracking tables, and the procedures where the service lets us (it may say 1295, or the user lack the right): without them every
 * statement is sent as it is. All may run again, also at the same time.
 */
export async function install(
  database: Database,
  named: Naming,
  { migration, content, run }: { migration: Migration; content: string; run: Run },
): Promise<void> {
  for (const sql of parts(content)) {
    try {
      await database.execute({ sql: named(sql), effect: 'write' });
    } catch (error) {
      const isProcedure = /^CREATE PROCEDURE/.test(sql);
      if (isProcedure && isError(error, ER.SP_ALREADY_EXISTS)) continue;
      if (isProcedure && error instanceof DatabaseError && error.outcome === 'failed') break;
      throw error;
    }
  }
  await database
    .execute({
      sql: named(`INSERT INTO schema_migrations (name, attempt, version, checksum, statements_checksum, status, statements, statements_applied,
          started_at, finished_at, execution_time_ms, run_id, hook, requested_by, tool_version, target)
        SELECT :name, COALESCE(MAX(h.attempt), 0) + 1, :version, :checksum, :sum, 'applied', ${migration.statements}, ${migration.statements},
          UTC_TIMESTAMP(6), UTC_TIMESTAMP(6), 0, :run, :hook, :by, :tool, 'applied'
        FROM schema_migrations h WHERE h.name = :name HAVING COALESCE(SUM(h.statements_checksum = :sum), 0) = 0`),
      parameters: {
        name: migration.name,
        version: migration.version,
        checksum: migration.checksum,
        sum: migration.statementsChecksum,
        run: run.runId,
        hook: run.hook,
        by: run.requestedBy,
        tool: run.toolVersion,
      },
      effect: 'write',
    })
    .catch((error: unknown) => {
      // Another first run was faster.
      if (!isError(error, ER.DUP_ENTRY)) throw error;
    });
}

/** The statements of the file, each below a line of `===`, without the comments before it. */
function parts(content: string): string[] {
  return content
    .split(/^-- ===.*\n/m)
    .slice(1)
    .map(part => part.replace(/^(--.*\n)+/, '').trim());
}
