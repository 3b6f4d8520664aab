import { renamed } from '../renamed.ts';
import type { Rule } from '../rule.ts';

export const renamingEnumValue: Rule = {
  id: 'renaming-enum-value',
  engine: 'postgresql',
  severity: 'danger',
  title: 'A value of an enum is renamed',
  why: 'Code that runs during the deploy, or comes back by a rollback, uses the old name and fails.',
  safeWay: 'Add a value with the new name, switch the code, then update the rows.',
  find: (action, context) => renamed('enum-value', action, context),
};
