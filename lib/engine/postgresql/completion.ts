import type { Database } from '../../core/database.ts';
import type { Truth } from '../../core/manifest.ts';
import { withCleanSession } from './clean-session.ts';
import { WHO } from './lock-waits.ts';

/** What a statement makes anew, by number: kept before it is sent, for nothing else tells afterwards that it was done. */
export type Marks = Readonly<Record<string, string>>;

/** What the catalog says of a statement that ran alone. */
export type Found =
  /** `unknown`: nothing tells. */
  | { readonly state: 'done' | 'not-done' | 'unknown'; readonly marks?: Marks }
  /** It left something behind that `clear` takes away before it is run again; with `finishes`, that is itself the rest of it. */
  | { readonly state: 'half'; readonly clear: readonly string[]; readonly finishes: boolean; readonly marks?: Marks }
  /** Somebody works on just that right now. `by`: who, in words; `sql`: with what. */
  | { readonly state: 'building'; readonly by: string; readonly sql: string };

/** A relation by its name, in the schema written or, without one, as the search path finds it. */
const named = (c: string, schema = ':schema') =>
  `CASE WHEN CAST(${schema} AS pg_catalog.text) IS NULL THEN pg_catalog.pg_table_is_visible(${c}.oid)
    ELSE ${c}.relnamespace = (SELECT n.oid FROM pg_catalog.pg_namespace n WHERE n.nspname = ${schema}) END`;

/**
 * The progress of a build is hidden from a user without pg_read_all_stats where it is another's: then whoever holds the lock of one on the table
 * of an invalid index is taken for it. To drop that index would wait for the same lock, and drop what has become valid meanwhile.
 */
const index = `
SELECT CASE WHEN a.pid IS NOT NULL THEN 'building' WHEN i.indisvalid THEN 'valid' ELSE 'invalid' END, ${WHO('a')}, a.query
FROM pg_catalog.pg_index i JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid
LEFT JOIN pg_catalog.pg_stat_progress_create_index p ON p.index_relid = c.oid
LEFT JOIN pg_catalog.pg_locks l ON NOT i.indisvalid AND l.relation = i.indrelid AND l.mode = 'ShareUpdateExclusiveLock' AND l.granted
  AND l.database = (SELECT d.oid FROM pg_catalog.pg_database d WHERE d.datname = pg_catalog.current_database())
LEFT JOIN pg_catalog.pg_stat_activity a ON a.pid = coalesce(p.pid, l.pid) AND a.usesysid IS NOT NULL
WHERE c.relname = :name AND ${named('c')}
  AND (CAST(:table AS pg_catalog.text) IS NULL OR (SELECT t.relname FROM pg_catalog.pg_class t WHERE t.oid = i.indrelid) = :table) ORDER BY 1`;

/** The column came with PostgreSQL 14, as the statement did: before, the server says of the statement what it thinks of it. */
const detached = `
SELECT CASE WHEN (pg_catalog.to_jsonb(i)->>'inhdetachpending')::pg_catalog.bool THEN 'pending' ELSE 'attached' END
FROM pg_catalog.pg_inherits i JOIN pg_catalog.pg_class c ON c.oid = i.inhrelid
JOIN pg_catalog.pg_class parent ON parent.oid = i.inhparent
WHERE c.relname = :name AND parent.relname = :parent AND ${named('c')}`;

const existing = {
  database: 'SELECT 1::pg_catalog.text FROM pg_catalog.pg_database WHERE datname = :name',
  subscription: 'SELECT 1::pg_catalog.text FROM pg_catalog.pg_subscription WHERE subname = :name',
  tablespace: 'SELECT 1::pg_catalog.text FROM pg_catalog.pg_tablespace WHERE spcname = :name',
  slot: 'SELECT 1::pg_catalog.text FROM pg_catalog.pg_replication_slots WHERE slot_name = :name',
} as const;

/** With its partitions. */
const family = (c: string) =>
  `(SELECT ${c}.oid UNION SELECT t.relid::pg_catalog.oid FROM pg_catalog.pg_partition_tree(${c}.oid) t)`;

/**
 * The invalid indexes that a cancelled `REINDEX CONCURRENTLY` leaves (`…_ccnew`, `…_ccold`, with a number where that was taken), and the numbers of
 * those that it makes anew: it gives the names to new ones.
 */
const reindexed = `
SELECT (SELECT pg_catalog.jsonb_agg(pg_catalog.quote_ident(n.nspname) || '.' || pg_catalog.quote_ident(c.relname) ORDER BY c.oid)
    FROM pg_catalog.pg_index i JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    JOIN pg_catalog.pg_class t ON t.oid = i.indrelid
    WHERE NOT i.indisvalid AND c.relname ~ '_cc(new|old)[0-9]*$'
      AND NOT EXISTS (SELECT FROM pg_catalog.pg_stat_progress_create_index p WHERE p.index_relid = c.oid OR p.relid = t.oid)
      AND (CASE WHEN :what = 'table' THEN t.relname = :name ELSE pg_catalog.left(c.relname, 50) LIKE pg_catalog.left(CAST(:name AS pg_catalog.text), 50) || '%' END)
      AND (CAST(:schema AS pg_catalog.text) IS NULL OR n.nspname = :schema))::pg_catalog.text,
  (SELECT pg_catalog.jsonb_object_agg(i.indexrelid::pg_catalog.text, 'there')
    FROM pg_catalog.pg_class c CROSS JOIN LATERAL ${family('c')} f(oid)
    JOIN pg_catalog.pg_index i ON f.oid = CASE WHEN :what = 'table' THEN i.indrelid ELSE i.indexrelid END
    JOIN pg_catalog.pg_class x ON x.oid = i.indexrelid AND x.relkind = 'i'
    WHERE c.relname = :name AND ${named('c')} AND i.indisvalid AND NOT i.indisexclusion)::pg_catalog.text`;

/** How often each table was vacuumed, and for VACUUM FULL which file it is in: that writes a new one. */
const vacuumed = `
SELECT pg_catalog.jsonb_object_agg(x.oid::pg_catalog.text, CASE WHEN :full = 'true' THEN x.relfilenode::pg_catalog.text
    ELSE pg_catalog.pg_stat_get_vacuum_count(x.oid)::pg_catalog.text END)::pg_catalog.text
FROM pg_catalog.jsonb_array_elements(CAST(:tables AS pg_catalog.jsonb)) w(it) JOIN pg_catalog.pg_class c ON c.relname = w.it->>'name' AND ${named('c', "(w.it->>'schema')")}
CROSS JOIN LATERAL ${family('c')} f(oid) JOIN pg_catalog.pg_class x ON x.oid = f.oid AND x.relkind IN ('r', 'm')`;

/** Ask the catalog. `before`: the marks when the statement was sent. */
export async function checkCompletion(database: Database, truth: Truth, before: Marks | undefined): Promise<Found> {
  const ask = async (sql: string, parameters: Record<string, string | null>) =>
    (await withCleanSession(database, { sql, parameters, effect: 'read' }))[0];
  const is = (done: boolean) => ({ state: done ? 'done' : 'not-done' }) as const;
  switch (truth.kind) {
    case 'index-built':
    case 'index-gone': {
      // One of that name on another table is none of its business: the database says so.
      const table = truth.kind === 'index-built' ? truth.table : null;
      const [state, by, sql] = (await ask(index, { name: truth.index, schema: truth.schema, table })) ?? [];
      if (state === 'building') return { state, by: `index ${truth.index}, built by ${by}`, sql: sql ?? '' };
      if (truth.kind === 'index-gone') return is(state === undefined);
      if (state !== 'invalid') return is(state === 'valid');
      return { state: 'half', clear: [drop(qualified(truth.schema, truth.index))], finishes: false };
    }
    case 'detached': {
      const row = await ask(detached, { name: truth.partition, schema: truth.schema, parent: truth.parent });
      if (row?.[0] !== 'pending') return is(row === undefined);
      const [parent, partition] = [
        qualified(truth.parentSchema, truth.parent),
        qualified(truth.schema, truth.partition),
      ];
      return {
        state: 'half',
        clear: [`ALTER TABLE ${parent} DETACH PARTITION ${partition} FINALIZE`],
        finishes: true,
      };
    }
    case 'exists':
      return is((await ask(existing[truth.what], { name: truth.name })) !== undefined);
    case 'gone':
      return is((await ask(existing[truth.what], { name: truth.name })) === undefined);
    case 'reindexed': {
      const { what, name, schema } = truth;
      const row = await ask(reindexed, { what, name, schema });
      const left = JSON.parse(row?.[0] ?? '[]') as string[];
      const marks = JSON.parse(row?.[1] ?? '{}') as Marks;
      const done = allAnew(before, marks);
      if (left.length > 0) return { state: 'half', clear: left.map(drop), finishes: done, marks };
      return { ...is(done), marks };
    }
    case 'repeatable': {
      if (!truth.vacuum) return is(false);
      const { full, tables } = truth.vacuum;
      const row = await ask(vacuumed, { full: String(full), tables: JSON.stringify(tables) });
      const marks = JSON.parse(row?.[0] ?? '{}') as Marks;
      return { ...is(allAnew(before, marks)), marks };
    }
    case 'unknown':
      return { state: 'unknown' };
  }
}

/** Nothing of it is as it was. */
function allAnew(before: Marks | undefined, now: Marks): boolean {
  const all = Object.entries(before ?? {});
  return all.length > 0 && all.every(([number, was]) => now[number] !== was);
}

function drop(index: string): string {
  return `DROP INDEX CONCURRENTLY IF EXISTS ${index}`;
}

function qualified(schema: string | null, name: string): string {
  const quoted = (identifier: string) => `"${identifier.replaceAll('"', '""')}"`;
  return schema === null ? quoted(name) : `${quoted(schema)}.${quoted(name)}`;
}
