import { comment, kept, key } from '../fragments.ts';
import type { Kind } from '../kind.ts';

/** The column that holds the locale of a provider other than libc has changed its name twice. */
const locale = (version: number) => (version >= 17 ? 'colllocale' : version >= 15 ? 'colliculocale' : 'NULL');

export const collations: Kind = {
  kinds: ['collation'],
  query: ({ version }) => `
SELECT 'collation', c.name, ${key('pg_collation', 'c.oid')}, NULL,
  concat('CREATE COLLATION ', c.name, ' (provider = ', CASE c.collprovider WHEN 'i' THEN 'icu' WHEN 'b' THEN 'builtin' ELSE 'libc' END,
    CASE WHEN NOT c.collisdeterministic THEN ', deterministic = false' END,
    CASE WHEN c.loc IS NOT NULL THEN ', locale = ' || quote_literal(c.loc)
      WHEN c.collcollate = c.collctype THEN ', locale = ' || quote_literal(c.collcollate)
      ELSE concat(', lc_collate = ', quote_literal(c.collcollate), ', lc_ctype = ', quote_literal(c.collctype)) END,
    ${version >= 16 ? `', rules = ' || quote_literal(c.collicurules)` : 'NULL'}, ');', ${comment('COLLATION', 'c.name', 'c.oid', 'pg_collation')})
FROM (SELECT pc.*, ${locale(version)} AS loc, n.name || '.' || quote_ident(pc.collname) AS name FROM pg_collation pc JOIN ns n ON n.oid = pc.collnamespace) c
WHERE ${kept('pg_collation', 'c.oid')}`,
};
