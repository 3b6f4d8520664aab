import type { Server } from './kind.ts';

/** What the catalog has as a row of its own and a dump makes together with something else. Multiranges came with PostgreSQL 14. */
export const partOf = ({ version }: Server) => `part_of (classid, objid, of_class, of_id) AS MATERIALIZED (
  SELECT 'pg_rewrite'::regclass::oid, r.oid, 'pg_class'::regclass::oid, r.ev_class FROM pg_rewrite r WHERE r.rulename = '_RETURN'
  UNION ALL SELECT 'pg_attrdef'::regclass, d.oid, 'pg_class'::regclass, d.adrelid FROM pg_attrdef d WHERE d.oid NOT IN (SELECT oid FROM late_default)
  UNION ALL SELECT 'pg_type'::regclass, c.reltype, 'pg_class'::regclass, c.oid FROM pg_class c WHERE c.reltype <> 0 AND c.relkind <> 'c'
  UNION ALL SELECT 'pg_class'::regclass, c.oid, 'pg_type'::regclass, c.reltype FROM pg_class c WHERE c.relkind = 'c'
  UNION ALL SELECT 'pg_type'::regclass, e.typarray, CASE WHEN c.oid IS NULL THEN 'pg_type'::regclass ELSE 'pg_class'::regclass END, coalesce(c.oid, e.oid)
    FROM pg_type e LEFT JOIN pg_class c ON c.oid = e.typrelid AND c.relkind <> 'c' WHERE e.typarray <> 0
${version >= 14 ? `  UNION ALL SELECT 'pg_type'::regclass, r.rngmultitypid, 'pg_type'::regclass, r.rngtypid FROM pg_range r\n` : ''}  UNION ALL SELECT 'pg_class'::regclass, k.conindid, 'pg_constraint'::regclass, k.oid FROM pg_constraint k WHERE k.contype IN ('p', 'u', 'x')
  UNION ALL SELECT 'pg_constraint'::regclass, k.oid, 'pg_type'::regclass, k.contypid FROM pg_constraint k WHERE k.contypid <> 0
  UNION ALL SELECT 'pg_class'::regclass, d.objid, 'pg_class'::regclass, d.refobjid FROM pg_depend d JOIN pg_class c ON c.oid = d.objid AND c.relkind = 'S'
    WHERE d.classid = 'pg_class'::regclass AND d.refclassid = 'pg_class'::regclass AND d.deptype = 'i'
  UNION ALL SELECT d.classid, d.objid, d.refclassid, d.refobjid FROM pg_depend d
    WHERE d.classid IN ('pg_amop'::regclass, 'pg_amproc'::regclass) AND d.refclassid = 'pg_opclass'::regclass AND d.deptype = 'i'
  UNION ALL SELECT d.classid, d.objid, d.refclassid, d.refobjid FROM pg_depend d WHERE d.refclassid = 'pg_publication'::regclass AND d.deptype = 'a'
)`;

/**
 * For each object the keys of what it is made of, by `pg_depend`; for a member of an extension that extension. That a sequence goes with a
 * column is told by an object of its own.
 */
export const dependencies = `needs AS MATERIALIZED (
  SELECT e.of_class || '.' || e.of_id AS key, string_agg(DISTINCT e.to_class || '.' || e.to_id, ' ') AS needs
  FROM (
    SELECT coalesce(f.of_class, d.classid) AS of_class, coalesce(f.of_id, d.objid) AS of_id,
      coalesce(x.refclassid, t.of_class, d.refclassid) AS to_class, coalesce(x.refobjid, t.of_id, d.refobjid) AS to_id
    FROM pg_depend d
    LEFT JOIN part_of f ON f.classid = d.classid AND f.objid = d.objid
    LEFT JOIN part_of t ON t.classid = d.refclassid AND t.objid = d.refobjid
    LEFT JOIN pg_depend x ON x.classid = coalesce(t.of_class, d.refclassid) AND x.objid = coalesce(t.of_id, d.refobjid) AND x.deptype = 'e'
    LEFT JOIN pg_class s ON d.classid = 'pg_class'::regclass AND s.oid = d.objid AND s.relkind = 'S'
    WHERE d.deptype IN ('n', 'a', 'i', 'P', 'S') AND NOT (s.oid IS NOT NULL AND d.deptype = 'a')
  ) e WHERE (e.of_class, e.of_id) <> (e.to_class, e.to_id) GROUP BY 1
)`;
