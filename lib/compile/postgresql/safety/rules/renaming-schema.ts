import { renamed } from '../renamed.ts';
import type { Rule } from '../rule.ts';

export const renamingSchema: Rule = {
  id: 'renaming-schema',
  engine: 'postgresql',
  severity: 'danger',
  title: 'A schema is renamed',
  why: 'Code that runs during the deploy, or comes back by a rollback, uses the old name and fails.',
  safeWay: 'None that is safe: stop the code that uses it, or keep the name.',
  find: (action, context) => renamed('schema', action, context),
};
