import { kept, key } from './fragments.ts';
import type { Kind, Server } from './kind.ts';
import { casts, conversions } from './kinds/casts.ts';
import { collations } from './kinds/collations.ts';
import { constraints, notNulls } from './kinds/constraints.ts';
import { domains } from './kinds/domains.ts';
import { extensions } from './kinds/extensions.ts';
import { servers, wrappers } from './kinds/foreign.ts';
import { aggregates, functions } from './kinds/functions.ts';
import { grants } from './kinds/grants.ts';
import { indexes, statistics } from './kinds/indexes.ts';
import { notDumped } from './kinds/not-dumped.ts';
import { operatorClasses, operatorFamilies, operatorFamilyMembers, operators } from './kinds/operators.ts';
import { policies } from './kinds/policies.ts';
import { publications } from './kinds/publications.ts';
import { schemas } from './kinds/schemas.ts';
import { sequenceOwners, sequences } from './kinds/sequences.ts';
import { defaults, tables } from './kinds/tables.ts';
import { configurations, dictionaries } from './kinds/text-search.ts';
import { eventTriggers, triggers } from './kinds/triggers.ts';
import { types } from './kinds/types.ts';
import { materializedViews, rules, views } from './kinds/views.ts';

/** In the order of a dump, as far as dependencies leave a choice. */
const ALL: readonly Kind[] = [
  schemas,
  extensions,
  collations,
  types,
  domains,
  conversions,
  functions,
  aggregates,
  operators,
  operatorFamilies,
  operatorClasses,
  operatorFamilyMembers,
  casts,
  dictionaries,
  configurations,
  wrappers,
  servers,
  sequences,
  tables,
  sequenceOwners,
  defaults,
  views,
  materializedViews,
  constraints,
  indexes,
  statistics,
  rules,
  triggers,
  policies,
  publications,
];

/** What comes when all else is there. */
const LAST: readonly Kind[] = [grants, eventTriggers];

/** The names of the kinds in the order of a dump. Foreign keys come after all other constraints. */
export const KINDS: readonly string[] = [
  ...new Set([...ALL.flatMap(({ kinds }) => kinds).filter(kind => kind !== 'foreign key'), 'foreign key']),
  ...LAST.flatMap(({ kinds }) => kinds),
];

/** Where the tracking tables are. Both are plain names, fit to stand within quotes. */
export interface Tracking {
  readonly schema: string;
  readonly table: string;
}

/**
 * The beginning of every query here: `objects (kind, name, key, also, sql)`, all of the schema in one pass. The keys are the catalog's own and
 * are never part of what is told.
 */
export function catalog(server: Server, tracking: Tracking, options: { grants: boolean; notDumped: boolean }): string {
  const kinds = [...ALL, ...(options.grants ? LAST : [eventTriggers]), ...(server.version >= 18 ? [notNulls] : [])];
  const wanted = [...kinds, ...(options.notDumped ? [notDumped] : [])];
  const sql = `
WITH left_out AS MATERIALIZED (
  SELECT d.classid, d.objid FROM pg_depend d WHERE d.deptype = 'e' OR d.deptype = 'i' AND d.classid IN ('pg_proc'::regclass, 'pg_cast'::regclass)
  UNION ALL SELECT 'pg_class'::regclass, c.oid FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname = '${tracking.schema}' AND c.relname IN ('${tracking.table}', '${tracking.table}_lease', '${tracking.table}_hooks') AND c.relkind = 'r'
  UNION ALL SELECT 'pg_proc'::regclass, p.oid FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
    WHERE n.nspname = '${tracking.schema}' AND p.proname ~ '^${tracking.table}_[a-z_]+_[0-9]+$'
  ${tracking.schema === 'public' ? '' : `UNION ALL ${onlyTracking(tracking)}`}
), ns AS MATERIALIZED (
  SELECT n.oid, n.nspname, quote_ident(n.nspname) AS name FROM pg_namespace n WHERE left(n.nspname, 3) <> 'pg_' AND n.nspname <> 'information_schema'
), rel AS MATERIALIZED (
  SELECT c.*, n.name || '.' || quote_ident(c.relname) AS name, ${key('pg_class', 'c.oid')} AS key FROM pg_class c JOIN ns n ON n.oid = c.relnamespace
  WHERE c.relkind IN ('r', 'p', 'f', 'v', 'm', 'S', 'c') AND ${kept('pg_class', 'c.oid')}
), late_default AS MATERIALIZED (
  SELECT DISTINCT ad.oid FROM pg_attrdef ad JOIN pg_attribute a ON a.attrelid = ad.adrelid AND a.attnum = ad.adnum AND a.attgenerated = ''
  JOIN pg_depend d ON d.classid = 'pg_attrdef'::regclass AND d.objid = ad.oid AND d.refclassid = 'pg_proc'::regclass
  WHERE ${kept('pg_proc', 'd.refobjid')}
), objects (kind, name, key, also, sql) AS MATERIALIZED (${wanted.map(kind => kind.query(server)).join('\nUNION ALL')}
)`;
  return short(sql);
}

/** Without indentation: the service takes 65,536 characters. */
export function short(sql: string): string {
  return sql.replace(/\n\s+/g, '\n');
}

/** The schema of the tracking tables, where it has nothing else in it: it was made for them. */
function onlyTracking({ schema, table }: Tracking): string {
  return `SELECT 'pg_namespace'::regclass, n.oid FROM pg_namespace n WHERE n.nspname = '${schema}'
    AND NOT EXISTS (SELECT FROM pg_class c WHERE c.relnamespace = n.oid AND c.relkind NOT IN ('i', 't') AND c.relname NOT IN ('${table}', '${table}_lease', '${table}_hooks'))
    AND NOT EXISTS (SELECT FROM pg_proc p WHERE p.pronamespace = n.oid AND p.proname !~ '^${table}_[a-z_]+_[0-9]+$')
    AND NOT EXISTS (SELECT FROM pg_type t WHERE t.typnamespace = n.oid AND t.typtype IN ('d', 'e', 'r'))`;
}
