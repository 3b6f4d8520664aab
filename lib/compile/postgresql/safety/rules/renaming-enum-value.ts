import type { Rule } from '../rule.ts';

export const renamingEnumValue: Rule = {
  id: 'renaming-enum-value',
  engine: 'postgresql',
  severity: 'danger',
  title: 'A value of an enum is renamed',
  why: 'Code that runs during the deploy, or comes back by a rollback, uses the old name and fails.',
  safeWay: 'Add a value with the new name, switch the code, then update the rows.',
  find(action, { migration }) {
    if (action.do !== 'rename' || action.kind !== 'enum-value') return undefined;
    if (migration.hasMade('enum', action.table ?? '')) return undefined;
    const subject = `${action.table}.${action.from}`;
    return { subject, message: `Code that uses ${subject} fails from here on` };
  },
};
