import { comment, key, sequenceOptions } from '../fragments.ts';
import type { Kind } from '../kind.ts';

/** Sequences that stand for themselves; that of an identity column is made with its table. */
export const sequences: Kind = {
  kinds: ['sequence'],
  query: () => `
SELECT 'sequence', c.name, c.key, NULL,
  concat('CREATE ', CASE WHEN c.relpersistence = 'u' THEN 'UNLOGGED ' END, 'SEQUENCE ', c.name,
    CASE WHEN s.seqtypid <> 'int8'::regtype THEN ' AS ' || format_type(s.seqtypid, NULL) END, ${sequenceOptions('s')}, ';',
    ${comment('SEQUENCE', 'c.name', 'c.oid', 'pg_class')})
FROM rel c JOIN pg_sequence s ON s.seqrelid = c.oid
WHERE NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'i')`,
};

/** The column that a sequence goes with. An object of its own, for the column's default needs the sequence. */
export const sequenceOwners: Kind = {
  kinds: ['sequence owner'],
  query: () => `
SELECT 'sequence owner', c.name, concat('owner.', c.oid), concat(c.key, ' ', ${key('pg_class', 't.oid')}),
  concat('ALTER SEQUENCE ', c.name, ' OWNED BY ', t.name, '.', quote_ident(a.attname), ';')
FROM rel c JOIN pg_depend d ON d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'a' AND d.refclassid = 'pg_class'::regclass
JOIN rel t ON t.oid = d.refobjid JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = d.refobjsubid
WHERE c.relkind = 'S'`,
};
