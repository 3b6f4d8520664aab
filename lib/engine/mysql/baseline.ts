import type { Database } from '../../core/database.ts';
import type { Migration } from '../../core/manifest.ts';
import type { Run } from '../engine.ts';
import { identityFacts, inPages } from '../tracking-rows.ts';
import type { Naming } from './names.ts';

const COLUMNS = [
  ...['name', 'version', 'checksum', 'sum', 'statements'].map(name => `${name} varchar(200) PATH '$.${name}'`),
  `facts longtext PATH '$.facts'`,
];

/**
 * See `Store.recordBaseline`. Written only while the lease is this run's, and only for migrations of which nothing is applied. No content: it
 * never ran here.
 */
const insert = `
INSERT INTO schema_migrations (name, attempt, direction, version, checksum, statements_checksum, status, content_facts, statements, statements_applied,
  started_at, finished_at, execution_time_ms, run_id, hook, requested_by, tool_version)
SELECT m.name, COALESCE(p.attempt, 0) + 1, 'up', m.version, m.checksum, m.sum, 'baselined', m.facts, m.statements, 0,
  UTC_TIMESTAMP(6), UTC_TIMESTAMP(6), 0, l.run_id, :hook, :by, :tool
FROM schema_migrations_lease l, JSON_TABLE(:migrations, '$[*]' COLUMNS (${COLUMNS.join(', ')})) m
  LEFT JOIN (SELECT h.name, MAX(h.attempt) AS attempt, MAX(IF(h.status IN ('applied', 'reverted', 'baselined', 'replaced'), h.attempt, 0)) AS counting
    FROM schema_migrations h GROUP BY h.name) p ON p.name = m.name
  LEFT JOIN schema_migrations c ON c.name = p.name AND c.attempt = p.counting
WHERE l.id = 'lease' AND l.run_id = :run AND COALESCE(c.status, 'reverted') = 'reverted'`;

export async function baseline(
  database: Database,
  named: Naming,
  run: Run,
  migrations: readonly Migration[],
): Promise<void> {
  for (const rows of inPages(migrations.map(toRow))) {
    await database.execute({
      sql: named(insert),
      parameters: {
        migrations: JSON.stringify(rows),
        run: run.runId,
        hook: run.hook,
        by: run.requestedBy,
        tool: run.toolVersion,
      },
      effect: 'write',
    });
  }
}

function toRow(migration: Migration) {
  const { name, version, checksum, statementsChecksum: sum, statements } = migration;
  return { name, version, checksum, sum, statements, facts: JSON.stringify(identityFacts(migration)) };
}

/** See `Store.isEmpty`: no table, view, routine or event but ours. */
export async function isEmpty(database: Database, { table }: Naming): Promise<boolean> {
  const [row] = await database.execute({
    sql: `SELECT CAST(
        (SELECT COUNT(*) FROM information_schema.tables t WHERE t.table_schema = DATABASE() AND t.table_name NOT IN (:table, :lease, :hooks))
        + (SELECT COUNT(*) FROM information_schema.routines r WHERE r.routine_schema = DATABASE())
        + (SELECT COUNT(*) FROM information_schema.events e WHERE e.event_schema = DATABASE()) AS char)`,
    parameters: { lease: `${table}_lease`, hooks: `${table}_hooks`, table },
    effect: 'read',
  });
  return row?.[0] === '0';
}
