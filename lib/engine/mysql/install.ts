import { type Database, DatabaseError, type Statement } from '../../core/database.ts';
import type { Migration } from '../../core/manifest.ts';
import type { Run } from '../engine.ts';
import { ER, isError, lacksRight } from './errors.ts';
import type { Known } from './history.ts';
import type { Naming } from './names.ts';

/** How often the row is written where first runs lock each other out. */
const TRIES = 5;

/**
 * Make the tracking tables, and the procedures where the service lets us (it may say 1295, or the user lack the right): without them every
 * statement is sent as it is. All may run again, also at the same time. Where the tables are known, only the procedures are tried: once a run,
 * for one call as long as they are refused.
 */
export async function install(
  database: Database,
  named: Naming,
  known: Known,
  { migration, content, run }: { migration: Migration; content: string; run: Run },
): Promise<void> {
  const all = parts(content);
  const isProcedure = (sql: string) => /^CREATE PROCEDURE/.test(sql);
  if (!known.installed)
    for (const sql of all.filter(one => !isProcedure(one)))
      await database.execute({ sql: named(sql), effect: 'write' });
  known.witness = true;
  for (const sql of all.filter(isProcedure)) {
    try {
      await database.execute({ sql: named(sql), effect: 'write' });
    } catch (error) {
      if (isError(error, ER.SP_ALREADY_EXISTS)) continue;
      // Without CREATE ROUTINE nothing ran; otherwise the service refuses.
      if (!(error instanceof DatabaseError) || (error.outcome !== 'failed' && !lacksRight(error))) throw error;
      known.witness = false;
      break;
    }
  }
  known.refused = !known.witness;
  if (known.installed) return;
  const row: Statement = {
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
  };
  for (let nth = 1; ; nth++) {
    try {
      await database.execute(row);
      return;
    } catch (error) {
      // Another first run was faster, or is just as fast.
      if (isError(error, ER.DUP_ENTRY)) return;
      if (!isError(error, ER.LOCK_DEADLOCK) || nth === TRIES) throw error;
    }
  }
}

/** The statements of the file, each below a line of `===`, without the comments before it. */
function parts(content: string): string[] {
  return content
    .split(/^-- ===.*\n/m)
    .slice(1)
    .map(part => part.replace(/^(--.*\n)+/, '').trim());
}
