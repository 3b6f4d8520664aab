import type { Naming } from '../names.ts';
import { notOurs } from './listing.ts';
import { AS_NEW } from './session.ts';

/** More are not told: an answer ends at 1 MiB. */
const MOST = 1000;

const quoted = (name: string) => `CONCAT('\`', REPLACE(${name}, '\`', '\`\`'), '\`')`;
const written = (name: string) => `IF(${name} REGEXP '^[A-Za-z_][A-Za-z0-9_$]*$', ${name}, ${quoted(name)})`;

/**
 * Rows of what, kind, name, remedy: views that cannot be asked, and foreign keys (made with foreign_key_checks off) that let no row in. An
 * index that is invisible and a check that is not enforced are as somebody wanted them.
 */
export function unsound(named: Naming): string {
  return `SELECT ${AS_NEW} u.what, u.kind, u.name, u.remedy FROM (
  SELECT 'view-invalid' AS what, 'view' AS kind, ${written('t.table_name')} AS name,
    CONCAT('Create what it names, or DROP VIEW ', ${quoted('t.table_name')}) AS remedy
  FROM information_schema.tables t WHERE t.table_schema = DATABASE() AND t.table_type = 'VIEW' AND t.table_comment <> 'VIEW'
  UNION ALL
  SELECT 'parent-missing', 'foreign key', CONCAT(${written('r.table_name')}, '.', ${written('r.constraint_name')}),
    CONCAT('Create the table ', ${quoted('r.referenced_table_name')}, ', or ALTER TABLE ', ${quoted('r.table_name')}, ' DROP FOREIGN KEY ', ${quoted('r.constraint_name')})
  FROM information_schema.referential_constraints r LEFT JOIN information_schema.tables t
    ON t.table_schema = r.unique_constraint_schema AND t.table_name = r.referenced_table_name
  WHERE r.constraint_schema = DATABASE() AND r.unique_constraint_schema = DATABASE() AND t.table_name IS NULL
    AND ${notOurs(named).table('r.table_name')}
) u ORDER BY CAST(u.name AS binary) LIMIT ${MOST}`;
}
