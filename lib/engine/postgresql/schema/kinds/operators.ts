import { comment, kept, key } from '../fragments.ts';
import type { Kind } from '../kind.ts';

const operator = (oid: string) =>
  `(SELECT concat('OPERATOR(', quote_ident(ron.nspname), '.', ro.oprname, ')') FROM pg_operator ro JOIN pg_namespace ron ON ron.oid = ro.oprnamespace WHERE ro.oid = ${oid})`;

export const operators: Kind = {
  kinds: ['operator'],
  query: () => `
SELECT 'operator', o.name, ${key('pg_operator', 'o.oid')}, NULL,
  concat('CREATE OPERATOR ', o.qualified, ' (FUNCTION = ', o.oprcode::regproc::text,
    CASE WHEN o.oprleft <> 0 THEN ', LEFTARG = ' || format_type(o.oprleft, NULL) END, CASE WHEN o.oprright <> 0 THEN ', RIGHTARG = ' || format_type(o.oprright, NULL) END,
    ', COMMUTATOR = ' || ${operator('o.oprcom')}, ', NEGATOR = ' || ${operator('o.oprnegate')},
    CASE WHEN o.oprrest <> 0 THEN ', RESTRICT = ' || o.oprrest::regproc::text END, CASE WHEN o.oprjoin <> 0 THEN ', JOIN = ' || o.oprjoin::regproc::text END,
    CASE WHEN o.oprcanhash THEN ', HASHES' END, CASE WHEN o.oprcanmerge THEN ', MERGES' END, ');',
    ${comment('OPERATOR', 'o.name', 'o.oid', 'pg_operator')})
FROM (SELECT po.*, n.name || '.' || po.oprname AS qualified, concat(n.name, '.', po.oprname, ' (',
    CASE WHEN po.oprleft = 0 THEN 'NONE' ELSE format_type(po.oprleft, NULL) END, ', ', CASE WHEN po.oprright = 0 THEN 'NONE' ELSE format_type(po.oprright, NULL) END, ')') AS name
  FROM pg_operator po JOIN ns n ON n.oid = po.oprnamespace WHERE po.oprcode <> 0) o
WHERE ${kept('pg_operator', 'o.oid')}`,
};

/** The operators and functions of a class, or those of a family that belong to no class. */
const members = (
  catalog: string,
  oid: string,
  type: 'i' | 'a',
) => `(SELECT string_agg(m.text, ', ' ORDER BY m.sort, m.number, m.text COLLATE "C") FROM (
  SELECT 1 AS sort, ao.amopstrategy AS number, concat('OPERATOR ', ao.amopstrategy, ' ', ao.amopopr::regoperator::text,
      CASE WHEN ao.amopsortfamily <> 0 THEN (SELECT concat(' FOR ORDER BY ', quote_ident(sfn.nspname), '.', quote_ident(sf.opfname))
        FROM pg_opfamily sf JOIN pg_namespace sfn ON sfn.oid = sf.opfnamespace WHERE sf.oid = ao.amopsortfamily) END) AS text
    FROM pg_amop ao JOIN pg_depend d ON d.classid = 'pg_amop'::regclass AND d.objid = ao.oid AND d.deptype = '${type}' AND d.refclassid = '${catalog}'::regclass AND d.refobjid = ${oid}
  UNION ALL
  SELECT 2, ap.amprocnum, concat('FUNCTION ', ap.amprocnum, ' (', format_type(ap.amproclefttype, NULL), ', ', format_type(ap.amprocrighttype, NULL), ') ', ap.amproc::regprocedure::text)
    FROM pg_amproc ap JOIN pg_depend d ON d.classid = 'pg_amproc'::regclass AND d.objid = ap.oid AND d.deptype = '${type}' AND d.refclassid = '${catalog}'::regclass AND d.refobjid = ${oid}) m)`;

export const operatorFamilies: Kind = {
  kinds: ['operator family'],
  query: () => `
SELECT 'operator family', f.name, ${key('pg_opfamily', 'f.oid')}, NULL,
  concat('CREATE OPERATOR FAMILY ', f.name, ';', ${comment('OPERATOR FAMILY', 'f.name', 'f.oid', 'pg_opfamily')})
FROM (SELECT po.oid, concat(n.name, '.', quote_ident(po.opfname), ' USING ', quote_ident(am.amname)) AS name
  FROM pg_opfamily po JOIN ns n ON n.oid = po.opfnamespace JOIN pg_am am ON am.oid = po.opfmethod) f
WHERE ${kept('pg_opfamily', 'f.oid')}`,
};

/** What was added to a family by itself: its operators may need the classes. */
export const operatorFamilyMembers: Kind = {
  kinds: ['operator family members'],
  query: () => `
SELECT 'operator family members', f.name, concat('members.', f.oid), concat(${key('pg_opfamily', 'f.oid')}, ' ', f.needs), concat('ALTER OPERATOR FAMILY ', f.name, ' ADD ', f.members, ';')
FROM (SELECT po.oid, concat(n.name, '.', quote_ident(po.opfname), ' USING ', quote_ident(am.amname)) AS name, ${members('pg_opfamily', 'po.oid', 'a')} AS members,
    (SELECT string_agg(DISTINCT concat(m.refclassid, '.', m.refobjid), ' ') FROM pg_depend d JOIN pg_depend m ON m.classid = d.classid AND m.objid = d.objid
      WHERE d.refclassid = 'pg_opfamily'::regclass AND d.refobjid = po.oid AND d.deptype = 'a' AND d.classid IN ('pg_amop'::regclass, 'pg_amproc'::regclass)) AS needs
  FROM pg_opfamily po JOIN ns n ON n.oid = po.opfnamespace JOIN pg_am am ON am.oid = po.opfmethod) f
WHERE f.members IS NOT NULL AND ${kept('pg_opfamily', 'f.oid')}`,
};

export const operatorClasses: Kind = {
  kinds: ['operator class'],
  query: () => `
SELECT 'operator class', concat(o.qualified, ' USING ', o.method), ${key('pg_opclass', 'o.oid')}, NULL,
  concat('CREATE OPERATOR CLASS ', o.qualified, CASE WHEN o.opcdefault THEN ' DEFAULT' END, ' FOR TYPE ', format_type(o.opcintype, NULL), ' USING ', o.method,
    ' FAMILY ', quote_ident(fn.nspname), '.', quote_ident(f.opfname), ' AS ',
    concat_ws(', ', CASE WHEN o.opckeytype <> 0 AND o.opckeytype <> o.opcintype OR o.members IS NULL
      THEN 'STORAGE ' || format_type(CASE WHEN o.opckeytype = 0 THEN o.opcintype ELSE o.opckeytype END, NULL) END, o.members), ';',
    ${comment('OPERATOR CLASS', `o.qualified || ' USING ' || o.method`, 'o.oid', 'pg_opclass')})
FROM (SELECT po.*, n.name || '.' || quote_ident(po.opcname) AS qualified, quote_ident(am.amname) AS method, ${members('pg_opclass', 'po.oid', 'i')} AS members
  FROM pg_opclass po JOIN ns n ON n.oid = po.opcnamespace JOIN pg_am am ON am.oid = po.opcmethod) o
JOIN pg_opfamily f ON f.oid = o.opcfamily JOIN pg_namespace fn ON fn.oid = f.opfnamespace
WHERE ${kept('pg_opclass', 'o.oid')}`,
};
