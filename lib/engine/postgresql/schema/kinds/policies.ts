import { comment, key } from '../fragments.ts';
import type { Kind } from '../kind.ts';

/** Row security policies; that row security is on stands with the table. */
export const policies: Kind = {
  kinds: ['policy'],
  query: () => `
SELECT 'policy', concat(c.name, '.', quote_ident(p.polname)), ${key('pg_policy', 'p.oid')}, NULL,
  concat('CREATE POLICY ', quote_ident(p.polname), ' ON ', c.name, CASE WHEN NOT p.polpermissive THEN ' AS RESTRICTIVE' END,
    CASE p.polcmd WHEN 'r' THEN ' FOR SELECT' WHEN 'a' THEN ' FOR INSERT' WHEN 'w' THEN ' FOR UPDATE' WHEN 'd' THEN ' FOR DELETE' END,
    ' TO ' || (SELECT string_agg(quote_ident(r.rolname), ', ' ORDER BY r.rolname COLLATE "C") FROM pg_roles r WHERE r.oid = ANY (p.polroles)),
    ' USING (' || pg_get_expr(p.polqual, p.polrelid) || ')', ' WITH CHECK (' || pg_get_expr(p.polwithcheck, p.polrelid) || ')', ';',
    ${comment('POLICY', `quote_ident(p.polname) || ' ON ' || c.name`, 'p.oid', 'pg_policy')})
FROM pg_policy p JOIN rel c ON c.oid = p.polrelid`,
};
