import type { Database } from '../../core/database.ts';
import type { Truth } from '../../core/manifest.ts';
import { ownSession } from './session.ts';

/**
 * What the catalog says of a statement that ran alone. `half`: it left something behind that must be cleared before it is run again;
 * `building`: somebody works on just that right now; `unknown`: nothing tells.
 */
export type Found = 'done' | 'not-done' | 'half' | 'building' | 'unknown';

/** The index by name, in the schema written or, without one, in the schema of its table as the search path finds it. */
const index = `
SELECT CASE WHEN p.pid IS NOT NULL THEN 'building' WHEN i.indisvalid THEN 'valid' ELSE 'invalid' END
FROM pg_catalog.pg_index i JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
LEFT JOIN pg_catalog.pg_stat_progress_create_index p ON p.index_relid = c.oid
WHERE c.relname = :name AND CASE WHEN CAST(:schema AS pg_catalog.text) IS NULL THEN pg_catalog.pg_table_is_visible(c.oid) ELSE n.nspname = :schema END`;

const detached = `
SELECT CASE WHEN i.inhdetachpending THEN 'pending' ELSE 'attached' END
FROM pg_catalog.pg_inherits i JOIN pg_catalog.pg_class c ON c.oid = i.inhrelid JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
JOIN pg_catalog.pg_class parent ON parent.oid = i.inhparent
WHERE c.relname = :name AND parent.relname = :parent
  AND CASE WHEN CAST(:schema AS pg_catalog.text) IS NULL THEN pg_catalog.pg_table_is_visible(c.oid) ELSE n.nspname = :schema END`;

const existing = {
  database: 'SELECT 1::pg_catalog.text FROM pg_catalog.pg_database WHERE datname = :name',
  subscription: 'SELECT 1::pg_catalog.text FROM pg_catalog.pg_subscription WHERE subname = :name',
  tablespace: 'SELECT 1::pg_catalog.text FROM pg_catalog.pg_tablespace WHERE spcname = :name',
  slot: 'SELECT 1::pg_catalog.text FROM pg_catalog.pg_replication_slots WHERE slot_name = :name',
} as const;

/** Ask the catalog. */
export async function look(database: Database, truth: Truth): Promise<Found> {
  const ask = async (sql: string, parameters: Record<string, string | null>) =>
    (await ownSession(database, { sql, parameters, effect: 'read' }))[0]?.[0] ?? null;
  switch (truth.kind) {
    case 'index-built':
    case 'index-gone': {
      const state = await ask(index, { name: truth.index, schema: truth.schema });
      if (state === 'building') return 'building';
      if (truth.kind === 'index-gone') return state === null ? 'done' : 'not-done';
      return state === null ? 'not-done' : state === 'valid' ? 'done' : 'half';
    }
    case 'detached': {
      const state = await ask(detached, { name: truth.partition, schema: truth.schema, parent: truth.parent });
      return state === null ? 'done' : state === 'pending' ? 'half' : 'not-done';
    }
    case 'exists':
      return (await ask(existing[truth.what], { name: truth.name })) === null ? 'not-done' : 'done';
    case 'gone':
      return (await ask(existing[truth.what], { name: truth.name })) === null ? 'done' : 'not-done';
    case 'reindexed':
      return (await leftovers(database, truth)).length > 0 ? 'half' : 'not-done';
    case 'repeatable':
      return 'not-done';
    case 'unknown':
      return 'unknown';
  }
}

/** The statements that clear what a half-done one left, so that it can be run again; with `finishes`, they are themselves the rest of it. */
export async function clearing(database: Database, truth: Truth): Promise<{ sql: string[]; finishes: boolean }> {
  switch (truth.kind) {
    case 'index-built':
      return { sql: [`DROP INDEX CONCURRENTLY IF EXISTS ${qualified(truth.schema, truth.index)}`], finishes: false };
    case 'detached': {
      const parent = qualified(truth.parentSchema, truth.parent);
      return {
        sql: [`ALTER TABLE ${parent} DETACH PARTITION ${qualified(truth.schema, truth.partition)} FINALIZE`],
        finishes: true,
      };
    }
    case 'reindexed':
      return {
        sql: (await leftovers(database, truth)).map(name => `DROP INDEX CONCURRENTLY IF EXISTS ${name}`),
        finishes: false,
      };
    default:
      return { sql: [], finishes: false };
  }
}

/** The invalid indexes that a cancelled `REINDEX CONCURRENTLY` leaves: `…_ccnew`, `…_ccold`, with a number where that was taken. */
async function leftovers(database: Database, truth: Extract<Truth, { kind: 'reindexed' }>): Promise<string[]> {
  const rows = await ownSession(database, {
    sql: `SELECT pg_catalog.quote_ident(n.nspname) || '.' || pg_catalog.quote_ident(c.relname)
      FROM pg_catalog.pg_index i JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
      JOIN pg_catalog.pg_class t ON t.oid = i.indrelid
      WHERE NOT i.indisvalid AND c.relname ~ '_cc(new|old)[0-9]*$'
        AND NOT EXISTS (SELECT FROM pg_catalog.pg_stat_progress_create_index p WHERE p.index_relid = c.oid OR p.relid = t.oid)
        AND (CASE WHEN :what = 'table' THEN t.relname = :name ELSE pg_catalog.left(c.relname, 50) LIKE pg_catalog.left(CAST(:name AS pg_catalog.text), 50) || '%' END)
        AND (CAST(:schema AS pg_catalog.text) IS NULL OR n.nspname = :schema)
      ORDER BY 1`,
    parameters: { what: truth.what, name: truth.name, schema: truth.schema },
    effect: 'read',
  });
  return rows.map(row => row[0]!);
}

function qualified(schema: string | null, name: string): string {
  const quoted = (identifier: string) => `"${identifier.replaceAll('"', '""')}"`;
  return schema === null ? quoted(name) : `${quoted(schema)}.${quoted(name)}`;
}
