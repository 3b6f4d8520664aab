import { renamed } from '../renamed.ts';
import type { Rule } from '../rule.ts';

export const renamingView: Rule = {
  id: 'renaming-view',
  engine: 'postgresql',
  severity: 'danger',
  title: 'A view is renamed',
  why: 'Code that runs during the deploy, or comes back by a rollback, uses the old name and fails.',
  safeWay: 'Make a view with the new name, switch the code, drop the old view later.',
  find: (action, context) => renamed('view', action, context),
};
