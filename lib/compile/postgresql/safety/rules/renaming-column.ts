import { renamed } from '../renamed.ts';
import type { Rule } from '../rule.ts';

export const renamingColumn: Rule = {
  id: 'renaming-column',
  engine: 'postgresql',
  severity: 'danger',
  title: 'A column is renamed',
  why: 'Code that runs during the deploy, or comes back by a rollback, uses the old name and fails.',
  safeWay: 'Add a column with the new name, write both, copy the rows, switch the code, drop the old column later.',
  find: (action, context) => renamed('column', action, context),
};
