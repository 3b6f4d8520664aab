import pg from 'pg';
import { type Databases, TOOLS } from './databases.ts';

/** The sum of each table's rows does not depend on their order. */
const SHAPE = `
WITH tables AS (
  SELECT oid, relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p') AND relname !~ '${TOOLS}'
)
SELECT md5(coalesce(string_agg(line, chr(10) ORDER BY line COLLATE "C"), '')) AS shape FROM (
  SELECT concat_ws(' ', c.relname, c.relkind, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull) AS line
  FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
  WHERE c.relnamespace = 'public'::regnamespace AND c.relname !~ '${TOOLS}'
  UNION ALL
  SELECT pg_get_indexdef(indexrelid) FROM pg_index JOIN tables ON indrelid = oid
  UNION ALL
  SELECT concat_ws(' ', relname, conname, pg_get_constraintdef(c.oid)) FROM pg_constraint c JOIN tables t ON conrelid = t.oid
  UNION ALL
  SELECT concat_ws(' ', relname, query_to_xml(format(
    'SELECT count(*) AS rows, coalesce(sum(hashtextextended(t::text, 0)), 0) AS sum FROM %I t', relname), true, true, ''))
  FROM tables
) lines`;

/** @param server URL of a superuser */
export async function postgresqlDatabases(server: string): Promise<Databases> {
  const query = async (statements: readonly string[], database = 'postgres') => {
    const url = new URL(server);
    url.pathname = `/${database}`;
    const client = new pg.Client(url.href);
    await client.connect();
    try {
      let rows: Record<string, string>[] = [];
      for (const statement of statements) rows = (await client.query(statement)).rows;
      return rows;
    } finally {
      await client.end();
    }
  };
  const sql = async (statements: readonly string[], database?: string) => void (await query(statements, database));
  const [row] = await query(['SHOW server_version']);
  return {
    version: `PostgreSQL ${row!.server_version!}`,
    sql,
    create(database, template = 'template0') {
      // A database that is copied must have no other guests: the service keeps its connections.
      const leave = `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '${template}'`;
      return sql([leave, `CREATE DATABASE ${database} TEMPLATE ${template}`]);
    },
    drop: database => sql([`DROP DATABASE IF EXISTS ${database} WITH (FORCE)`]),
    shape: async database => (await query([SHAPE], database))[0]!.shape!,
  };
}
