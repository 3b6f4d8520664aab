import type { Rule } from '../rule.ts';

export const banTruncate: Rule = {
  id: 'ban-truncate',
  engine: 'mysql',
  severity: 'caution',
  title: 'A table or partition is emptied',
  why: 'Its data is gone at once, and no ROLLBACK brings it back.',
  safeWay:
    'Delete the rows that are not needed, in batches. For a partition that is old by plan: `-- migrate:allow ban-truncate: why`.',
  find(action, { migration }) {
    if (action.do === 'truncate' && migration.isFilled(action.table))
      return { subject: action.table, message: `All rows of ${action.table} are gone` };
    if (action.do !== 'partition' || !/^(truncate|drop)$/.test(action.how) || !migration.isFilled(action.table))
      return undefined;
    const names = action.names.join(', ');
    return {
      subject: `${action.table}.${names}`,
      message: `All rows of partition ${names} of ${action.table} are gone`,
    };
  },
};
