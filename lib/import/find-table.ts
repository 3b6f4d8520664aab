import type { Database, Row } from '../core/database.ts';
import type { EngineName } from '../core/manifest.ts';
import type { FoundTable } from './other-table.ts';

/** Every table of these names, with its columns. PostgreSQL shows them all; MySQL only those on which the user has a right. */
const QUERIES: Readonly<Record<EngineName, string>> = {
  postgresql: `SELECT CAST(n.nspname AS pg_catalog.text), CAST(c.relname AS pg_catalog.text),
  (SELECT pg_catalog.string_agg(CAST(a.attname AS pg_catalog.text), ',' ORDER BY a.attnum) FROM pg_catalog.pg_attribute a
    WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped),
  CASE WHEN pg_catalog.has_table_privilege(c.oid, 'SELECT') AND pg_catalog.has_schema_privilege(n.oid, 'USAGE') THEN 'yes' ELSE 'no' END, 'yes'
FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND n.nspname <> 'information_schema' AND n.nspname NOT LIKE 'pg|_%' ESCAPE '|'
  AND pg_catalog.lower(CAST(c.relname AS pg_catalog.text)) = ANY (pg_catalog.string_to_array(:names, ','))
ORDER BY 1, 2`,
  mysql: `SELECT CONCAT(c.table_schema, ''), CONCAT(c.table_name, ''), GROUP_CONCAT(c.column_name ORDER BY c.ordinal_position), 'yes',
  IF(MAX(c.table_schema = DATABASE()), 'yes', 'no')
FROM information_schema.columns c
WHERE FIND_IN_SET(LOWER(CONCAT(c.table_name, '')), :names) > 0 GROUP BY c.table_schema, c.table_name ORDER BY 1, 2`,
};

/** A table that was found, and whether it lies in the migrated database: MySQL shows those of every database of the server. */
export type Candidate = FoundTable & { readonly isHere: boolean };

/** Finds the tables of these names, which are in lower case. One call. */
export async function findTables(
  database: Database,
  engine: EngineName,
  names: readonly string[],
): Promise<readonly Candidate[]> {
  const parameters = { names: [...new Set(names)].join(',') };
  const rows = await database.execute({ sql: QUERIES[engine], parameters, effect: 'read' });
  const quote = engine === 'mysql' ? quoteMysql : quotePostgresql;
  return rows.map(row => toCandidate(row, rows, engine, quote));
}

type Quote = (name: string) => string;

function toCandidate(row: Row, all: readonly Row[], engine: EngineName, quote: Quote): Candidate {
  const [schema, table, columns, isReadable, isHere] = row as readonly string[];
  const qualified = (name: string) => `${quote(schema!)}.${quote(name)}`;
  const neighbours = all.filter(other => other[0] === schema && other !== row).map(other => other[1]!);
  return {
    engine,
    schema: schema!,
    table: table!,
    name: `${schema}.${table}`,
    sql: qualified(table!),
    columns: (columns ?? '').split(','),
    isReadable: isReadable === 'yes',
    isHere: isHere === 'yes',
    beside: Object.fromEntries(neighbours.map(name => [name.toLowerCase(), qualified(name)])),
  };
}

function quotePostgresql(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

function quoteMysql(name: string): string {
  return `\`${name.replaceAll('`', '``')}\``;
}
