import { comment, key, options, written } from '../fragments.ts';
import type { Kind } from '../kind.ts';
import { indexAfterwards } from './indexes.ts';

/**
 * Constraints of tables: those of a primary key, unique, check or exclusion, and apart from them foreign keys, which come last. A partition
 * has those of its parent by being attached, save for the ones with an index: that is made by itself and attached, too.
 */
export const constraints: Kind = {
  kinds: ['constraint', 'foreign key'],
  query: () => `
SELECT CASE k.contype WHEN 'f' THEN 'foreign key' ELSE 'constraint' END, concat(c.name, '.', quote_ident(k.conname)), ${key('pg_constraint', 'k.oid')}, NULL,
  concat('ALTER ', CASE WHEN c.relkind = 'f' THEN 'FOREIGN ' END, 'TABLE ',
    CASE WHEN k.contype IN ('p', 'u', 'x') OR k.contype = 'f' AND c.relkind <> 'p' THEN 'ONLY ' END, c.name,
    ' ADD CONSTRAINT ', quote_ident(k.conname), ' ', ${written('pg_get_constraintdef', 'k.oid')}, ';',
    CASE WHEN k.contype IN ('p', 'u', 'x') THEN concat(
      chr(10) || 'ALTER INDEX ' || ic.name || ' SET (' || ${options('ic.reloptions')} || ');', ${indexAfterwards}) END,
    ${comment('CONSTRAINT', `quote_ident(k.conname) || ' ON ' || c.name`, 'k.oid', 'pg_constraint')})
FROM pg_constraint k JOIN rel c ON c.oid = k.conrelid
LEFT JOIN pg_index i ON i.indexrelid = k.conindid AND k.contype IN ('p', 'u', 'x')
LEFT JOIN (SELECT pc.*, n.name || '.' || quote_ident(pc.relname) AS name FROM pg_class pc JOIN ns n ON n.oid = pc.relnamespace) ic ON ic.oid = i.indexrelid
WHERE k.contype IN ('p', 'u', 'x') OR k.contype = 'c' AND k.conislocal OR k.contype = 'f' AND k.conparentid = 0`,
};

/**
 * From PostgreSQL 18 on NOT NULL is a constraint. It is made with its column; an object of its own is one that was not checked yet, or that
 * has a comment.
 */
export const notNulls: Kind = {
  kinds: ['constraint'],
  query: () => `
SELECT 'constraint', concat(c.name, '.', quote_ident(k.conname)), ${key('pg_constraint', 'k.oid')}, c.key,
  ltrim(concat(CASE WHEN NOT k.convalidated THEN concat('ALTER TABLE ', c.name, ' ADD CONSTRAINT ', quote_ident(k.conname), ' ', ${written('pg_get_constraintdef', 'k.oid')}, ';') END,
    ${comment('CONSTRAINT', `quote_ident(k.conname) || ' ON ' || c.name`, 'k.oid', 'pg_constraint')}), chr(10))
FROM pg_constraint k JOIN rel c ON c.oid = k.conrelid
WHERE k.contype = 'n' AND k.conislocal AND (NOT k.convalidated OR obj_description(k.oid, 'pg_constraint') IS NOT NULL)`,
};
