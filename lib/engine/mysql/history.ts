import type { Database } from '../../core/database.ts';
import { type History, type HistoryEntry, SHORT_CHECKSUM } from '../../core/history.ts';
import { foreignTable, toEntry } from '../tracking-rows.ts';
import { ER, isError } from './errors.ts';
import type { Naming } from './names.ts';

const counting = `('applied', 'reverted', 'baselined')`;
export const milliseconds = (column: string) => `TIMESTAMPDIFF(MICROSECOND, '1970-01-01', ${column}) DIV 1000`;

/**
 * A line a migration, in lists of about 30 kB and pages of about 900 kB, for the service cuts an answer off at 1 MiB. Of a failed undoing it
 * is not told how far it got: that is for the next undoing, not for a run.
 */
const query = `
WITH attempts AS (
  SELECT h.name, h.attempt, h.status, LEFT(h.statements_checksum, ${SHORT_CHECKSUM}) AS sum,
    IF(h.target = 'reverted', NULL, h.statements_applied) AS done, h.hook, h.picture IS NOT NULL AS marked,
    ${milliseconds('COALESCE(h.finished_at, h.started_at)')} AS at, h.execution_time_ms AS ms, h.status IN ${counting} AS counts,
    ROW_NUMBER() OVER (PARTITION BY h.name ORDER BY h.attempt DESC) AS age,
    ROW_NUMBER() OVER (PARTITION BY h.name, h.status IN ${counting} ORDER BY h.attempt DESC) AS age_of_kind
  FROM schema_migrations h WHERE h.name > :after
), texts AS (
  SELECT l.name, CONCAT_WS(' ', l.attempt, l.status, l.sum, COALESCE(l.done, '-'), l.at, COALESCE(l.ms, '-'),
    CASE WHEN c.name IS NULL THEN '- - -' WHEN c.attempt = l.attempt THEN '= - -' ELSE CONCAT_WS(' ', c.status, c.sum, c.at) END,
    CASE WHEN c.hook <> :hook THEN '!' ELSE '-' END, IF(l.marked, 'm', '-'), l.name) AS line
  FROM attempts l LEFT JOIN attempts c ON c.name = l.name AND c.counts AND c.age_of_kind = 1
  WHERE l.age = 1
), pages AS (
  SELECT name, line, SUM(LENGTH(line) + 6) OVER (ORDER BY name) AS bytes, COUNT(*) OVER () AS total FROM texts
)
SELECT CAST(JSON_ARRAYAGG(line) AS char), CAST(MAX(total) AS char),
  (SELECT l.request_id FROM schema_migrations_lease l WHERE l.id = :hook AND l.holder = 'open'),
  (SELECT CAST(COUNT(*) AS char) FROM information_schema.routines r
    WHERE r.routine_schema = COALESCE(:schema, DATABASE()) AND r.routine_name = :witness)
FROM pages WHERE bytes <= 900000 GROUP BY bytes DIV 30000`;

/** What only this engine wants to know of the history. */
export interface Known {
  /** The procedures are there. */
  witness: boolean | undefined;
  /** By name: the number of the latest attempt, and whether it may have left a statement at work. */
  readonly latest: Map<string, { attempt: number; marked: boolean }>;
}

/** See `Engine.history`. */
export async function readHistory(
  database: Database,
  named: Naming,
  known: Known,
  hook: string | null,
): Promise<History> {
  const entries = new Map<string, HistoryEntry>();
  let openRequest: string | null = null;
  const { schema } = named;
  known.latest.clear();
  try {
    for (let after = '', left = 1; left > 0; ) {
      const parameters = { after, hook, schema, witness: `${named.table}_apply_1` };
      const rows = await database.execute({ sql: named(query), parameters, effect: 'read' });
      const lines = rows.flatMap(row => JSON.parse(row[0] ?? '[]') as string[]);
      for (const line of lines) {
        const { entry, rest } = toEntry(line);
        const [mark, name] = rest as [string, string];
        entries.set(name, { name, ...entry });
        known.latest.set(name, { attempt: entry.latest.attempt, marked: mark === 'm' });
        if (name > after) after = name;
      }
      left = Number(rows[0]?.[1] ?? 0) - lines.length;
      openRequest = rows[0]?.[2] ?? null;
      known.witness = Number(rows[0]?.[3] ?? 0) > 0;
    }
  } catch (error) {
    if (isError(error, ER.NO_SUCH_TABLE)) return { installed: false, entries, openRequest };
    if (isError(error, ER.BAD_FIELD)) throw foreignTable(named.table, await columnsOf(database, named), error);
    throw error;
  }
  return { installed: entries.size > 0, entries, openRequest };
}

async function columnsOf(database: Database, { table, schema }: Naming): Promise<string[]> {
  const sql = `SELECT c.column_name FROM information_schema.columns c
    WHERE c.table_schema = COALESCE(:schema, DATABASE()) AND c.table_name = :table ORDER BY c.column_name`;
  const rows = await database.execute({ sql, parameters: { schema, table }, effect: 'read' });
  return rows.map(row => row[0]!);
}
