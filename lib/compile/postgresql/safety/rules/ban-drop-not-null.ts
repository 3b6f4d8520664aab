import type { Rule } from '../rule.ts';

export const banDropNotNull: Rule = {
  id: 'ban-drop-not-null',
  engine: 'postgresql',
  severity: 'note',
  title: 'A column may hold NULL from here on',
  why: 'Code that runs during the deploy, or comes back by a rollback, may meet NULL where there never was one.',
  safeWay: 'Deploy code that takes NULL first.',
  find(action, { migration }) {
    if (action.do !== 'drop-not-null' || !migration.isLive(action.table)) return undefined;
    return { subject: `${action.table}.${action.column}`, message: `Running code may meet NULL in ${action.column}` };
  },
};
