import type { Database } from '../../core/database.ts';
import type { Alone, Truth } from '../../core/manifest.ts';
import { withCleanSession } from './clean-session.ts';

/** The first schema of a new session that has a relation of each name, or else the one that it would make one in; quoted, too. */
const schemas = `
SELECT coalesce(f.schema, own.current), pg_catalog.quote_ident(coalesce(f.schema, own.current))
FROM (SELECT s.path, pg_catalog.current_schema()::pg_catalog.text AS current, pg_catalog.current_schemas(false)::pg_catalog.text[] AS all
    FROM (SELECT pg_catalog.set_config('role', 'none', true) AS role, pg_catalog.set_config('search_path', p.reset_val, true) AS path
      FROM pg_catalog.pg_settings p WHERE p.name = 'search_path' OFFSET 0) s WHERE s.role IS NOT NULL OFFSET 0) own
CROSS JOIN pg_catalog.jsonb_array_elements_text(CAST(:names AS pg_catalog.jsonb)) WITH ORDINALITY x(name, nth)
LEFT JOIN LATERAL (SELECT u.schema FROM pg_catalog.unnest(own.all) WITH ORDINALITY u(schema, nth)
  JOIN pg_catalog.pg_namespace n ON n.nspname = u.schema JOIN pg_catalog.pg_class c ON c.relnamespace = n.oid AND c.relname = x.name
  ORDER BY u.nth LIMIT 1) f ON true
ORDER BY x.nth`;

/**
 * A statement that is sent by itself, with the schemas that a new session would find its relations in: no setting goes with it, and the connection that
 * it gets may have the search path of somebody else.
 */
export async function qualify(
  database: Database,
  sql: string,
  { truth, unqualified = [] }: Pick<Alone, 'truth' | 'unqualified'>,
): Promise<{ sql: string; truth: Truth }> {
  if (unqualified.length === 0) return { sql, truth };
  const parameters = { names: JSON.stringify(bareNames(truth)) };
  const found = (await withCleanSession(database, { sql: schemas, parameters, effect: 'read' })).map(
    ([schema, quoted]) => ({
      schema: schema ?? null,
      quoted: quoted ?? null,
    }),
  );
  let written = sql;
  // From its end on, so that the places before stay where they are.
  for (const [nth, fromEnd] of [...unqualified.entries()].reverse()) {
    const at = sql.length - fromEnd;
    const quoted = found[nth]?.quoted;
    if (quoted) written = `${written.slice(0, at)}${quoted}.${written.slice(at)}`;
  }
  return {
    sql: written,
    truth: inSchemas(
      truth,
      found.map(({ schema }) => schema),
    ),
  };
}

/** What it names without a schema, in the order in which that stands there. */
function bareNames(truth: Truth): string[] {
  switch (truth.kind) {
    case 'index-built':
      return [truth.table];
    case 'index-gone':
      return [truth.index];
    case 'reindexed':
      return [truth.name];
    case 'detached':
      return [
        ...(truth.parentSchema === null ? [truth.parent] : []),
        ...(truth.schema === null ? [truth.partition] : []),
      ];
    default:
      return [];
  }
}

function inSchemas(truth: Truth, found: readonly (string | null)[]): Truth {
  const [first = null] = found;
  if (truth.kind === 'detached')
    return { ...truth, parentSchema: truth.parentSchema ?? first, schema: truth.schema ?? found.at(-1) ?? null };
  return 'schema' in truth ? { ...truth, schema: first } : truth;
}
