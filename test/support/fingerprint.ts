import type pg from 'pg';

/**
 * All that a migration can leave in a database, as lines: to compare two databases quickly. Names and definitions, no numbers (oids, file
 * nodes); rows as text. `except`: names of relations and functions, by prefix, that do not count.
 */
export async function fingerprint(client: pg.Client, except = 'schema_migrations'): Promise<string[]> {
  const rows = async (sql: string) =>
    (await client.query({ text: sql, rowMode: 'array' })).rows.map(row => (row as unknown[]).join(' | '));
  const own = (schema: string) => `${schema} not like 'pg\\_%' and ${schema} <> 'information_schema'`;
  const notOurs = (name: string) => `${name} not like '${except.replaceAll('_', '\\_')}%'`;
  // With an empty search path every name in a definition is qualified.
  await client.query("select set_config('search_path', '', false), set_config('timezone', 'UTC', false)");
  const relations = await rows(`
    select 'relation', n.nspname, c.relname, c.relkind::text, c.relpersistence::text, pg_get_userbyid(c.relowner), coalesce(c.relacl::text, ''), coalesce(c.reloptions::text, ''),
      case when c.relkind in ('v', 'm') then pg_get_viewdef(c.oid) else '' end, coalesce(obj_description(c.oid, 'pg_class'), ''), coalesce(pg_get_expr(c.relpartbound, c.oid), ''),
      c.relrowsecurity::text, c.relreplident::text
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where ${own('n.nspname')} and ${notOurs('c.relname')} and c.relkind <> 't' order by 2, 3`);
  const rest = await rows(`
    select * from (
      select 'column', n.nspname || '.' || c.relname || '.' || a.attname, a.attnum::text, format_type(a.atttypid, a.atttypmod) || case when a.attnotnull then ' not null' else '' end
        || coalesce(' default ' || pg_get_expr(d.adbin, d.adrelid), '') || a.attidentity::text || a.attgenerated::text
        from pg_attribute a join pg_class c on c.oid = a.attrelid join pg_namespace n on n.oid = c.relnamespace left join pg_attrdef d on d.adrelid = c.oid and d.adnum = a.attnum
        where ${own('n.nspname')} and ${notOurs('c.relname')} and a.attnum > 0 and not a.attisdropped and c.relkind <> 'i'
      union all select 'constraint', n.nspname || '.' || co.conname, coalesce(co.conrelid::regclass::text, ''), pg_get_constraintdef(co.oid) || co.convalidated
        from pg_constraint co join pg_namespace n on n.oid = co.connamespace left join pg_class c on c.oid = co.conrelid where ${own('n.nspname')} and ${notOurs("coalesce(c.relname, '')")}
      union all select 'index', i.indexrelid::regclass::text, i.indisvalid::text || i.indisclustered, pg_get_indexdef(i.indexrelid)
        from pg_index i join pg_class c on c.oid = i.indrelid join pg_namespace n on n.oid = c.relnamespace where ${own('n.nspname')} and ${notOurs('c.relname')}
      union all select 'function', p.oid::regprocedure::text, pg_get_userbyid(p.proowner), case when p.prokind = 'a' then '' else pg_get_functiondef(p.oid) end
        from pg_proc p join pg_namespace n on n.oid = p.pronamespace where ${own('n.nspname')} and ${notOurs('p.proname')}
      union all select 'trigger', t.tgrelid::regclass::text, t.tgname, pg_get_triggerdef(t.oid) || t.tgenabled::text
        from pg_trigger t join pg_class c on c.oid = t.tgrelid where not t.tgisinternal and ${notOurs('c.relname')}
      union all select 'rule', r.ev_class::regclass::text, r.rulename, pg_get_ruledef(r.oid) from pg_rewrite r join pg_class c on c.oid = r.ev_class
        join pg_namespace n on n.oid = c.relnamespace where ${own('n.nspname')} and r.rulename <> '_RETURN'
      union all select 'enum', enumtypid::regtype::text, enumsortorder::text, enumlabel from pg_enum
      union all select 'schema', nspname, coalesce(nspacl::text, ''), pg_get_userbyid(nspowner) from pg_namespace where ${own('nspname')}
      union all select 'extension', extname, extversion, '' from pg_extension
      union all select 'policy', polrelid::regclass::text, polname, coalesce(pg_get_expr(polqual, polrelid), '') from pg_policy
      union all select 'event trigger', evtname, evtevent, evtfoid::regproc::text from pg_event_trigger
      union all select 'publication', pubname, puballtables::text, '' from pg_publication
      union all select 'large object', loid::text, pageno::text, md5(data) from pg_largeobject
      union all select 'database setting', coalesce(r.rolname, ''), setconfig::text, '' from pg_db_role_setting s left join pg_roles r on r.oid = s.setrole
        where setdatabase = (select oid from pg_database where datname = current_database())
      union all select 'type', n.nspname || '.' || t.typname, t.typtype::text, coalesce(t.typdefault, '') from pg_type t join pg_namespace n on n.oid = t.typnamespace
        where ${own('n.nspname')} and ${notOurs('t.typname')} and ${notOurs("ltrim(t.typname, '_')")}
      union all select 'sequence', schemaname || '.' || sequencename, coalesce(last_value::text, ''), increment_by::text from pg_sequences
    ) q order by 1, 2, 3, 4`);
  const tables = relations.map(line => line.split(' | ')).filter(([, , , kind]) => kind === 'r' || kind === 'm');
  const quoted = (name: string) => `"${name.replaceAll('"', '""')}"`;
  const contents =
    tables.length === 0
      ? []
      : await rows(
          tables
            .map(([, schema, name]) => {
              const table = `${quoted(schema!)}.${quoted(name!)}`;
              return `select 'rows of ${table.replaceAll("'", "''")}', string_agg(t::text, ' ' order by t::text) from only ${table} t`;
            })
            .join('\nunion all\n'),
        );
  await client.query('reset search_path; reset timezone');
  return [...relations, ...rest, ...contents];
}
