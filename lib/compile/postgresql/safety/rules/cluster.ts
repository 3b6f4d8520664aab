import type { Rule } from '../rule.ts';

export const cluster: Rule = {
  id: 'cluster',
  engine: 'postgresql',
  severity: 'danger',
  title: 'CLUSTER writes the table anew',
  why: 'Reads and writes wait (ACCESS EXCLUSIVE) until the table and all its indexes are written anew.',
  safeWay: 'None: choose a quiet hour, or leave the order of the rows as it is.',
  find(action, { migration }) {
    if (action.do !== 'cluster' || !migration.isFilled(action.table)) return undefined;
    const { table } = action;
    return { subject: table, message: `Reads and writes of ${table} wait until it is rewritten (ACCESS EXCLUSIVE)` };
  },
};
