import { comment, kept, key } from '../fragments.ts';
import type { Kind } from '../kind.ts';

/** Schemas. `public` is in every database; only a comment of its own makes it an object. */
export const schemas: Kind = {
  kinds: ['schema'],
  query: () => `
SELECT 'schema', n.name, ${key('pg_namespace', 'n.oid')}, NULL,
  CASE WHEN n.nspname = 'public' THEN concat(substr(${comment('SCHEMA', 'n.name', 'n.oid', 'pg_namespace')}, 2))
    ELSE concat('CREATE SCHEMA ', n.name, ';', ${comment('SCHEMA', 'n.name', 'n.oid', 'pg_namespace')}) END
FROM ns n
WHERE ${kept('pg_namespace', 'n.oid')}
  AND (n.nspname <> 'public' OR obj_description(n.oid, 'pg_namespace') <> 'standard public schema')`,
};
