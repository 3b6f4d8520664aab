import { comment, key, written } from '../fragments.ts';
import type { Kind } from '../kind.ts';

/** What is said of the index `ic`, row `i` of `pg_index`, on the table `c` after it was made. */
export const indexAfterwards = `concat(
  (SELECT concat(chr(10), 'ALTER INDEX ', pn.name, '.', quote_ident(p.relname), ' ATTACH PARTITION ', ic.name, ';')
    FROM pg_inherits h JOIN pg_class p ON p.oid = h.inhparent JOIN ns pn ON pn.oid = p.relnamespace WHERE h.inhrelid = ic.oid),
  (SELECT string_agg(concat(chr(10), 'ALTER INDEX ', ic.name, ' ALTER COLUMN ', a.attnum, ' SET STATISTICS ', a.attstattarget, ';'), '' ORDER BY a.attnum)
    FROM pg_attribute a WHERE a.attrelid = ic.oid AND a.attstattarget >= 0),
  CASE WHEN i.indisclustered THEN concat(chr(10), 'ALTER TABLE ', c.name, ' CLUSTER ON ', quote_ident(ic.relname), ';') END,
  CASE WHEN i.indisreplident THEN concat(chr(10), 'ALTER TABLE ONLY ', c.name, ' REPLICA IDENTITY USING INDEX ', quote_ident(ic.relname), ';') END,
  ${comment('INDEX', 'ic.name', 'ic.oid', 'pg_class')})`;

/** Indexes that no constraint stands behind. One that was never finished is there, with a word on it. */
export const indexes: Kind = {
  kinds: ['index'],
  query: () => `
SELECT 'index', ic.name, ${key('pg_class', 'ic.oid')}, NULL,
  concat(CASE WHEN NOT i.indisvalid AND ic.relkind <> 'I' THEN '-- INVALID where this was written: its building never came to its end.' || chr(10) END,
    ${written('pg_get_indexdef', 'ic.oid')}, ';', ${indexAfterwards})
FROM pg_index i JOIN rel c ON c.oid = i.indrelid
JOIN (SELECT pc.*, n.name || '.' || quote_ident(pc.relname) AS name FROM pg_class pc JOIN ns n ON n.oid = pc.relnamespace) ic ON ic.oid = i.indexrelid
WHERE NOT EXISTS (SELECT FROM pg_constraint k WHERE k.conindid = ic.oid AND k.conrelid = c.oid AND k.contype IN ('p', 'u', 'x'))`,
};

export const statistics: Kind = {
  kinds: ['statistics'],
  query: () => `
SELECT 'statistics', s.name, ${key('pg_statistic_ext', 's.oid')}, NULL,
  concat(${written('pg_get_statisticsobjdef', 's.oid')}, ';', CASE WHEN s.stxstattarget >= 0 THEN concat(chr(10), 'ALTER STATISTICS ', s.name, ' SET STATISTICS ', s.stxstattarget, ';') END,
    ${comment('STATISTICS', 's.name', 's.oid', 'pg_statistic_ext')})
FROM (SELECT st.*, n.name || '.' || quote_ident(st.stxname) AS name FROM pg_statistic_ext st JOIN ns n ON n.oid = st.stxnamespace) s JOIN rel c ON c.oid = s.stxrelid`,
};
