import type { Rule } from '../rule.ts';

export const changeOfAllRows: Rule = {
  id: 'change-of-all-rows',
  engine: 'postgresql',
  severity: 'caution',
  title: 'All rows are changed in one statement',
  why: 'Each row is locked until the transaction ends, and the table grows by all its rows.',
  safeWay: 'Change the rows in batches, each in a transaction of its own.',
  find(action, { migration }) {
    if (action.do !== 'change-rows' || !action.all || !migration.isFilled(action.table)) return undefined;
    const { table, verb } = action;
    return { subject: table, message: `${verb} locks all rows of ${table} until the transaction ends` };
  },
};
