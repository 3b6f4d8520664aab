/** More are not told: an answer ends at 1 MiB. */
const MOST = 1000;

/** Rows of what, kind, name, remedy. An index that is being built right now is not complained about. No REINDEX is named that rows may let fail. */
export const unsound = `(SELECT u.what, u.kind, u.name, u.remedy FROM (
  SELECT 'index-invalid' AS what, 'index' AS kind, i.name, CASE
      WHEN i.relkind = 'I' THEN concat('CREATE INDEX on each partition that has none of it, then ALTER INDEX ', i.name, ' ATTACH PARTITION')
      WHEN i.relname ~ '_cc(new|old)[0-9]*$' THEN concat('DROP INDEX CONCURRENTLY ', i.name)
      WHEN i.may_refuse THEN concat('DROP INDEX CONCURRENTLY ', i.name, ' -- and make it again when ', i.refusal, ': until then a REINDEX fails too')
      ELSE concat('REINDEX INDEX CONCURRENTLY ', i.name) END AS remedy
  FROM (SELECT c.oid, c.relkind, c.relname, x.indisunique OR x.indisexclusion OR x.indexprs IS NOT NULL OR x.indpred IS NOT NULL AS may_refuse,
      concat_ws(' and ', CASE WHEN x.indisunique OR x.indisexclusion THEN 'no two rows have one key' END,
        CASE WHEN x.indexprs IS NOT NULL OR x.indpred IS NOT NULL THEN 'its expression fails for no row' END) AS refusal, concat(quote_ident(n.nspname), '.', quote_ident(c.relname)) AS name
    FROM pg_index x JOIN pg_class c ON c.oid = x.indexrelid JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE NOT x.indisvalid AND left(n.nspname, 3) <> 'pg_') i
  WHERE NOT EXISTS (SELECT FROM pg_stat_progress_create_index p WHERE p.index_relid = i.oid)
  UNION ALL
  SELECT 'constraint-not-valid', CASE k.contype WHEN 'f' THEN 'foreign key' ELSE 'constraint' END, concat(t.name, '.', quote_ident(k.conname)),
    concat('ALTER TABLE ', t.name, ' VALIDATE CONSTRAINT ', quote_ident(k.conname))
  FROM pg_constraint k JOIN (SELECT c.oid, concat(quote_ident(n.nspname), '.', quote_ident(c.relname)) AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'p') AND left(n.nspname, 3) <> 'pg_') t ON t.oid = k.conrelid
  WHERE NOT k.convalidated AND k.conparentid = 0 AND k.conislocal
  UNION ALL
  SELECT 'constraint-not-valid', 'domain', format_type(k.contypid, NULL), concat('ALTER DOMAIN ', format_type(k.contypid, NULL), ' VALIDATE CONSTRAINT ', quote_ident(k.conname))
  FROM pg_constraint k WHERE NOT k.convalidated AND k.contypid <> 0
) u ORDER BY u.name COLLATE "C" LIMIT ${MOST})`;
