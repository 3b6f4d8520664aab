import type { Database } from '../../../core/database.ts';
import type { Schema, SchemaOptions } from '../../../core/schema.ts';
import { inOrder, type Unordered } from '../../../core/schema-order.ts';
import { catalog, KINDS, short, type Tracking } from './catalog.ts';
import { dependencies, partOf } from './dependencies.ts';
import type { Server } from './kind.ts';
import { NOT_DUMPED } from './kinds/not-dumped.ts';
import { inCatalogSession } from './session.ts';

/** Bytes of text in one answer. The service ends at 1 MiB, and JSON writes quotes and line ends longer than they are. */
const PAGE = 700_000;

/** Rows of the first page: a row has at most 60 kB (20 kB of pieces, and one that goes over), for a row formerly ended at 64 kB. */
const FIRST_ROWS = 10;

/**
 * A line of JSON an object, the lines cut into pieces of 10,000 characters, the pieces joined to rows of about 20 kB. Each row says how many of
 * those after it make the next page.
 */
const rows = (server: Server) =>
  short(`, ${partOf(server)}, ${dependencies}, lines AS (
  SELECT row_number() OVER () AS nth, json_build_array(o.kind, o.name, o.key, concat_ws(' ', n.needs, o.also), o.sql)::text || chr(10) AS line
  FROM objects o LEFT JOIN needs n ON n.key = o.key
), pieces AS (
  SELECT l.nth, g.piece, substr(l.line, g.piece * 10000 + 1, 10000) AS text FROM lines l CROSS JOIN generate_series(0, (length(l.line) - 1) / 10000) g(piece)
), placed AS (
  SELECT p.*, sum(octet_length(p.text)) OVER (ORDER BY p.nth, p.piece) AS upto FROM pieces p
), chunks AS (
  SELECT string_agg(p.text, '' ORDER BY p.nth, p.piece) AS text, max(p.upto) AS upto FROM placed p GROUP BY p.upto / 20000
)
SELECT c.text, count(*) OVER (ORDER BY c.upto RANGE BETWEEN 1 FOLLOWING AND ${PAGE} FOLLOWING)::text FROM chunks c ORDER BY c.upto`);

/**
 * The whole schema in one query, read through a cursor: it is computed once, is of one moment, and every answer is as large as the service
 * lets it be. Five calls, and one more for each page after the first.
 */
export function readSchema(
  database: Database,
  tracking: Tracking,
  { grants = false }: SchemaOptions = {},
): Promise<Schema> {
  return inCatalogSession(database, async (transaction, server) => {
    await transaction.execute({ sql: readQuery(server, tracking, grants), effect: 'read' });
    let text = '';
    for (let next = FIRST_ROWS; next > 0; ) {
      const page = await transaction.execute({ sql: `FETCH ${next} FROM aurora_migrations_schema`, effect: 'read' });
      for (const row of page) text += row[0] ?? '';
      next = Number(page.at(-1)?.[1] ?? 0);
    }
    return toSchema(text);
  });
}

/** The statement that opens the cursor. */
export function readQuery(server: Server, tracking: Tracking, grants: boolean): string {
  return `DECLARE aurora_migrations_schema CURSOR FOR ${catalog(server, tracking, { grants, notDumped: true })}${rows(server)}`;
}

function toSchema(text: string): Schema {
  const objects: Unordered[] = [];
  const notDumped: string[] = [];
  for (const line of text.split('\n')) {
    if (line === '') continue;
    const [kind, name, key, needs, sql] = JSON.parse(line) as [string, string, string, string, string];
    if (kind === NOT_DUMPED) notDumped.push(name);
    else objects.push({ kind, name, key, needs: needs.split(' '), sql });
  }
  return { objects: inOrder(objects, KINDS), notDumped: notDumped.sort() };
}
