import { collation, comment, commentText, kept, key } from '../fragments.ts';
import type { Kind, Server } from '../kind.ts';

/** Multiranges came with PostgreSQL 14. */
const range = ({ version }: Server) => `(SELECT concat_ws(', ', 'subtype = ' || format_type(r.rngsubtype, NULL),
    CASE WHEN NOT oc.opcdefault THEN 'subtype_opclass = ' || quote_ident(ocn.nspname) || '.' || quote_ident(oc.opcname) END,
    CASE WHEN r.rngcollation <> st.typcollation THEN 'collation = ' || ${collation('r.rngcollation')} END,
    CASE WHEN r.rngsubdiff <> 0 THEN 'subtype_diff = ' || r.rngsubdiff::regproc::text END${version >= 14 ? `, 'multirange_type_name = ' || format_type(r.rngmultitypid, NULL)` : ''})
  FROM pg_range r JOIN pg_type st ON st.oid = r.rngsubtype JOIN pg_opclass oc ON oc.oid = r.rngsubopc
  JOIN pg_namespace ocn ON ocn.oid = oc.opcnamespace WHERE r.rngtypid = t.oid)`;

const labels = `(SELECT string_agg(chr(10) || '  ' || quote_literal(e.enumlabel), ',' ORDER BY e.enumsortorder) FROM pg_enum e WHERE e.enumtypid = t.oid)`;

const attributes = `(SELECT string_agg(concat(chr(10), '  ', quote_ident(a.attname), ' ', format_type(a.atttypid, a.atttypmod),
    CASE WHEN a.attcollation <> at.typcollation THEN ' COLLATE ' || ${collation('a.attcollation')} END), ',' ORDER BY a.attnum)
  FROM pg_attribute a JOIN pg_type at ON at.oid = a.atttypid WHERE a.attrelid = t.typrelid AND a.attnum > 0 AND NOT a.attisdropped)`;

const attributeComments = `(SELECT string_agg(${commentText(`'COLUMN ' || t.name || '.' || quote_ident(a.attname)`, 'col_description(a.attrelid, a.attnum)')}, '' ORDER BY a.attnum)
  FROM pg_attribute a WHERE a.attrelid = t.typrelid AND a.attnum > 0 AND NOT a.attisdropped)`;

/** Enums, composite types and ranges. Base types are functions in C: not dumped. */
export const types: Kind = {
  kinds: ['type'],
  query: server => `
SELECT 'type', t.name, ${key('pg_type', 't.oid')}, NULL,
  concat('CREATE TYPE ', t.name, ' AS ', CASE t.typtype
      WHEN 'e' THEN concat('ENUM (', ${labels}, chr(10), ')')
      WHEN 'r' THEN concat('RANGE (', ${range(server)}, ')')
      ELSE concat('(', ${attributes}, chr(10), ')') END, ';',
    ${comment('TYPE', 't.name', 't.oid', 'pg_type')}, CASE WHEN t.typtype = 'c' THEN ${attributeComments} END)
FROM (SELECT pt.*, n.name || '.' || quote_ident(pt.typname) AS name FROM pg_type pt JOIN ns n ON n.oid = pt.typnamespace) t
WHERE ${kept('pg_type', 't.oid')} AND (t.typtype IN ('e', 'r')
  OR t.typtype = 'c' AND EXISTS (SELECT FROM pg_class c WHERE c.oid = t.typrelid AND c.relkind = 'c'))
  AND NOT EXISTS (SELECT FROM pg_range r WHERE r.rngtypid = t.oid AND r.rngcanonical <> 0)`,
};
