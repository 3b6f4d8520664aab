import { comment, kept, key } from '../fragments.ts';
import type { Kind } from '../kind.ts';

const columns = `' (' || (SELECT string_agg(quote_ident(a.attname), ', ' ORDER BY a.attnum) FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attnum = ANY (pr.prattrs::int2[])) || ')'`;

const tables = (
  version: number,
) => `(SELECT string_agg(concat(chr(10), 'ALTER PUBLICATION ', p.name, ' ADD TABLE ONLY ', c.name,
    ${version >= 15 ? `${columns}, ' WHERE (' || pg_get_expr(pr.prqual, pr.prrelid) || ')', ` : ''}';'), '' ORDER BY c.name COLLATE "C")
  FROM pg_publication_rel pr JOIN rel c ON c.oid = pr.prrelid WHERE pr.prpubid = p.oid)`;

const schemas = `(SELECT string_agg(concat(chr(10), 'ALTER PUBLICATION ', p.name, ' ADD TABLES IN SCHEMA ', n.name, ';'), '' ORDER BY n.name COLLATE "C")
  FROM pg_publication_namespace pn JOIN ns n ON n.oid = pn.pnnspid WHERE pn.pnpubid = p.oid)`;

/** What is published is part of what the database promises to others. Subscriptions are not dumped: they hold a password. */
export const publications: Kind = {
  kinds: ['publication'],
  query: ({ version }) => `
SELECT 'publication', p.name, ${key('pg_publication', 'p.oid')}, NULL,
  concat('CREATE PUBLICATION ', p.name, CASE WHEN p.puballtables THEN ' FOR ALL TABLES' END, ' WITH (publish = ', quote_literal(concat_ws(', ',
      CASE WHEN p.pubinsert THEN 'insert' END, CASE WHEN p.pubupdate THEN 'update' END, CASE WHEN p.pubdelete THEN 'delete' END, CASE WHEN p.pubtruncate THEN 'truncate' END)),
    CASE WHEN p.pubviaroot THEN ', publish_via_partition_root = true' END,
    ${version >= 18 ? `CASE WHEN p.pubgencols = 's' THEN ', publish_generated_columns = stored' END, ` : ''}');', ${version >= 15 ? `${schemas}, ` : ''}${tables(version)},
    ${comment('PUBLICATION', 'p.name', 'p.oid', 'pg_publication')})
FROM (SELECT pp.*, quote_ident(pp.pubname) AS name FROM pg_publication pp) p WHERE ${kept('pg_publication', 'p.oid')}`,
};
