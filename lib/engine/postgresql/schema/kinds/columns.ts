import { collation, commentText, foreignOptions, options, sequenceOptions, writtenExpression } from '../fragments.ts';
import type { Server } from '../kind.ts';

/**
 * The columns of the relation `c`, as SQL expressions: those that its CREATE lists, and what must be said of some afterwards. In PostgreSQL 18
 * NOT NULL is a constraint with a name; it is written where it is not the usual one.
 */
export function columnList({ version }: Server): string {
  const notNull =
    version < 18
      ? `CASE WHEN a.attnotnull THEN ' NOT NULL' END`
      : `(SELECT concat(CASE WHEN k.conname <> c.relname || '_' || a.attname || '_not_null' THEN ' CONSTRAINT ' || quote_ident(k.conname) END,
        ' NOT NULL', CASE WHEN k.connoinherit THEN ' NO INHERIT' END)
      FROM pg_constraint k WHERE k.conrelid = c.oid AND k.contype = 'n' AND k.conkey[1] = a.attnum AND k.convalidated)`;
  return `(SELECT string_agg(concat(chr(10), '  ', quote_ident(a.attname), CASE WHEN c.reloftype = 0 THEN ' ' || format_type(a.atttypid, a.atttypmod) END,
      CASE WHEN a.attfdwoptions IS NOT NULL THEN concat(' OPTIONS (', ${foreignOptions('a.attfdwoptions')}, ')') END,
      CASE WHEN a.attcollation <> at.typcollation AND c.reloftype = 0 THEN ' COLLATE ' || ${collation('a.attcollation')} END,
      CASE WHEN a.attgenerated = 's' THEN concat(' GENERATED ALWAYS AS (', ${writtenExpression('ad.adbin', 'ad.adrelid')}, ') STORED')
        WHEN a.attgenerated = 'v' THEN concat(' GENERATED ALWAYS AS (', ${writtenExpression('ad.adbin', 'ad.adrelid')}, ')')
        WHEN ad.oid IN (SELECT oid FROM late_default) THEN NULL
        WHEN ad.oid IS NOT NULL THEN ' DEFAULT ' || ${writtenExpression('ad.adbin', 'ad.adrelid')} END,
      CASE WHEN i.seqrelid IS NOT NULL THEN concat(' GENERATED ', CASE a.attidentity WHEN 'a' THEN 'ALWAYS' ELSE 'BY DEFAULT' END, ' AS IDENTITY',
        ' (' || nullif(ltrim(concat(CASE WHEN i.relname <> c.relname || '_' || a.attname || '_seq' OR i.relnamespace <> c.relnamespace
          THEN ' SEQUENCE NAME ' || i.name END, ${sequenceOptions('i')})), '') || ')') END,
      ${notNull}), ',' ORDER BY a.attnum)
  FROM pg_attribute a JOIN pg_type at ON at.oid = a.atttypid
  LEFT JOIN pg_attrdef ad ON ad.adrelid = a.attrelid AND ad.adnum = a.attnum
  LEFT JOIN (SELECT d.refobjid, d.refobjsubid, sc.relname, sc.relnamespace, quote_ident(sn.nspname) || '.' || quote_ident(sc.relname) AS name, s.*
      FROM pg_depend d JOIN pg_class sc ON sc.oid = d.objid JOIN pg_namespace sn ON sn.oid = sc.relnamespace JOIN pg_sequence s ON s.seqrelid = sc.oid
    WHERE d.classid = 'pg_class'::regclass AND d.refclassid = 'pg_class'::regclass AND d.deptype = 'i') i ON i.refobjid = a.attrelid AND i.refobjsubid = a.attnum
  WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND (a.attislocal OR c.relispartition)
    AND (c.reloftype = 0 OR a.attnotnull OR ad.oid IS NOT NULL))`;
}

/** A column that comes from parents and has another default, or more NOT NULL, than they have. */
const inherited = `CASE WHEN NOT a.attislocal AND NOT c.relispartition AND a.attgenerated = '' THEN concat(
  CASE WHEN EXISTS (SELECT FROM pg_inherits h JOIN pg_attribute pa ON pa.attrelid = h.inhparent AND pa.attname = a.attname
      LEFT JOIN pg_attrdef pd ON pd.adrelid = pa.attrelid AND pd.adnum = pa.attnum
      WHERE h.inhrelid = c.oid AND pg_get_expr(pd.adbin, pd.adrelid) IS DISTINCT FROM pg_get_expr(ad.adbin, ad.adrelid))
    THEN concat(chr(10), alter.one, coalesce(' SET DEFAULT ' || pg_get_expr(ad.adbin, ad.adrelid), ' DROP DEFAULT'), ';') END,
  CASE WHEN a.attnotnull AND NOT EXISTS (SELECT FROM pg_inherits h JOIN pg_attribute pa ON pa.attrelid = h.inhparent AND pa.attname = a.attname
      WHERE h.inhrelid = c.oid AND pa.attnotnull) THEN concat(chr(10), alter.one, ' SET NOT NULL;') END) END`;

const compression = `CASE a.attcompression WHEN 'p' THEN concat(chr(10), alter.one, ' SET COMPRESSION pglz;')
      WHEN 'l' THEN concat(chr(10), alter.one, ' SET COMPRESSION lz4;') END`;

/** How the values of a column are stored; the choice of a compression came with PostgreSQL 14. */
const stored = ({
  version,
}: Server) => `CASE WHEN a.attstattarget >= 0 THEN concat(chr(10), alter.one, ' SET STATISTICS ', a.attstattarget, ';') END,
    CASE WHEN a.attstorage <> at.typstorage THEN concat(chr(10), alter.one, ' SET STORAGE ',
      CASE a.attstorage WHEN 'p' THEN 'PLAIN' WHEN 'e' THEN 'EXTERNAL' WHEN 'm' THEN 'MAIN' ELSE 'EXTENDED' END, ';') END,
    ${version >= 14 ? compression : 'NULL'},
    CASE WHEN a.attoptions IS NOT NULL THEN concat(chr(10), alter.one, ' SET (', ${options('a.attoptions')}, ');') END`;

const defaulted = `chr(10) || alter.one || ' SET DEFAULT ' || pg_get_expr(ad.adbin, ad.adrelid) || ';'`;

const changes = {
  table: server => [inherited, stored(server)],
  'materialized view': server => [stored(server)],
  view: () => [defaulted],
} satisfies Readonly<Record<string, (server: Server) => string[]>>;

/** What is said of the columns of a relation of this kind after it was made, and their comments. */
export function columnChanges(of: keyof typeof changes, server: Server): string {
  const word =
    of === 'table'
      ? `CASE c.relkind WHEN 'f' THEN 'FOREIGN TABLE ONLY ' ELSE 'TABLE ONLY ' END`
      : `'${of.toUpperCase()} '`;
  return `(SELECT string_agg(concat(${changes[of](server).join(', ')},
    ${commentText(`'COLUMN ' || c.name || '.' || quote_ident(a.attname)`, 'col_description(c.oid, a.attnum)')}), '' ORDER BY a.attnum)
  FROM pg_attribute a JOIN pg_type at ON at.oid = a.atttypid
  LEFT JOIN pg_attrdef ad ON ad.adrelid = a.attrelid AND ad.adnum = a.attnum
  CROSS JOIN LATERAL (SELECT concat('ALTER ', ${word}, c.name, ' ALTER COLUMN ', quote_ident(a.attname)) AS one) alter
  WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped)`;
}
