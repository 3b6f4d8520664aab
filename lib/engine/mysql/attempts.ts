import type { Database } from '../../core/database.ts';
import type { Unfinished } from '../../core/history.ts';
import type { IdentityFacts } from '../../core/identity.ts';
import type { Script } from '../../core/manifest.ts';
import type { AttemptRow } from '../engine.ts';
import { CHUNK, storedScript, toAttempt, toFacts } from '../tracking-rows.ts';
import { milliseconds } from './history.ts';
import type { Naming } from './names.ts';

const text = (expression: string) => `CAST(${expression} AS char)`;

const columns = [
  ...[
    'h.name',
    text('h.attempt'),
    'h.status',
    'h.checksum',
    text(milliseconds('h.started_at')),
    text(milliseconds('h.finished_at')),
  ],
  ...['h.execution_time_ms', 'h.statements', 'h.statements_applied'].map(text),
  ...['h.error_code', 'LEFT(h.error_message, 4000)', 'LEFT(h.error_detail, 4000)', 'LEFT(h.error_hint, 1000)'],
  ...['h.error_statement', 'h.error_line'].map(text),
  ...['h.run_id', 'h.hook', 'h.requested_by', 'h.tool_version', 'h.other_name', 'h.statements_checksum'],
].join(', ');

const newest = '(SELECT MAX(c.attempt) FROM schema_migrations c WHERE c.name = h.name)';
const named_ = `h.name IN (SELECT j.name FROM JSON_TABLE(:names, '$[*]' COLUMNS (name varchar(200) CHARACTER SET ascii COLLATE ascii_bin PATH '$')) j)`;

/** Rows in one call: the error of one may have 36 kB, and an answer ends at 1 MiB. */
const PAGE = 25;

/** See `Store.readAttempts`. */
export async function attempts(
  database: Database,
  named: Naming,
  { limit, names }: { limit: number; names?: readonly string[] | undefined },
): Promise<AttemptRow[]> {
  const found: AttemptRow[] = [];
  while (found.length < limit) {
    const page = Math.min(PAGE, limit - found.length);
    const rows = await database.execute({
      sql: named(`SELECT ${columns} FROM schema_migrations h WHERE :names IS NULL OR ${named_}
        ORDER BY h.started_at DESC, h.name DESC, h.attempt DESC LIMIT ${page} OFFSET ${found.length}`),
      parameters: { names: names ? JSON.stringify(names) : null },
      effect: 'read',
    });
    found.push(...rows.map(toAttempt));
    if (rows.length < page) break;
  }
  return found;
}

/** See `Store.readLatest`. */
export async function latest(database: Database, named: Naming, names: readonly string[]): Promise<AttemptRow[]> {
  const found: AttemptRow[] = [];
  for (let at = 0; at < names.length; at += PAGE) {
    const rows = await database.execute({
      sql: named(`SELECT ${columns} FROM schema_migrations h WHERE ${named_} AND h.attempt = ${newest}`),
      parameters: { names: JSON.stringify(names.slice(at, at + PAGE)) },
      effect: 'read',
    });
    found.push(...rows.map(toAttempt));
  }
  return found;
}

/** See `Store.readUnfinished`. */
export async function unfinished(database: Database, named: Naming, names: readonly string[]): Promise<Unfinished[]> {
  const rows = await database.execute({
    sql: named(`SELECT h.name, ${text('h.statements_applied')}, h.applied_checksum, h.statement_checksums
      FROM schema_migrations h WHERE ${named_} AND h.attempt = ${newest}`),
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
export function storedDown(database: Database, named: Naming, name: string): Promise<Script | null> {
  return storedScript(async (column, from) => {
    const [row] = await database.execute({
      sql: named(`SELECT SUBSTRING(h.${column}, ${from}, ${CHUNK}) FROM schema_migrations h
        WHERE h.name = :name AND h.status IN ('applied', 'baselined') ORDER BY h.attempt DESC LIMIT 1`),
      parameters: { name },
      effect: 'read',
    });
    return row?.[0];
  });
}

/** Names whose facts are read in one call. */
const FACTS = 100;

/** See `Store.readFacts`. */
export async function facts(
  database: Database,
  named: Naming,
  names: readonly string[],
): Promise<Map<string, IdentityFacts>> {
  const found = new Map<string, IdentityFacts>();
  for (let at = 0; at < names.length; at += FACTS) {
    const rows = await database.execute({
      sql: named(`SELECT h.name, ${['once', 'names', 'drops'].map(member => text(`JSON_EXTRACT(h.content_facts, '$.${member}')`)).join(', ')}
        FROM schema_migrations h WHERE ${named_} AND h.attempt = (SELECT MAX(c.attempt) FROM schema_migrations c
          WHERE c.name = h.name AND c.content_facts IS NOT NULL)`),
      parameters: { names: JSON.stringify(names.slice(at, at + FACTS)) },
      effect: 'read',
    });
    for (const [name, once, ofNames, drops] of rows)
      found.set(name!, toFacts(once ?? null, ofNames ?? null, drops ?? null));
  }
  return found;
}
