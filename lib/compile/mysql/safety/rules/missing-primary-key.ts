import type { Rule } from '../rule.ts';

export const missingPrimaryKey: Rule = {
  id: 'missing-primary-key',
  engine: 'mysql',
  severity: 'note',
  title: 'A table has no primary key',
  why: 'InnoDB makes a hidden one that no statement can use, replicas look through all rows for each change, and a primary key that is added later rebuilds the table.',
  safeWay: '`id bigint unsigned NOT NULL AUTO_INCREMENT PRIMARY KEY`, or the columns that tell rows apart.',
  find(action, { migration }) {
    if (action.do !== 'create-table' || action.temporary || action.like !== null) return undefined;
    const isKeyed =
      action.columns.some(({ primary }) => primary) ||
      action.indexes.some(({ kind }) => kind === 'primary') ||
      migration.getsPrimaryKey(action.table);
    return isKeyed ? undefined : { subject: action.table, message: `${action.table} has no primary key` };
  },
};
