import type { Rule } from '../rule.ts';

export const banTruncate: Rule = {
  id: 'ban-truncate',
  engine: 'postgresql',
  severity: 'caution',
  title: 'A table is emptied',
  why: 'Its data is gone; with CASCADE also that of every table that refers to it.',
  safeWay: 'Delete the rows that are not needed, in batches; name each table.',
  find(action, { migration }) {
    if (action.do !== 'truncate' || !migration.isFilled(action.table)) return undefined;
    const { table, cascade } = action;
    const message = `All rows of ${table}${cascade ? ' and of every table that refers to it' : ''} are gone`;
    return { subject: table, severity: cascade ? 'danger' : 'caution', message };
  },
};
