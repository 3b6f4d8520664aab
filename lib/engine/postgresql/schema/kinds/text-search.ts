import { comment, kept, key } from '../fragments.ts';
import type { Kind } from '../kind.ts';

/** Dictionaries and configurations. Parsers and templates are functions in C: not dumped. */
export const dictionaries: Kind = {
  kinds: ['text search dictionary'],
  query: () => `
SELECT 'text search dictionary', d.name, ${key('pg_ts_dict', 'd.oid')}, NULL,
  concat('CREATE TEXT SEARCH DICTIONARY ', d.name, ' (TEMPLATE = ', quote_ident(tn.nspname), '.', quote_ident(t.tmplname), ', ' || d.dictinitoption, ');',
    ${comment('TEXT SEARCH DICTIONARY', 'd.name', 'd.oid', 'pg_ts_dict')})
FROM (SELECT td.*, n.name || '.' || quote_ident(td.dictname) AS name FROM pg_ts_dict td JOIN ns n ON n.oid = td.dictnamespace) d
JOIN pg_ts_template t ON t.oid = d.dicttemplate JOIN pg_namespace tn ON tn.oid = t.tmplnamespace
WHERE ${kept('pg_ts_dict', 'd.oid')}`,
};

/** Each token type with its dictionaries. */
const mappings = `(SELECT string_agg(concat(chr(10), 'ALTER TEXT SEARCH CONFIGURATION ', c.name, ' ADD MAPPING FOR ', quote_ident(m.alias), ' WITH ', m.dictionaries, ';'), '' ORDER BY m.alias COLLATE "C")
  FROM (SELECT tt.alias, string_agg(CASE WHEN dn.nspname = 'pg_catalog' THEN quote_ident(d.dictname) ELSE quote_ident(dn.nspname) || '.' || quote_ident(d.dictname) END, ', ' ORDER BY cm.mapseqno) AS dictionaries
    FROM pg_ts_config_map cm JOIN ts_token_type(c.cfgparser) tt ON tt.tokid = cm.maptokentype
    JOIN pg_ts_dict d ON d.oid = cm.mapdict JOIN pg_namespace dn ON dn.oid = d.dictnamespace WHERE cm.mapcfg = c.oid GROUP BY tt.alias) m)`;

export const configurations: Kind = {
  kinds: ['text search configuration'],
  query: () => `
SELECT 'text search configuration', c.name, ${key('pg_ts_config', 'c.oid')}, NULL,
  concat('CREATE TEXT SEARCH CONFIGURATION ', c.name, ' (PARSER = ', quote_ident(pn.nspname), '.', quote_ident(p.prsname), ');', ${mappings},
    ${comment('TEXT SEARCH CONFIGURATION', 'c.name', 'c.oid', 'pg_ts_config')})
FROM (SELECT tc.*, n.name || '.' || quote_ident(tc.cfgname) AS name FROM pg_ts_config tc JOIN ns n ON n.oid = tc.cfgnamespace) c
JOIN pg_ts_parser p ON p.oid = c.cfgparser JOIN pg_namespace pn ON pn.oid = p.prsnamespace
WHERE ${kept('pg_ts_config', 'c.oid')}`,
};
