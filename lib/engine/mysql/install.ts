import type { Database, Statement } from '../../core/database.ts';
import type { Migration } from '../../core/manifest.ts';
import { retry } from '../../core/retry.ts';
import type { Run } from '../engine.ts';
import { ER, isError } from './errors.ts';
import type { Naming } from './names.ts';

/** How often the row is written where first runs lock each other out. */
const TRIES = 5;

/** Makes the tracking tables. All of it may run again, also at the same time. `calls`: for what does not commit by itself. */
export async function install(
  database: Database,
  calls: Database,
  named: Naming,
  { migration, content, run }: { migration: Migration; content: string; run: Run },
): Promise<void> {
  for (const sql of parts(content)) {
    const commitsItself = /^create\b/i.test(sql);
    await (commitsItself ? database : calls).execute({ sql: named(sql), effect: 'write' });
  }
  const row: Statement = {
    sql: named(`INSERT INTO schema_migrations (name, attempt, direction, version, checksum, statements_checksum, status, statements, statements_applied,
      started_at, finished_at, execution_time_ms, run_id, hook, requested_by, tool_version)
    SELECT :name, COALESCE(MAX(h.attempt), 0) + 1, 'up', :version, :checksum, :sum, 'applied', ${migration.statements}, ${migration.statements},
      UTC_TIMESTAMP(6), UTC_TIMESTAMP(6), 0, :run, :hook, :by, :tool
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
  await retry(() => calls.execute(row), { while: error => isError(error, ER.LOCK_DEADLOCK), tries: TRIES }).catch(
    error => {
      // Another first run was faster, or is just as fast.
      if (!isError(error, ER.DUP_ENTRY)) throw error;
    },
  );
}

/** The statements of the file, each below a line of `===`, without the comments before it. */
function parts(content: string): string[] {
  return content
    .split(/^-- ===.*\n/m)
    .slice(1)
    .map(part => part.replace(/^(--.*\n)+/, '').trim());
}
