import type { Rule } from '../rule.ts';

export const banDropDatabase: Rule = {
  id: 'ban-drop-database',
  engine: 'postgresql',
  severity: 'danger',
  title: 'A database is dropped',
  why: 'Everything in it is gone.',
  safeWay: 'Drop it by hand, where somebody looks at what it holds.',
  find(action) {
    if (action.do !== 'drop' || action.kind !== 'database') return undefined;
    return { subject: action.name, message: `Everything in database ${action.name} is gone` };
  },
};
