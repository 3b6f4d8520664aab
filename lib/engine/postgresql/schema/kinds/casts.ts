import { comment, kept, key } from '../fragments.ts';
import type { Kind } from '../kind.ts';

export const casts: Kind = {
  kinds: ['cast'],
  query: () => `
SELECT 'cast', c.name, ${key('pg_cast', 'c.oid')}, NULL,
  concat('CREATE CAST ', c.name, CASE c.castmethod WHEN 'f' THEN concat(' WITH FUNCTION ', c.castfunc::regprocedure::text) WHEN 'i' THEN ' WITH INOUT' ELSE ' WITHOUT FUNCTION' END,
    CASE c.castcontext WHEN 'a' THEN ' AS ASSIGNMENT' WHEN 'i' THEN ' AS IMPLICIT' END, ';', ${comment('CAST', 'c.name', 'c.oid', 'pg_cast')})
FROM (SELECT pc.*, concat('(', format_type(pc.castsource, NULL), ' AS ', format_type(pc.casttarget, NULL), ')') AS name FROM pg_cast pc WHERE pc.oid >= 16384) c
WHERE ${kept('pg_cast', 'c.oid')}`,
};

export const conversions: Kind = {
  kinds: ['conversion'],
  query: () => `
SELECT 'conversion', c.name, ${key('pg_conversion', 'c.oid')}, NULL,
  concat('CREATE ', CASE WHEN c.condefault THEN 'DEFAULT ' END, 'CONVERSION ', c.name, ' FOR ', quote_literal(pg_encoding_to_char(c.conforencoding)),
    ' TO ', quote_literal(pg_encoding_to_char(c.contoencoding)), ' FROM ', c.conproc::text, ';', ${comment('CONVERSION', 'c.name', 'c.oid', 'pg_conversion')})
FROM (SELECT pc.*, n.name || '.' || quote_ident(pc.conname) AS name FROM pg_conversion pc JOIN ns n ON n.oid = pc.connamespace) c
WHERE ${kept('pg_conversion', 'c.oid')}`,
};
