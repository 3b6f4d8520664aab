import type { Rule } from '../rule.ts';

export const renamingSchema: Rule = {
  id: 'renaming-schema',
  engine: 'postgresql',
  severity: 'danger',
  title: 'A schema is renamed',
  why: 'Code that runs during the deploy, or comes back by a rollback, uses the old name and fails.',
  safeWay: 'None that is safe: stop the code that uses it, or keep the name.',
  find(action) {
    if (action.do !== 'rename' || action.kind !== 'schema') return undefined;
    return { subject: action.from, message: `Code that uses ${action.from} fails from here on` };
  },
};
