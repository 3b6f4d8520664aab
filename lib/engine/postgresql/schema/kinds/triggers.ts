import { comment, kept, key, written } from '../fragments.ts';
import type { Kind } from '../kind.ts';

const enabled = (letter: string) =>
  `CASE ${letter} WHEN 'O' THEN ' ENABLE' WHEN 'D' THEN ' DISABLE' WHEN 'R' THEN ' ENABLE REPLICA' ELSE ' ENABLE ALWAYS' END`;

/** Triggers of tables and views. A partition has those of its parent; only where it is switched otherwise is that one an object, too. */
export const triggers: Kind = {
  kinds: ['trigger'],
  query: () => `
SELECT 'trigger', concat(c.name, '.', quote_ident(t.tgname)), ${key('pg_trigger', 't.oid')}, CASE WHEN t.tgparentid <> 0 THEN ${key('pg_trigger', 't.tgparentid')} END,
  concat(CASE WHEN t.tgparentid = 0 THEN ${written('pg_get_triggerdef', 't.oid')} || ';' END,
    CASE WHEN t.tgenabled <> coalesce(p.tgenabled, 'O') THEN concat(CASE WHEN t.tgparentid = 0 THEN chr(10) END, 'ALTER ', CASE WHEN c.relkind = 'f' THEN 'FOREIGN ' END, 'TABLE ', c.name,
      ${enabled('t.tgenabled')}, ' TRIGGER ', quote_ident(t.tgname), ';') END,
    ${comment('TRIGGER', `quote_ident(t.tgname) || ' ON ' || c.name`, 't.oid', 'pg_trigger')})
FROM pg_trigger t JOIN rel c ON c.oid = t.tgrelid LEFT JOIN pg_trigger p ON p.oid = t.tgparentid
WHERE t.tgparentid = 0 AND NOT t.tgisinternal OR t.tgenabled <> p.tgenabled AND NOT p.tgisinternal`,
};

/** They come last: they would fire on what comes after them. */
export const eventTriggers: Kind = {
  kinds: ['event trigger'],
  query: () => `
SELECT 'event trigger', quote_ident(e.evtname), ${key('pg_event_trigger', 'e.oid')}, NULL,
  concat('CREATE EVENT TRIGGER ', quote_ident(e.evtname), ' ON ', quote_ident(e.evtevent),
    ' WHEN TAG IN (' || (SELECT string_agg(quote_literal(tag), ', ' ORDER BY nth) FROM unnest(e.evttags) WITH ORDINALITY u(tag, nth)) || ')',
    ' EXECUTE FUNCTION ', e.evtfoid::regproc::text, '();',
    CASE WHEN e.evtenabled <> 'O' THEN concat(chr(10), 'ALTER EVENT TRIGGER ', quote_ident(e.evtname), ${enabled('e.evtenabled')}, ';') END,
    ${comment('EVENT TRIGGER', 'quote_ident(e.evtname)', 'e.oid', 'pg_event_trigger')})
FROM pg_event_trigger e WHERE ${kept('pg_event_trigger', 'e.oid')}`,
};
