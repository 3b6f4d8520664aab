import { comment, foreignOptions, kept, key } from '../fragments.ts';
import type { Kind } from '../kind.ts';

export const wrappers: Kind = {
  kinds: ['foreign data wrapper'],
  query: () => `
SELECT 'foreign data wrapper', w.name, ${key('pg_foreign_data_wrapper', 'w.oid')}, NULL,
  concat('CREATE FOREIGN DATA WRAPPER ', w.name, CASE WHEN w.fdwhandler <> 0 THEN ' HANDLER ' || w.fdwhandler::regproc::text END,
    CASE WHEN w.fdwvalidator <> 0 THEN ' VALIDATOR ' || w.fdwvalidator::regproc::text END, ' OPTIONS (' || ${foreignOptions('w.fdwoptions')} || ')', ';',
    ${comment('FOREIGN DATA WRAPPER', 'w.name', 'w.oid', 'pg_foreign_data_wrapper')})
FROM (SELECT fw.*, quote_ident(fw.fdwname) AS name FROM pg_foreign_data_wrapper fw) w WHERE ${kept('pg_foreign_data_wrapper', 'w.oid')}`,
};

/** Servers. The mappings of users hold passwords: not dumped. */
export const servers: Kind = {
  kinds: ['server'],
  query: () => `
SELECT 'server', s.name, ${key('pg_foreign_server', 's.oid')}, NULL,
  concat('CREATE SERVER ', s.name, ' TYPE ' || quote_literal(s.srvtype), ' VERSION ' || quote_literal(s.srvversion), ' FOREIGN DATA WRAPPER ', quote_ident(w.fdwname),
    ' OPTIONS (' || ${foreignOptions('s.srvoptions')} || ')', ';', ${comment('SERVER', 's.name', 's.oid', 'pg_foreign_server')})
FROM (SELECT fs.*, quote_ident(fs.srvname) AS name FROM pg_foreign_server fs) s JOIN pg_foreign_data_wrapper w ON w.oid = s.srvfdw
WHERE ${kept('pg_foreign_server', 's.oid')}`,
};
