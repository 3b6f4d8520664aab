import { key } from '../fragments.ts';
import type { Kind } from '../kind.ts';

/**
 * Extensions, less those that are in every database. Without their version: that is what the server offers, and the same schema lives on
 * several servers. A comment is the extension's own, unless somebody has changed it.
 */
export const extensions: Kind = {
  kinds: ['extension'],
  query: () => `
SELECT 'extension', quote_ident(e.extname), ${key('pg_extension', 'e.oid')}, NULL,
  concat('CREATE EXTENSION IF NOT EXISTS ', quote_ident(e.extname), ' WITH SCHEMA ', quote_ident(n.nspname), ';',
    CASE WHEN d.text IS DISTINCT FROM a.comment THEN
      concat(chr(10), 'COMMENT ON EXTENSION ', quote_ident(e.extname), ' IS ', coalesce(quote_literal(d.text), 'NULL'), ';') END)
FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace
CROSS JOIN LATERAL (SELECT obj_description(e.oid, 'pg_extension') AS text) d
LEFT JOIN pg_available_extensions() a ON a.name = e.extname
WHERE e.oid >= 16384`,
};
