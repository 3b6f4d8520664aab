import { SHARE_MODE } from '../locks.ts';
import type { Rule } from '../rule.ts';

export const lockTable: Rule = {
  id: 'lock-table',
  engine: 'postgresql',
  severity: 'caution',
  title: 'A table is locked by hand',
  why: 'Writes, and with ACCESS EXCLUSIVE reads, wait until the transaction ends.',
  safeWay: 'Leave it out: each statement takes the lock that it needs.',
  find(action, { migration }) {
    if (action.do !== 'lock-table' || action.mode < SHARE_MODE || !migration.isLive(action.table)) return undefined;
    const who = action.mode >= 8 ? 'Reads and writes of' : 'Writes to';
    return { subject: action.table, message: `${who} ${action.table} wait until the transaction ends` };
  },
};
