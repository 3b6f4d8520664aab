import type { Database } from '../../core/database.ts';
import { versionOf } from '../../core/name-parts.ts';
import type { Joined, Run } from '../engine.ts';
import { inPages } from '../tracking-rows.ts';
import { about } from './call-run.ts';
import { withCleanSession } from './clean-session.ts';

const COUNTS = `('applied', 'reverted', 'baselined', 'replaced')`;
const nextAttempt = `coalesce((SELECT max(a.attempt) FROM public.schema_migrations a WHERE a.name = j->>'name'), 0) + 1`;
const run = `clock_timestamp(), clock_timestamp(), r->>'run_id', r->>'hook', r->>'requested_by', r->>'tool_version'`;

/** A moved migration: the attempt of the old name that counts, under the new one. No content travels. */
const moved = `
SELECT j->>'name', ${nextAttempt}, o.direction, o.name, j->>'version', j->>'checksum', o.statements_checksum,
  CASE o.status WHEN 'running' THEN 'failed' ELSE o.status END, o.content, o.content_facts, o.revert_content, o.revert_facts, o.statements,
  o.statements_applied, o.applied_checksum, o.statement_checksums, o.in_flight, o.error_code, o.error_message, o.error_statement, ${run}
FROM given JOIN public.schema_migrations o ON o.name = j->>'other' AND o.attempt = (SELECT max(a.attempt) FROM public.schema_migrations a
  WHERE a.name = o.name AND (a.status IN ${COUNTS} OR j->>'kind' = 'halfDone'))
WHERE j->>'kind' IN ('moved', 'halfDone')`;

/** A name that a squash contains: what is known of it stays in its earlier rows. */
const contained = `
SELECT j->>'name', ${nextAttempt}, 'up', j->>'other', j->>'version', coalesce(o.checksum, ''), coalesce(o.statements_checksum, j->>'checksum', ''),
  j->>'kind', NULL, NULL, NULL, NULL, coalesce(o.statements, 0), 0, NULL, NULL, NULL, NULL, NULL, NULL, ${run}
FROM given LEFT JOIN public.schema_migrations o ON o.name = j->>'name' AND o.attempt = (SELECT max(a.attempt) FROM public.schema_migrations a
  WHERE a.name = o.name AND a.status IN ${COUNTS})
WHERE j->>'kind' IN ('replaced', 'reverted') AND o.status IS DISTINCT FROM j->>'kind'`;

const insert = `
WITH given AS (
  SELECT j, CAST(:run AS jsonb) AS r FROM jsonb_array_elements(CAST(:rows AS jsonb)) j
  WHERE EXISTS (SELECT FROM public.schema_migrations_lease l WHERE l.id = 'lease' AND l.run_id = CAST(:run AS jsonb)->>'run_id' FOR UPDATE)
)
INSERT INTO public.schema_migrations (name, attempt, direction, other_name, version, checksum, statements_checksum, status, content, content_facts,
  revert_content, revert_facts, statements, statements_applied, applied_checksum, statement_checksums, in_flight, error_code, error_message, error_statement,
  started_at, finished_at, run_id, hook, requested_by, tool_version)
${moved}
UNION ALL
${contained}`;

/** See `Store.recordJoined`. */
export async function record(
  database: Database,
  named: (sql: string) => string,
  by: Run,
  { moved: moves, replaced, restored }: Joined,
): Promise<void> {
  const rows = [
    ...moves.map(({ migration: { name, version, checksum }, from, halfDone }) => ({
      kind: halfDone ? 'halfDone' : 'moved',
      name,
      other: from,
      version,
      checksum,
    })),
    ...replaced.map(({ name, by: other, checksum }) => ({
      kind: 'replaced',
      name,
      other,
      version: versionOf(name),
      checksum,
    })),
    ...restored.map(name => ({ kind: 'reverted', name, version: versionOf(name) })),
  ];
  for (const page of inPages(rows)) {
    const parameters = { rows: JSON.stringify(page), run: JSON.stringify(about(by)) };
    await withCleanSession(database, { sql: named(insert), parameters, effect: 'write' });
  }
}
