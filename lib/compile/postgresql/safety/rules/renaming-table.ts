import { renamed } from '../renamed.ts';
import type { Rule } from '../rule.ts';

export const renamingTable: Rule = {
  id: 'renaming-table',
  engine: 'postgresql',
  severity: 'danger',
  title: 'A table is renamed',
  why: 'Code that runs during the deploy, or comes back by a rollback, uses the old name and fails.',
  safeWay: 'Rename it and make a view under the old name in the same migration; drop the view when no code uses it.',
  find: (action, context) => renamed('table', action, context),
};
