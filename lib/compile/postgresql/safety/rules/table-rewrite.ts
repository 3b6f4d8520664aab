import type { Rule } from '../rule.ts';

export const tableRewrite: Rule = {
  id: 'table-rewrite',
  engine: 'postgresql',
  severity: 'danger',
  title: 'A table is written anew',
  why: 'SET LOGGED, SET UNLOGGED, SET TABLESPACE, SET ACCESS METHOD and SET EXPRESSION write the table anew under ACCESS EXCLUSIVE.',
  safeWay: 'A quiet hour, or a new table and a switch.',
  find(action, { migration }) {
    if (action.do !== 'rewrite-table' || !migration.isFilled(action.table)) return undefined;
    const { table, what } = action;
    return { subject: table, message: `${what} rewrites ${table} while reads and writes wait (ACCESS EXCLUSIVE)` };
  },
};
