import type { Database } from '../../core/database.ts';
import { versionOf } from '../../core/name-parts.ts';
import type { Joined, Run } from '../engine.ts';
import { inPages } from '../tracking-rows.ts';
import type { Naming } from './names.ts';

const COUNTS = `('applied', 'reverted', 'baselined', 'replaced')`;
const COLUMNS = ['kind', 'name', 'other', 'version', 'checksum'].map(
  name => `${name} varchar(200) CHARACTER SET ascii COLLATE ascii_bin PATH '$.${name}'`,
);
const nextAttempt = 'COALESCE((SELECT MAX(a.attempt) FROM schema_migrations a WHERE a.name = j.name), 0) + 1';
const run = 'UTC_TIMESTAMP(6), UTC_TIMESTAMP(6), l.run_id, :hook, :by, :tool';

/** The attempt of a name that counts; where it is half done, the latest. */
const counted = (name: string) => `o.name = ${name} AND o.attempt = (SELECT MAX(a.attempt) FROM schema_migrations a
  WHERE a.name = o.name AND (a.status IN ${COUNTS} OR j.kind = 'halfDone'))`;

/** A moved migration is the attempt of the old name under the new one; of a name that a squash contains its earlier rows tell all. */
const insert = `
INSERT INTO schema_migrations (name, attempt, direction, other_name, version, checksum, statements_checksum, status, content, content_facts,
  revert_content, revert_facts, statements, statements_applied, applied_checksum, statement_checksums, in_flight, error_code, error_message, error_statement,
  started_at, finished_at, run_id, hook, requested_by, tool_version)
SELECT j.name, ${nextAttempt}, o.direction, o.name, j.version, j.checksum, o.statements_checksum, IF(o.status = 'running', 'failed', o.status), o.content,
  o.content_facts, o.revert_content, o.revert_facts, o.statements, o.statements_applied, o.applied_checksum,
  o.statement_checksums, o.in_flight, o.error_code, o.error_message, o.error_statement, ${run}
FROM JSON_TABLE(:rows, '$[*]' COLUMNS (${COLUMNS.join(', ')})) j JOIN schema_migrations o ON ${counted('j.other')}
  JOIN schema_migrations_lease l ON l.id = 'lease' AND l.run_id = :run
WHERE j.kind IN ('moved', 'halfDone')
UNION ALL
SELECT j.name, ${nextAttempt}, 'up', j.other, j.version, COALESCE(o.checksum, ''), COALESCE(o.statements_checksum, j.checksum, ''), j.kind, NULL, NULL,
  NULL, NULL, COALESCE(o.statements, 0), 0, NULL, NULL, NULL, NULL, NULL, NULL, ${run}
FROM JSON_TABLE(:rows, '$[*]' COLUMNS (${COLUMNS.join(', ')})) j
  JOIN schema_migrations_lease l ON l.id = 'lease' AND l.run_id = :run
  LEFT JOIN schema_migrations o ON ${counted('j.name')}
WHERE j.kind IN ('replaced', 'reverted') AND COALESCE(o.status, '') <> j.kind`;

/** See `Store.recordJoined`. */
export async function recordJoined(
  database: Database,
  named: Naming,
  { runId, hook, requestedBy, toolVersion }: Run,
  { moved, replaced, restored }: Joined,
): Promise<void> {
  const rows = [
    ...moved.map(({ migration: { name, version, checksum }, from, halfDone }) => ({
      kind: halfDone ? 'halfDone' : 'moved',
      name,
      other: from,
      version,
      checksum,
    })),
    ...replaced.map(({ name, by, checksum }) => ({
      kind: 'replaced',
      name,
      other: by,
      version: versionOf(name),
      checksum,
    })),
    ...restored.map(name => ({ kind: 'reverted', name, other: null, version: versionOf(name), checksum: null })),
  ];
  for (const page of inPages(rows)) {
    const parameters = { rows: JSON.stringify(page), run: runId, hook, by: requestedBy, tool: toolVersion };
    await database.execute({ sql: named(insert), parameters, effect: 'write' });
  }
}
