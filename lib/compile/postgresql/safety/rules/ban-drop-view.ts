import type { Rule } from '../rule.ts';

export const banDropView: Rule = {
  id: 'ban-drop-view',
  engine: 'postgresql',
  severity: 'caution',
  title: 'A view is dropped',
  why: 'Code that runs during the deploy, or comes back by a rollback, fails.',
  safeWay: 'Drop it one deploy after the last code that uses it.',
  find(action, { schema, migration }) {
    if (action.do !== 'drop' || action.kind !== 'view') return undefined;
    const { name } = action;
    if (migration.hasMade('view', name) || migration.makesAgain(name)) return undefined;
    if (action.ifExists && !schema.views.has(name)) return undefined;
    return { subject: name, message: `Code that still uses ${name} fails` };
  },
};
