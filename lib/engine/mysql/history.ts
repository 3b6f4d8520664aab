import type { Database } from '../../core/database.ts';
import { type History, type HistoryEntry, SHORT_CHECKSUM } from '../../core/history.ts';
import { IS_BUSY } from '../activity/mysql.ts';
import { eventOf, foreignTable, toEntry } from '../tracking-rows.ts';
import { ER, isError } from './errors.ts';
import { LAST_TAKEN } from './lease.ts';
import type { Naming } from './names.ts';
import { checkVersion, readSupported } from './server-version.ts';

const counting = `('applied', 'reverted', 'baselined', 'replaced')`;
export const milliseconds = (column: string) => `TIMESTAMPDIFF(MICROSECOND, '1970-01-01', ${column}) DIV 1000`;

/** The stack of a deploy hook by its name, which no other stack of its account and region has: not by its id, for it may be made anew. */
const stackOf = (hook: string) => `IF(${hook} LIKE 'arn:%', SUBSTRING_INDEX(${hook}, '/', 2), ${hook})`;

/** Whether a row belongs to another hook than the one that asks: one that is neither of the same stack nor deleted. */
const ofOtherHook = `${stackOf('c.hook')} <> ${stackOf(':hook')}
      AND c.hook NOT IN (SELECT d.hook FROM schema_migrations_hooks d WHERE d.state = 'deleted')`;

const event = eventOf(
  milliseconds('COALESCE(h.finished_at, h.started_at)'),
  (...texts) => `CONCAT(${texts.join(', ')})`,
);

/** A line a migration, in lists of about 30 kB and pages of about 900 kB, for the service cuts an answer off at 1 MiB. */
const query = `
WITH attempts AS (
  SELECT h.name, h.attempt, h.direction, h.status, LEFT(h.statements_checksum, ${SHORT_CHECKSUM}) AS sum,
    h.statements_applied AS done, IF(h.status IN ('failed', 'running'), NULLIF(h.applied_checksum, ''), NULL) AS applied, h.hook,
    ${milliseconds('COALESCE(h.finished_at, h.started_at)')} AS at, h.execution_time_ms AS ms, h.status IN ${counting} AS counts,
    ROW_NUMBER() OVER (PARTITION BY h.name ORDER BY h.attempt DESC) AS age,
    ROW_NUMBER() OVER (PARTITION BY h.name, h.status IN ${counting} ORDER BY h.attempt DESC) AS age_of_kind
  FROM schema_migrations h WHERE h.name > :after
), pasts AS (
  SELECT h.name, REPLACE(CAST(JSON_ARRAYAGG(${event}) AS char), ', ', ',') AS past FROM schema_migrations h
  WHERE h.name IN (SELECT o.other_name FROM schema_migrations o WHERE o.other_name IS NOT NULL UNION
    SELECT o.name FROM schema_migrations o WHERE o.other_name IS NOT NULL) GROUP BY h.name
), texts AS (
  SELECT l.name, CONCAT_WS(' ', l.attempt, l.direction, l.status, l.sum, COALESCE(l.done, '-'), COALESCE(l.applied, '-'), '-', l.at, COALESCE(l.ms, '-'),
    CASE WHEN c.name IS NULL THEN '- - -' WHEN c.attempt = l.attempt THEN '= - -' ELSE CONCAT_WS(' ', c.status, c.sum, c.at) END,
    CASE WHEN ${ofOtherHook} THEN '!' ELSE '-' END, COALESCE(e.past, '-'), l.name) AS line
  FROM attempts l LEFT JOIN attempts c ON c.name = l.name AND c.counts AND c.age_of_kind = 1
    LEFT JOIN pasts e ON e.name = l.name
  WHERE l.age = 1
), pages AS (
  SELECT name, line, SUM(LENGTH(line) + 6) OVER (ORDER BY name) AS bytes, COUNT(*) OVER () AS total FROM texts
)
SELECT CAST(JSON_ARRAYAGG(line) AS char), CAST(MAX(total) AS char),
  (SELECT o.request_id FROM schema_migrations_hooks o WHERE o.hook = :hook AND o.state <> 'done'),
  (SELECT ${LAST_TAKEN} FROM schema_migrations_lease c WHERE c.id = 'lease' AND c.run_id IS NULL), VERSION(), CAST(@@autocommit AS char), ${IS_BUSY}
FROM (SELECT 1 AS one) always LEFT JOIN pages ON bytes <= 900000 GROUP BY bytes DIV 30000`;

/**
 * See `Store.readHistory`. Undefined: the session does not commit each statement by itself, so that an earlier read may have fixed what it shows.
 * @param autocommit false: each call has a transaction of its own
 */
export async function readHistory(
  database: Database,
  named: Naming,
  hook: string | null,
  autocommit: boolean,
): Promise<History | undefined> {
  const entries = new Map<string, HistoryEntry>();
  const none = { entries, openRequest: null, leaseTaken: null, server: null };
  let history: History = { ...none, installed: false };
  try {
    for (let after = '', left = 1; left > 0; ) {
      const isFirst = after === '';
      const rows = await database.execute({ sql: named(query), parameters: { after, hook }, effect: 'read' });
      if (rows[0]?.[4] != null) checkVersion(rows[0][4]);
      if (autocommit && rows[0]?.[5] === '0') return undefined;
      const lines = rows.flatMap(row =>
        (JSON.parse(row[0] ?? '[]') as (string | null)[]).filter(line => line !== null),
      );
      for (const line of lines) {
        const { entry, rest } = toEntry(line);
        const [name] = rest as [string];
        entries.set(name, { name, ...entry });
        if (name > after) after = name;
      }
      left = Number(rows[0]?.[1] ?? 0) - lines.length;
      const [openRequest, taken] = [rows[0]?.[2] ?? null, rows[0]?.[3] ?? null];
      const leaseTaken = isFirst && left === 0 ? taken : null;
      const isBusy = rows[0]?.[6] === '1';
      history = { ...none, openRequest, leaseTaken, isBusy, installed: entries.size > 0 };
    }
  } catch (error) {
    const isAbsent = isError(error, ER.NO_SUCH_TABLE);
    if (!isAbsent && !isError(error, ER.BAD_FIELD)) return readSupported(database, () => Promise.reject(error));
    const found = await columnsOf(database, named);
    // One of the tables may be missing while another tool's, or an earlier build's, has the name of the first.
    const isOurs = found.columns.length === 0 || found.columns.includes('direction');
    if (isAbsent && isOurs) return autocommit && !found.autocommit ? undefined : { ...none, installed: false };
    const { table } = named;
    const routines = `the procedures ${table}_session_1, ${table}_picture_1 and ${table}_apply_1`;
    throw foreignTable({ table, columns: found.columns, routines }, error);
  }
  return history;
}

async function columnsOf(database: Database, { table, schema }: Naming) {
  const sql = `SELECT CAST(@@autocommit AS char), CAST(COALESCE(JSON_ARRAYAGG(c.column_name), '[]') AS char) FROM information_schema.columns c
    WHERE c.table_schema = COALESCE(:schema, DATABASE()) AND c.table_name = :table`;
  const [row] = await database.execute({ sql, parameters: { schema, table }, effect: 'read' });
  return { autocommit: row![0] !== '0', columns: (JSON.parse(row![1]!) as string[]).sort() };
}
