import type { Database } from '../../core/database.ts';
import type { Unfinished } from '../../core/history.ts';
import type { IdentityFacts } from '../../core/identity.ts';
import type { Script } from '../../core/manifest.ts';
import type { AttemptRow } from '../engine.ts';
import { CHUNK, storedScript, toAttempt, toFacts } from '../tracking-rows.ts';
import { withCleanSession } from './clean-session.ts';

const milliseconds = (column: string) => `((extract(epoch FROM ${column}) * 1000.0)::bigint)::pg_catalog.text`;

const columns = `h.name, h.attempt::pg_catalog.text, h.status, h.checksum, ${milliseconds('h.started_at')}, ${milliseconds('h.finished_at')},
  h.execution_time_ms::pg_catalog.text, h.statements::pg_catalog.text, h.statements_applied::pg_catalog.text, h.error_code, pg_catalog.left(h.error_message, 4000),
  pg_catalog.left(h.error_detail, 4000), pg_catalog.left(h.error_hint, 1000), h.error_statement::pg_catalog.text, h.error_line::pg_catalog.text, h.run_id, h.hook, h.requested_by, h.tool_version, h.other_name, h.statements_checksum`;

/** Rows that are read in one call: with 9,000 characters of error, of four bytes each, they stay below the 1 MiB of an answer. */
const PAGE = 25;

/** See `Store.readAttempts`. */
export async function attempts(
  database: Database,
  named: (sql: string) => string,
  { limit, names }: { limit: number; names?: readonly string[] | undefined },
): Promise<AttemptRow[]> {
  const found: AttemptRow[] = [];
  while (found.length < limit) {
    const page = Math.min(PAGE, limit - found.length);
    const rows = await withCleanSession(database, {
      sql: named(`SELECT ${columns} FROM public.schema_migrations h
        WHERE CAST(:names AS pg_catalog.text) IS NULL
          OR h.name IN (SELECT pg_catalog.jsonb_array_elements_text(CAST(:names AS pg_catalog.jsonb)))
        ORDER BY h.started_at DESC, h.name COLLATE "C" DESC, h.attempt DESC
        LIMIT CAST(:page AS integer) OFFSET CAST(:offset AS integer)`),
      parameters: { names: names ? JSON.stringify(names) : null, page: String(page), offset: String(found.length) },
      effect: 'read',
    });
    found.push(...rows.map(toAttempt));
    if (rows.length < page) break;
  }
  return found;
}

/** See `Store.readLatest`. */
export async function latest(
  database: Database,
  named: (sql: string) => string,
  names: readonly string[],
): Promise<AttemptRow[]> {
  const found: AttemptRow[] = [];
  for (let at = 0; at < names.length; at += PAGE) {
    const rows = await withCleanSession(database, {
      sql: named(`SELECT DISTINCT ON (h.name) ${columns} FROM public.schema_migrations h
        WHERE h.name IN (SELECT pg_catalog.jsonb_array_elements_text(CAST(:names AS pg_catalog.jsonb))) ORDER BY h.name, h.attempt DESC`),
      parameters: { names: JSON.stringify(names.slice(at, at + PAGE)) },
      effect: 'read',
    });
    found.push(...rows.map(toAttempt));
  }
  return found;
}

/** See `Store.readUnfinished`. */
export async function unfinished(
  database: Database,
  named: (sql: string) => string,
  names: readonly string[],
): Promise<Unfinished[]> {
  const rows = await withCleanSession(database, {
    sql: named(`SELECT DISTINCT ON (h.name) h.name, h.statements_applied::pg_catalog.text, h.applied_checksum, h.statement_checksums
      FROM public.schema_migrations h WHERE h.name IN (SELECT pg_catalog.jsonb_array_elements_text(CAST(:names AS pg_catalog.jsonb)))
      ORDER BY h.name, h.attempt DESC`),
    parameters: { names: JSON.stringify(names) },
    effect: 'read',
  });
  return rows.map(([name, done, appliedChecksum, checksums]) => ({
    name: name!,
    statementsApplied: Number(done),
    sums: JSON.parse(checksums ?? 'null') as string[] | null,
    appliedChecksum: appliedChecksum ?? '',
  }));
}

/** See `Store.readDownScript`. */
export function storedDown(database: Database, named: (sql: string) => string, name: string): Promise<Script | null> {
  return storedScript(async (column, from) => {
    const [row] = await withCleanSession(database, {
      sql: named(`SELECT pg_catalog.substring(h.${column}, CAST(:from AS integer), ${CHUNK}) FROM public.schema_migrations h
        WHERE h.name = :name AND h.status IN ('applied', 'baselined') ORDER BY h.attempt DESC LIMIT 1`),
      parameters: { name, from: String(from) },
      effect: 'read',
    });
    return row?.[0];
  });
}

/** Bytes of facts that are read in one call, of the 1 MiB of an answer. */
const FACTS_PAGE = 800_000;

/** See `Store.readFacts`. */
export async function facts(
  database: Database,
  named: (sql: string) => string,
  names: readonly string[],
): Promise<Map<string, IdentityFacts>> {
  const found = new Map<string, IdentityFacts>();
  for (let left = [...names]; left.length > 0; ) {
    const rows = await withCleanSession(database, {
      sql: named(`WITH stored AS (
          SELECT DISTINCT ON (h.name) h.name, CAST(h.content_facts AS pg_catalog.jsonb) AS facts FROM public.schema_migrations h
          WHERE h.content_facts IS NOT NULL AND h.name IN (SELECT pg_catalog.jsonb_array_elements_text(CAST(:names AS pg_catalog.jsonb)))
          ORDER BY h.name, h.attempt DESC
        ), texts AS (
          SELECT s.name, (s.facts->'once')::pg_catalog.text AS once, (s.facts->'names')::pg_catalog.text AS names,
            (s.facts->'drops')::pg_catalog.text AS drops FROM stored s
        ), pages AS (
          SELECT t.*, pg_catalog.row_number() OVER (ORDER BY t.name) AS place, pg_catalog.sum(
            pg_catalog.octet_length(pg_catalog.concat(t.name, t.once, t.names, t.drops))) OVER (ORDER BY t.name) AS bytes FROM texts t
        ) SELECT p.name, p.once, p.names, p.drops FROM pages p WHERE p.place = 1 OR p.bytes <= ${FACTS_PAGE} ORDER BY p.name`),
      parameters: { names: JSON.stringify(left) },
      effect: 'read',
    });
    for (const [name, once, ofNames, drops] of rows)
      found.set(name!, toFacts(once ?? null, ofNames ?? null, drops ?? null));
    // Those that are not answered although no page was full have no facts.
    const bytes = rows.reduce((sum, row) => sum + row.reduce((all, text) => all + (text?.length ?? 0), 0), 0);
    left = rows.length === 0 || bytes < FACTS_PAGE / 8 ? [] : left.filter(name => !found.has(name));
  }
  return found;
}
