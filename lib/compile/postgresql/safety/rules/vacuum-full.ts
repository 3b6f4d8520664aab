import type { Rule } from '../rule.ts';
import { quote } from '../write.ts';

export const vacuumFull: Rule = {
  id: 'vacuum-full',
  engine: 'postgresql',
  severity: 'danger',
  title: 'VACUUM FULL writes the table anew',
  why: 'Reads and writes wait (ACCESS EXCLUSIVE) until the table and all its indexes are written anew.',
  safeWay: 'VACUUM without FULL.',
  find(action, { migration }) {
    if (action.do !== 'vacuum-full') return undefined;
    const { table } = action;
    if (table !== '' && !migration.isFilled(table)) return undefined;
    return {
      subject: table || 'all tables',
      message: `Reads and writes of ${table || 'each table'} wait until it is rewritten (ACCESS EXCLUSIVE)`,
      safeWay: [table ? `VACUUM ${quote(table)};` : 'VACUUM;'],
    };
  },
};
