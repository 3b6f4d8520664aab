import { collation, comment, commentText, kept, key, written } from '../fragments.ts';
import type { Kind } from '../kind.ts';

/** PostgreSQL 17 gives NOT NULL of domains a name; it is only written where it is not the usual one. */
const notNull = `(SELECT CASE WHEN k.conname <> t.typname || '_not_null' THEN ' CONSTRAINT ' || quote_ident(k.conname) END
  FROM pg_constraint k WHERE k.contypid = t.oid AND k.contype = 'n')`;

const constraints = (valid: boolean) =>
  `(SELECT string_agg(concat(${
    valid
      ? `chr(10), '  CONSTRAINT ', quote_ident(k.conname), ' ', ${written('pg_get_constraintdef', 'k.oid')}`
      : `chr(10), 'ALTER DOMAIN ', t.name, ' ADD CONSTRAINT ', quote_ident(k.conname), ' ', ${written('pg_get_constraintdef', 'k.oid')}, ';'`
  }), '' ORDER BY k.conname) FROM pg_constraint k WHERE k.contypid = t.oid AND k.contype = 'c' AND ${valid ? '' : 'NOT '}k.convalidated)`;

const constraintComments = `(SELECT string_agg(${commentText(`'CONSTRAINT ' || quote_ident(k.conname) || ' ON DOMAIN ' || t.name`, `obj_description(k.oid, 'pg_constraint')`)}, '' ORDER BY k.conname)
  FROM pg_constraint k WHERE k.contypid = t.oid)`;

export const domains: Kind = {
  kinds: ['domain'],
  query: () => `
SELECT 'domain', t.name, ${key('pg_type', 't.oid')}, NULL,
  concat('CREATE DOMAIN ', t.name, ' AS ', format_type(t.typbasetype, t.typtypmod),
    CASE WHEN t.typcollation <> b.typcollation THEN ' COLLATE ' || ${collation('t.typcollation')} END,
    ' DEFAULT ' || coalesce(pg_get_expr(t.typdefaultbin, 0), quote_literal(t.typdefault)),
    CASE WHEN t.typnotnull THEN concat(${notNull}, ' NOT NULL') END, ${constraints(true)}, ';', ${constraints(false)},
    ${comment('DOMAIN', 't.name', 't.oid', 'pg_type')}, ${constraintComments})
FROM (SELECT pt.*, n.name || '.' || quote_ident(pt.typname) AS name FROM pg_type pt JOIN ns n ON n.oid = pt.typnamespace) t
JOIN pg_type b ON b.oid = t.typbasetype
WHERE t.typtype = 'd' AND ${kept('pg_type', 't.oid')}`,
};
