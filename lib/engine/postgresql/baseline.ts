import type { Database } from '../../core/database.ts';
import type { Migration } from '../../core/manifest.ts';
import type { Run } from '../engine.ts';
import { identityFacts, inPages } from '../tracking-rows.ts';
import { about } from './call-run.ts';
import { withCleanSession } from './clean-session.ts';

/**
 * See `Store.recordBaseline`. Written only while the lease is this run's, and only for migrations of which nothing is applied. No content: it
 * never ran here.
 */
const insert = `
INSERT INTO public.schema_migrations (name, attempt, direction, version, checksum, statements_checksum, status, content_facts, statements, statements_applied,
  started_at, finished_at, execution_time_ms, run_id, hook, requested_by, tool_version)
SELECT m->>'name', coalesce((SELECT max(h.attempt) FROM public.schema_migrations h WHERE h.name = m->>'name'), 0) + 1, 'up', m->>'version',
  m->>'checksum', m->>'statementsChecksum', 'baselined', m->>'facts', (m->>'statements')::int4, 0, clock_timestamp(), clock_timestamp(), 0,
  r->>'run_id', r->>'hook', r->>'requested_by', r->>'tool_version'
FROM jsonb_array_elements(CAST(:migrations AS jsonb)) m, (SELECT CAST(:run AS jsonb) AS r) run
WHERE EXISTS (SELECT FROM public.schema_migrations_lease l WHERE l.id = 'lease' AND l.run_id = r->>'run_id' FOR UPDATE)
  AND coalesce((SELECT h.status FROM public.schema_migrations h WHERE h.name = m->>'name' AND h.status IN ('applied', 'reverted', 'baselined', 'replaced')
    ORDER BY h.attempt DESC LIMIT 1), 'reverted') = 'reverted'`;

export async function baseline(
  database: Database,
  named: (sql: string) => string,
  run: Run,
  migrations: readonly Migration[],
): Promise<void> {
  for (const rows of inPages(migrations.map(toRow))) {
    await withCleanSession(database, {
      sql: named(insert),
      parameters: { migrations: JSON.stringify(rows), run: JSON.stringify(about(run)) },
      effect: 'write',
    });
  }
}

function toRow(migration: Migration) {
  const { name, version, checksum, statementsChecksum, statements } = migration;
  return { name, version, checksum, statementsChecksum, statements, facts: JSON.stringify(identityFacts(migration)) };
}

/** See `Store.isEmpty`: no table, view, sequence or routine but those of extensions and ours. */
export async function isEmpty(database: Database, named: (sql: string) => string): Promise<boolean> {
  const [row] = await withCleanSession(database, {
    sql: named(`SELECT (count(*) + (SELECT count(*) FROM pg_catalog.pg_proc p JOIN pg_catalog.pg_namespace s ON s.oid = p.pronamespace
        WHERE s.nspname <> 'information_schema' AND s.nspname NOT LIKE 'pg|_%' ESCAPE '|'
          AND NOT starts_with(format('"%s"."%s"', s.nspname, p.proname), replace('public.schema_migrations_', '_"', '_'))
          AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend d WHERE d.classid = 'pg_catalog.pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e')
      ))::text FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
      WHERE c.relkind IN ('r', 'p', 'v', 'm', 'S', 'f') AND n.nspname <> 'information_schema' AND n.nspname NOT LIKE 'pg|_%' ESCAPE '|'
        AND c.oid IS DISTINCT FROM to_regclass('public.schema_migrations')::oid
        AND c.oid IS DISTINCT FROM to_regclass('public.schema_migrations_lease')::oid
        AND c.oid IS DISTINCT FROM to_regclass('public.schema_migrations_hooks')::oid
        AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend d WHERE d.classid = 'pg_catalog.pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')`),
    effect: 'read',
  });
  return row?.[0] === '0';
}
