import { type Database, DatabaseError } from '../../core/database.ts';
import { type History, type HistoryEntry, SHORT_CHECKSUM } from '../../core/history.ts';
import { IS_BUSY } from '../activity/postgresql.ts';
import { eventOf, foreignTable, toEntry } from '../tracking-rows.ts';
import { withCleanSession } from './clean-session.ts';
import { LAST_TAKEN } from './lease.ts';
import { checkVersion, SERVER_VERSION } from './server-version.ts';

const counting = `('applied', 'reverted', 'baselined', 'replaced')`;
const milliseconds = (column: string) => `(extract(epoch FROM ${column}) * 1000.0)::bigint`;

/** The stack of a deploy hook by its name, which no other stack of its account and region has: not by its id, for it may be made anew. */
const stackOf = (hook: string) =>
  `CASE WHEN ${hook} LIKE 'arn:%' THEN pg_catalog.concat_ws('/', pg_catalog.split_part(${hook}, '/', 1), pg_catalog.split_part(${hook}, '/', 2)) ELSE ${hook} END`;

/** Whether a row belongs to another hook than the one that asks: one that is neither of the same stack nor deleted. */
const ofOtherHook = `${stackOf('hook')} <> ${stackOf('CAST(:hook AS pg_catalog.text)')}
    AND hook <> ALL (ARRAY(SELECT o.hook FROM public.schema_migrations_hooks o WHERE o.state = 'deleted'))`;

const event = eventOf(
  milliseconds('coalesce(h.finished_at, h.started_at)'),
  (...texts) => `pg_catalog.concat(${texts.join(', ')})`,
);

/** Of an attempt that did not come to its end: JSON, without a space. */
const inFlight = `CASE WHEN h.status IN ('failed', 'running') THEN pg_catalog.replace(h.in_flight, ' ', pg_catalog.chr(92) || 'u0020') END`;

/** The first few as JSON: what failed to be built, without what is being built now and partitioned ones that lack a partition. */
const INVALID_INDEXES = `(SELECT pg_catalog.json_agg(i.name)::pg_catalog.text FROM (
    SELECT pg_catalog.format('%I.%I', n.nspname, c.relname) AS name
    FROM pg_catalog.pg_index x JOIN pg_catalog.pg_class c ON c.oid = x.indexrelid AND c.relkind = 'i' JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    WHERE NOT x.indisvalid AND pg_catalog.left(n.nspname, 3) <> 'pg_'
      AND NOT EXISTS (SELECT FROM pg_catalog.pg_stat_progress_create_index p WHERE p.relid = x.indrelid)
    ORDER BY 1 LIMIT 20) i)`;

/**
 * A line a migration, lines joined to texts of about 30 kB and pages of about 900 kB, for the service cuts an answer off at 1 MiB (and
 * formerly a row at 64 kB). No column comes back as a type of its own: the service knows only some. Grouped, not joined: without
 * statistics of the table a join of it with itself becomes a loop within a loop.
 */
const query = `
WITH attempts AS (
  SELECT h.name COLLATE "C" AS name, h.attempt, h.hook, h.status IN ${counting} AS counts,
    pg_catalog.concat_ws(' ', h.status, pg_catalog.left(h.statements_checksum, ${SHORT_CHECKSUM})) AS state,
    ${milliseconds('coalesce(h.finished_at, h.started_at)')} AS at,
    h.other_name IS NOT NULL AS joined, ${event} AS event,
    coalesce(h.statements_applied::pg_catalog.text, '-') AS done, coalesce(h.execution_time_ms::pg_catalog.text, '-') AS ms, h.direction,
    CASE WHEN h.status IN ('failed', 'running') THEN nullif(h.applied_checksum, '') END AS sum, ${inFlight} AS in_flight
  FROM public.schema_migrations h WHERE h.name COLLATE "C" > :after
), newest AS (
  SELECT name, pg_catalog.max(attempt) AS attempt, pg_catalog.max(attempt) FILTER (WHERE counts) AS in_force,
    (pg_catalog.array_agg(pg_catalog.concat_ws(' ', attempt, direction, state, done, coalesce(sum, '-'), coalesce(in_flight, '-'), at, ms)
      ORDER BY attempt DESC))[1] AS latest,
    (pg_catalog.array_agg(pg_catalog.concat_ws(' ', state, at) ORDER BY attempt DESC) FILTER (WHERE counts))[1] AS counted,
    (pg_catalog.array_agg(hook ORDER BY attempt DESC) FILTER (WHERE counts))[1] AS hook,
    pg_catalog.bool_or(joined) AS joined, pg_catalog.string_agg(event, ',' ORDER BY attempt) AS past
  FROM attempts GROUP BY name
), lines AS (
  SELECT name, pg_catalog.concat_ws(' ', latest,
    CASE WHEN in_force IS NULL THEN '- - -' WHEN in_force = attempt THEN '= - -' ELSE counted END,
    CASE WHEN ${ofOtherHook} THEN '!' ELSE '-' END,
    CASE WHEN joined OR name IN (SELECT o.other_name FROM public.schema_migrations o WHERE o.other_name IS NOT NULL) THEN coalesce(past, '-') ELSE '-' END,
    name) AS line
  FROM newest
), pages AS (
  SELECT name, line, pg_catalog.sum(pg_catalog.octet_length(line) + 2) OVER (ORDER BY name) AS bytes, pg_catalog.count(*) OVER () AS total FROM lines
)
SELECT pg_catalog.string_agg(line, pg_catalog.chr(10) ORDER BY name), pg_catalog.count(*)::pg_catalog.text, pg_catalog.max(total)::pg_catalog.text,
  (SELECT o.request_id FROM public.schema_migrations_hooks o WHERE o.hook = CAST(:hook AS pg_catalog.text) AND o.state <> 'done'),
  (SELECT ${LAST_TAKEN} FROM public.schema_migrations_lease l WHERE l.id = 'lease' AND l.run_id IS NULL),
  ${SERVER_VERSION}, ${IS_BUSY}, ${INVALID_INDEXES}
FROM pages WHERE bytes <= 900000 GROUP BY bytes / 30000 ORDER BY pg_catalog.max(name)`;

/** See `Store.readHistory`. */
export async function readHistory(
  database: Database,
  named: (sql: string) => string,
  hook: string | null,
): Promise<History> {
  const entries = new Map<string, HistoryEntry>();
  let openRequest: string | null = null;
  let leaseTaken: string | null = null;
  let server: number | null = null;
  let isBusy = false;
  let invalidIndexes: readonly string[] = [];
  try {
    for (let after = '', left = 1; left > 0; ) {
      const isFirst = after === '';
      const rows = await withCleanSession(database, { sql: named(query), parameters: { after, hook }, effect: 'read' });
      const lines = rows.flatMap(row => (row[0] ?? '').split('\n'));
      for (const { entry, rest } of lines.map(toEntry)) {
        const name = rest.join(' ');
        entries.set(name, { name, ...entry });
      }
      left = Number(rows[0]?.[2] ?? 0) - lines.length;
      openRequest = rows[0]?.[3] ?? null;
      leaseTaken = isFirst && left === 0 ? (rows[0]?.[4] ?? null) : null;
      if (rows[0]?.[5] != null) server = checkVersion(rows[0][5]);
      isBusy = rows[0]?.[6] === 'true';
      invalidIndexes = JSON.parse(rows[0]?.[7] ?? '[]') as string[];
      after = [...entries.keys()].at(-1) ?? '';
    }
  } catch (error) {
    if (!(error instanceof DatabaseError)) throw error;
    if (error.sqlState === '42P01') return { installed: false, entries, openRequest, leaseTaken, server };
    if (error.sqlState === '42703') {
      const table = named('public.schema_migrations').replaceAll('"', '');
      const routines = `the functions whose names begin with ${table}_`;
      throw foreignTable({ table, columns: await columnsOf(database, named), routines }, error);
    }
    throw error;
  }
  return { installed: true, entries, openRequest, leaseTaken, server, isBusy, invalidIndexes };
}

async function columnsOf(database: Database, named: (sql: string) => string): Promise<string[]> {
  const sql =
    named(`SELECT pg_catalog.string_agg(a.attname::pg_catalog.text, ',' ORDER BY a.attname::pg_catalog.text) FROM pg_catalog.pg_attribute a
    WHERE a.attrelid = CAST('public.schema_migrations' AS pg_catalog.regclass) AND a.attnum > 0 AND NOT a.attisdropped`);
  const [row] = await withCleanSession(database, { sql, effect: 'read' });
  return (row?.[0] ?? '').split(',');
}
