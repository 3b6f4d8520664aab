import { argumentTypes, kept, key } from '../fragments.ts';
import type { Kind } from '../kind.ts';

/** The objects that can have privileges: the words that GRANT calls them by, name, letter for `acldefault`, owner, list. */
const holders = `
  SELECT 'SCHEMA' AS word, n.name, ${key('pg_namespace', 'n.oid')} AS key, 'n'::"char" AS letter, p.nspowner AS owner, p.nspacl AS acl
    FROM ns n JOIN pg_namespace p ON p.oid = n.oid WHERE ${kept('pg_namespace', 'n.oid')} AND n.nspname <> 'public'
  UNION ALL SELECT CASE c.relkind WHEN 'S' THEN 'SEQUENCE' ELSE 'TABLE' END, c.name, c.key, CASE c.relkind WHEN 'S' THEN 's' ELSE 'r' END::"char", c.relowner, c.relacl
    FROM rel c WHERE c.relkind <> 'c'
  UNION ALL SELECT CASE p.prokind WHEN 'p' THEN 'PROCEDURE' ELSE 'FUNCTION' END, concat(n.name, '.', quote_ident(p.proname), '(', ${argumentTypes('p')}, ')'),
      ${key('pg_proc', 'p.oid')}, 'f'::"char", p.proowner, p.proacl FROM pg_proc p JOIN ns n ON n.oid = p.pronamespace WHERE ${kept('pg_proc', 'p.oid')}
  UNION ALL SELECT CASE t.typtype WHEN 'd' THEN 'DOMAIN' ELSE 'TYPE' END, concat(n.name, '.', quote_ident(t.typname)), ${key('pg_type', 't.oid')}, 'T'::"char", t.typowner, t.typacl
    FROM pg_type t JOIN ns n ON n.oid = t.typnamespace WHERE t.typacl IS NOT NULL AND ${kept('pg_type', 't.oid')}
  UNION ALL SELECT 'FOREIGN DATA WRAPPER', quote_ident(w.fdwname), ${key('pg_foreign_data_wrapper', 'w.oid')}, 'F'::"char", w.fdwowner, w.fdwacl FROM pg_foreign_data_wrapper w
    WHERE ${kept('pg_foreign_data_wrapper', 'w.oid')}
  UNION ALL SELECT 'FOREIGN SERVER', quote_ident(s.srvname), ${key('pg_foreign_server', 's.oid')}, 'S'::"char", s.srvowner, s.srvacl FROM pg_foreign_server s
    WHERE ${kept('pg_foreign_server', 's.oid')}`;

const role = (oid: string) =>
  `CASE ${oid} WHEN 0 THEN 'PUBLIC' ELSE (SELECT quote_ident(r.rolname) FROM pg_roles r WHERE r.oid = ${oid}) END`;

/** A list against what the object has from the start, without the rights of its owner: what was taken away, then what was given. */
const changes = (word: string, name: string, was: string, is: string, owner: string, column = 'NULL') => `(
  SELECT string_agg(x.text, '' ORDER BY x.gives, x.text COLLATE "C") FROM (
    SELECT w.gives, concat(chr(10), CASE WHEN w.gives THEN 'GRANT ' ELSE 'REVOKE ' END, string_agg(concat(w.privilege_type, ' (' || ${column} || ')'), ', ' ORDER BY w.privilege_type),
      ' ON ', ${word}, ' ', ${name}, CASE WHEN w.gives THEN ' TO ' ELSE ' FROM ' END, ${role('w.grantee')}, CASE WHEN w.is_grantable THEN ' WITH GRANT OPTION' END, ';') AS text
    FROM (
      SELECT DISTINCT true AS gives, n.grantee, n.privilege_type, n.is_grantable FROM (
        SELECT a.grantee, a.privilege_type, a.is_grantable FROM aclexplode(${is}) a EXCEPT SELECT a.grantee, a.privilege_type, a.is_grantable FROM aclexplode(${was}) a) n
      UNION ALL
      SELECT DISTINCT false, n.grantee, n.privilege_type, false FROM (
        SELECT a.grantee, a.privilege_type FROM aclexplode(${was}) a EXCEPT SELECT a.grantee, a.privilege_type FROM aclexplode(${is}) a) n
    ) w WHERE w.grantee <> ${owner} GROUP BY w.gives, w.grantee, w.is_grantable) x)`;

/** On request only: roles live outside of the database, and often differ from server to server. Schema `public` and the owners are left out. */
export const grants: Kind = {
  kinds: ['grants'],
  query: () => `
SELECT 'grants', g.name, concat('grants.', g.key), g.key, ltrim(g.text, chr(10)) FROM (
  SELECT concat(lower(h.word), ' ', h.name) AS name, h.key, ${changes('h.word', 'h.name', 'acldefault(h.letter, h.owner)', 'h.acl', 'h.owner')} AS text
    FROM (${holders}) h WHERE h.acl IS NOT NULL
  UNION ALL
  SELECT concat('column ', c.name, '.', quote_ident(a.attname)), concat(c.key, '.', a.attnum),
      ${changes(`'TABLE'`, 'c.name', `NULL::aclitem[]`, 'a.attacl', 'c.relowner', 'quote_ident(a.attname)')}
    FROM rel c JOIN pg_attribute a ON a.attrelid = c.oid WHERE a.attacl IS NOT NULL AND a.attnum > 0 AND NOT a.attisdropped
  UNION ALL
  SELECT concat('default for ', r.rolname, ' ', d.defaclobjtype, coalesce(' in ' || n.name, '')), concat('defaults.', d.oid), replace(replace(
      ${changes(
        `concat(chr(1), CASE d.defaclobjtype WHEN 'r' THEN 'TABLES' WHEN 'S' THEN 'SEQUENCES' WHEN 'f' THEN 'FUNCTIONS' WHEN 'T' THEN 'TYPES' ELSE 'SCHEMAS' END)`,
        `''`,
        `CASE WHEN d.defaclnamespace = 0 THEN acldefault(CASE d.defaclobjtype WHEN 'S' THEN 's' ELSE d.defaclobjtype END::"char", d.defaclrole) ELSE NULL::aclitem[] END`,
        'd.defaclacl',
        'd.defaclrole',
      )}, chr(10), concat(chr(10), 'ALTER DEFAULT PRIVILEGES FOR ROLE ', quote_ident(r.rolname), ' IN SCHEMA ' || n.name, ' ')), chr(1), '')
    FROM pg_default_acl d JOIN pg_roles r ON r.oid = d.defaclrole LEFT JOIN ns n ON n.oid = d.defaclnamespace) g
WHERE g.text IS NOT NULL`,
};
