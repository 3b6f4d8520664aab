import { comment, key, options, written } from '../fragments.ts';
import type { Kind } from '../kind.ts';
import { columnChanges } from './columns.ts';

export const views: Kind = {
  kinds: ['view'],
  query: server => `
SELECT 'view', c.name, c.key, NULL,
  concat('CREATE VIEW ', c.name, ' WITH (' || ${options('c.reloptions')} || ')', ' AS', chr(10), ${written('pg_get_viewdef', 'c.oid')},
    ${comment('VIEW', 'c.name', 'c.oid', 'pg_class')}, ${columnChanges('view', server)})
FROM rel c WHERE c.relkind = 'v'`,
};

/** Made without data, as the tables are: their rows come with REFRESH. */
export const materializedViews: Kind = {
  kinds: ['materialized view'],
  query: server => `
SELECT 'materialized view', c.name, c.key, NULL,
  concat('CREATE MATERIALIZED VIEW ', c.name, CASE WHEN am.amname <> 'heap' THEN ' USING ' || quote_ident(am.amname) END,
    ' WITH (' || ${options('c.reloptions')} || ')', ' AS', chr(10), rtrim(${written('pg_get_viewdef', 'c.oid')}, ';'), chr(10), 'WITH NO DATA;',
    ${comment('MATERIALIZED VIEW', 'c.name', 'c.oid', 'pg_class')}, ${columnChanges('materialized view', server)})
FROM rel c JOIN pg_am am ON am.oid = c.relam WHERE c.relkind = 'm'`,
};

/** Rules other than the one that makes a view a view. */
export const rules: Kind = {
  kinds: ['rule'],
  query: () => `
SELECT 'rule', concat(c.name, '.', quote_ident(r.rulename)), ${key('pg_rewrite', 'r.oid')}, NULL,
  concat(${written('pg_get_ruledef', 'r.oid')}, CASE r.ev_enabled WHEN 'O' THEN NULL ELSE concat(chr(10), 'ALTER TABLE ', c.name,
      CASE r.ev_enabled WHEN 'D' THEN ' DISABLE' WHEN 'R' THEN ' ENABLE REPLICA' ELSE ' ENABLE ALWAYS' END, ' RULE ', quote_ident(r.rulename), ';') END,
    ${comment('RULE', `quote_ident(r.rulename) || ' ON ' || c.name`, 'r.oid', 'pg_rewrite')})
FROM pg_rewrite r JOIN rel c ON c.oid = r.ev_class WHERE r.rulename <> '_RETURN'`,
};
