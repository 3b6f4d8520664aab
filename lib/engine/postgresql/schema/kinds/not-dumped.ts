import { kept } from '../fragments.ts';
import type { Kind } from '../kind.ts';

export const NOT_DUMPED = 'not dumped';

/** What is part of the schema and of no dump of ours: said, never just left out. The name begins with the kind. */
export const notDumped: Kind = {
  kinds: [NOT_DUMPED],
  query: () => `
SELECT '${NOT_DUMPED}', x.name, NULL, NULL, '' FROM (
  SELECT concat('type ', n.name, '.', quote_ident(t.typname)) AS name FROM pg_type t JOIN ns n ON n.oid = t.typnamespace
    WHERE ${kept('pg_type', 't.oid')} AND (t.typtype = 'b' AND NOT EXISTS (SELECT FROM pg_type e WHERE e.typarray = t.oid) OR t.typtype = 'p'
      OR EXISTS (SELECT FROM pg_range r WHERE r.rngtypid = t.oid AND r.rngcanonical <> 0))
  UNION ALL SELECT concat('language ', quote_ident(l.lanname)) FROM pg_language l WHERE l.oid >= 16384 AND ${kept('pg_language', 'l.oid')}
  UNION ALL SELECT concat('transform for ', format_type(f.trftype, NULL)) FROM pg_transform f WHERE ${kept('pg_transform', 'f.oid')}
  UNION ALL SELECT concat('access method ', quote_ident(a.amname)) FROM pg_am a WHERE a.oid >= 16384 AND ${kept('pg_am', 'a.oid')}
  UNION ALL SELECT concat('text search parser ', n.name, '.', quote_ident(p.prsname)) FROM pg_ts_parser p JOIN ns n ON n.oid = p.prsnamespace WHERE ${kept('pg_ts_parser', 'p.oid')}
  UNION ALL SELECT concat('text search template ', n.name, '.', quote_ident(t.tmplname)) FROM pg_ts_template t JOIN ns n ON n.oid = t.tmplnamespace WHERE ${kept('pg_ts_template', 't.oid')}
  UNION ALL SELECT concat('user mapping ', quote_ident(m.usename), ' on ', quote_ident(m.srvname)) FROM pg_user_mappings m
  UNION ALL SELECT concat('subscription ', quote_ident(s.subname)) FROM pg_subscription s WHERE s.subdbid = (SELECT d.oid FROM pg_database d WHERE d.datname = current_database())
  UNION ALL SELECT concat('security label ', l.objtype, ' ', l.objname) FROM pg_seclabels l WHERE l.objtype NOT IN ('database', 'role', 'tablespace')
  UNION ALL SELECT concat('dependency on an extension ', pg_describe_object(d.classid, d.objid, d.objsubid)) FROM pg_depend d WHERE d.deptype = 'x') x`,
};
