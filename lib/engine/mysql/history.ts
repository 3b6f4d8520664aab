import type { Database } from '../../core/database.ts';
import { type History, type HistoryEntry, SHORT_CHECKSUM } from '../../core/history.ts';
import { eventOf, foreignTable, toEntry } from '../tracking-rows.ts';
import { ER, isError } from './errors.ts';
import { end, LAST_TAKEN, LEFT_BEHIND } from './lease.ts';
import type { Naming } from './names.ts';
import type { Mark } from './picture.ts';
import { checkVersion, readSupported } from './server-version.ts';
import { HINTS } from './session.ts';

const counting = `('applied', 'reverted', 'baselined', 'replaced')`;
export const milliseconds = (column: string) => `TIMESTAMPDIFF(MICROSECOND, '1970-01-01', ${column}) DIV 1000`;

/** The stack of a deploy hook by its name, which no other stack of its account and region has: not by its id, for it may be made anew. */
const stackOf = (hook: string) => `IF(${hook} LIKE 'arn:%', SUBSTRING_INDEX(${hook}, '/', 2), ${hook})`;

/** Whether a row belongs to another hook than the one that asks: one that is neither of the same stack nor deleted. */
const ofOtherHook = `${stackOf('c.hook')} <> ${stackOf(':hook')}
      AND c.hook NOT IN (SELECT d.id FROM schema_migrations_lease d WHERE d.holder = 'deleted')`;

const event = eventOf(
  milliseconds('COALESCE(h.finished_at, h.started_at)'),
  (...texts) => `CONCAT(${texts.join(', ')})`,
);

/** A line a migration, in lists of about 30 kB and pages of about 900 kB, for the service cuts an answer off at 1 MiB. */
const query = `
WITH attempts AS (
  SELECT h.name, h.attempt, h.status, LEFT(h.statements_checksum, ${SHORT_CHECKSUM}) AS sum,
    h.statements_applied AS done, h.hook, JSON_SET(CAST(h.picture AS json), '$.target', h.target) AS picture,
    ${milliseconds('COALESCE(h.finished_at, h.started_at)')} AS at, h.execution_time_ms AS ms, h.status IN ${counting} AS counts,
    ROW_NUMBER() OVER (PARTITION BY h.name ORDER BY h.attempt DESC) AS age,
    ROW_NUMBER() OVER (PARTITION BY h.name, h.status IN ${counting} ORDER BY h.attempt DESC) AS age_of_kind
  FROM schema_migrations h WHERE h.name > :after
), pasts AS (
  SELECT h.name, REPLACE(CAST(JSON_ARRAYAGG(${event}) AS char), ', ', ',') AS past FROM schema_migrations h
  WHERE h.name IN (SELECT o.other_name FROM schema_migrations o WHERE o.other_name IS NOT NULL UNION
    SELECT o.name FROM schema_migrations o WHERE o.other_name IS NOT NULL) GROUP BY h.name
), texts AS (
  SELECT l.name, CONCAT_WS(' ', l.attempt, l.status, l.sum, COALESCE(l.done, '-'), l.at, COALESCE(l.ms, '-'),
    CASE WHEN c.name IS NULL THEN '- - -' WHEN c.attempt = l.attempt THEN '= - -' ELSE CONCAT_WS(' ', c.status, c.sum, c.at) END,
    CASE WHEN ${ofOtherHook} THEN '!' ELSE '-' END, COALESCE(e.past, '-'), l.name) AS line, l.picture
  FROM attempts l LEFT JOIN attempts c ON c.name = l.name AND c.counts AND c.age_of_kind = 1
    LEFT JOIN pasts e ON e.name = l.name
  WHERE l.age = 1
), pages AS (
  SELECT name, line, picture, SUM(LENGTH(line) + 6) OVER (ORDER BY name) AS bytes, COUNT(*) OVER () AS total FROM texts
)
SELECT CAST(JSON_ARRAYAGG(line) AS char), CAST(MAX(total) AS char),
  (SELECT l.request_id FROM schema_migrations_lease l WHERE l.id = :hook AND l.holder <> 'done'),
  (SELECT CAST(COUNT(*) AS char) FROM information_schema.routines r
    WHERE r.routine_schema = DATABASE() AND r.routine_name = :witness),
  CAST(JSON_ARRAYAGG(picture) AS char), ${LEFT_BEHIND},
  (SELECT ${LAST_TAKEN} FROM schema_migrations_lease c WHERE c.id = 'lease' AND c.run_id IS NULL), ${HINTS}, VERSION()
FROM pages WHERE bytes <= 900000 GROUP BY bytes DIV 30000`;

/** What only this engine wants to know of the history. */
export interface Known {
  /** The tables are there. */
  installed: boolean;
  /** The procedures are there. Undefined: nobody has looked. */
  witness: boolean | undefined;
  /** They are not, and cannot be made: it was tried in this run. */
  refused: boolean;
  /** Optimizer hints for a statement to meet the settings of a new session; '': nobody has looked. */
  hints: string;
  /** By name: the latest attempt. */
  readonly latest: Map<string, Latest>;
}

/** The latest attempt of a migration. */
export interface Latest {
  readonly attempt: number;
  /** It says that it works still: whoever wrote that has died, or has lost the lease. */
  readonly running: boolean;
  /** What it may have left at work. */
  readonly mark: Mark | null;
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
  let leaseTaken: string | null = null;
  known.latest.clear();
  known.installed = false;
  try {
    for (let after = '', left = 1; left > 0; ) {
      const isFirst = after === '';
      const parameters = { after, hook, witness: `${named.table}_apply_1` };
      const rows = await database.execute({ sql: named(query), parameters, effect: 'read' });
      // It sees what was never committed.
      const here = rows[0]?.[5];
      if (here != null) {
        await end(database, here);
        continue;
      }
      if (rows[0]?.[8] != null) checkVersion(rows[0][8]);
      const lines = rows.flatMap(row => JSON.parse(row[0] ?? '[]') as string[]);
      const pictures = rows.flatMap(row => JSON.parse(row[4] ?? '[]') as (Mark | null)[]);
      for (const [at, line] of lines.entries()) {
        const { entry, rest } = toEntry(line);
        const [name] = rest as [string];
        entries.set(name, { name, ...entry });
        const { attempt, status } = entry.latest;
        known.latest.set(name, { attempt, running: status === 'running', mark: pictures[at] ?? null });
        if (name > after) after = name;
      }
      left = Number(rows[0]?.[1] ?? 0) - lines.length;
      openRequest = rows[0]?.[2] ?? null;
      leaseTaken = isFirst && left === 0 ? (rows[0]?.[6] ?? null) : null;
      known.hints = rows[0]?.[7] ?? '';
      known.witness = Number(rows[0]?.[3] ?? 0) > 0;
    }
  } catch (error) {
    if (isError(error, ER.NO_SUCH_TABLE)) return { installed: false, entries, openRequest, leaseTaken, server: null };
    if (isError(error, ER.BAD_FIELD)) throw foreignTable(named.table, await columnsOf(database, named), error);
    return readSupported(database, () => Promise.reject(error));
  }
  known.installed = entries.size > 0;
  return { installed: known.installed, entries, openRequest, leaseTaken, server: null };
}

async function columnsOf(database: Database, { table, schema }: Naming): Promise<string[]> {
  const sql = `SELECT c.column_name FROM information_schema.columns c
    WHERE c.table_schema = COALESCE(:schema, DATABASE()) AND c.table_name = :table ORDER BY c.column_name`;
  const rows = await database.execute({ sql, parameters: { schema, table }, effect: 'read' });
  return rows.map(row => row[0]!);
}
