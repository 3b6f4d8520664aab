import { commentText, foreignOptions, key, options, written, writtenExpression } from '../fragments.ts';
import type { Kind } from '../kind.ts';
import { columnChanges, columnList } from './columns.ts';

/** An aggregate over the names of the parents of the relation `c`. Looked up by OID: a search in `rel` for each table would take its square. */
const overParents = (aggregate: string) => `(SELECT ${aggregate}
  FROM (SELECT h.inhseqno, quote_ident(pn.nspname) || '.' || quote_ident(pc.relname) AS name FROM pg_inherits h JOIN pg_class pc ON pc.oid = h.inhparent
    JOIN pg_namespace pn ON pn.oid = pc.relnamespace WHERE h.inhrelid = c.oid) p)`;

const parents = overParents(`string_agg(p.name, ', ' ORDER BY p.inhseqno)`);
const inherit = overParents(
  `string_agg(concat(chr(10), 'ALTER TABLE ONLY ', c.name, ' INHERIT ', p.name, ';'), '' ORDER BY p.inhseqno)`,
);

/** Storage options, with those of the TOAST table. */
const storage = `nullif(concat_ws(', ', ${options('c.reloptions')},
  (SELECT ${options('tc.reloptions', 'toast.')} FROM pg_class tc WHERE tc.oid = c.reltoastrelid)), '')`;

/** A child whose columns are all its own was made by itself and attached later: so is it again, for the order of its columns may differ. */
const ownColumns = `NOT EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND NOT a.attislocal)`;

/**
 * Tables and foreign tables with their columns, but without constraints. A partition is made as a table and attached. Tablespaces are left
 * out: Aurora has none to choose from.
 */
export const tables: Kind = {
  kinds: ['table', 'foreign table'],
  query: server => `
SELECT c.word, c.name, c.key, NULL,
  concat('CREATE ', CASE WHEN c.relpersistence = 'u' THEN 'UNLOGGED ' END, upper(c.word), ' ', c.name,
    CASE WHEN c.reloftype <> 0 THEN concat(' OF ', format_type(c.reloftype, NULL), ' (' || c.columns || chr(10) || ')')
      ELSE concat(' (', c.columns || chr(10), ')') END,
    CASE WHEN NOT c.relispartition AND NOT c.own THEN chr(10) || 'INHERITS (' || c.parents || ')' END,
    CASE WHEN c.relkind = 'p' THEN chr(10) || 'PARTITION BY ' || ${written('pg_get_partkeydef', 'c.oid')} END,
    CASE WHEN am.amname <> 'heap' THEN chr(10) || 'USING ' || quote_ident(am.amname) END,
    chr(10) || 'SERVER ' || quote_ident(fs.srvname), CASE WHEN f.ftoptions IS NOT NULL THEN ' OPTIONS (' || ${foreignOptions('f.ftoptions')} || ')' END,
    chr(10) || 'WITH (' || ${storage} || ')', ';',
    CASE WHEN NOT c.relispartition AND c.own THEN ${inherit} END,
    CASE WHEN c.relispartition THEN concat(chr(10), 'ALTER TABLE ONLY ', c.parents, ' ATTACH PARTITION ', c.name, ' ', ${writtenExpression('c.relpartbound', 'c.oid')}, ';') END,
    CASE WHEN c.relrowsecurity THEN concat(chr(10), 'ALTER TABLE ', c.name, ' ENABLE ROW LEVEL SECURITY;') END,
    CASE WHEN c.relforcerowsecurity THEN concat(chr(10), 'ALTER TABLE ONLY ', c.name, ' FORCE ROW LEVEL SECURITY;') END,
    CASE WHEN c.relkind = 'f' THEN NULL WHEN c.relreplident = 'n' THEN concat(chr(10), 'ALTER TABLE ONLY ', c.name, ' REPLICA IDENTITY NOTHING;')
      WHEN c.relreplident = 'f' THEN concat(chr(10), 'ALTER TABLE ONLY ', c.name, ' REPLICA IDENTITY FULL;') END,
    ${commentText(`upper(c.word) || ' ' || c.name`, `obj_description(c.oid, 'pg_class')`)}, ${columnChanges('table', server)})
FROM (SELECT c.*, CASE c.relkind WHEN 'f' THEN 'foreign table' ELSE 'table' END AS word, ${columnList(server)} AS columns, ${parents} AS parents, ${ownColumns} AS own
  FROM rel c WHERE c.relkind IN ('r', 'p', 'f')) c
LEFT JOIN pg_am am ON am.oid = c.relam
LEFT JOIN pg_foreign_table f ON f.ftrelid = c.oid LEFT JOIN pg_foreign_server fs ON fs.oid = f.ftserver`,
};

/** Defaults that call functions of the schema: such a function may itself need the table. */
export const defaults: Kind = {
  kinds: ['default'],
  query: () => `
SELECT 'default', concat(c.name, '.', quote_ident(a.attname)), ${key('pg_attrdef', 'ad.oid')}, c.key,
  concat('ALTER TABLE ONLY ', c.name, ' ALTER COLUMN ', quote_ident(a.attname), ' SET DEFAULT ', ${writtenExpression('ad.adbin', 'ad.adrelid')}, ';')
FROM late_default ld JOIN pg_attrdef ad ON ad.oid = ld.oid JOIN rel c ON c.oid = ad.adrelid AND c.relkind IN ('r', 'p', 'f')
JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = ad.adnum`,
};
