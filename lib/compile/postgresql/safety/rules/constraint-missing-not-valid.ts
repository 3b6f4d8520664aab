import { addedConstraint, notValidThenValidate } from '../added-constraints.ts';
import type { Rule } from '../rule.ts';

export const constraintMissingNotValid: Rule = {
  id: 'constraint-missing-not-valid',
  engine: 'postgresql',
  severity: 'danger',
  title: 'A CHECK is checked for all rows at once',
  why: 'Reads and writes wait (ACCESS EXCLUSIVE) while every row is checked.',
  safeWay: 'ADD … NOT VALID, then VALIDATE CONSTRAINT, in a migration with transaction:false or in two migrations.',
  find(action, { migration }) {
    const added = addedConstraint(action, 'check');
    if (!added?.constraint.validated || !migration.isFilled(added.table)) return undefined;
    // It fails where there is a row, so this table holds none.
    if (added.constraint.refusesRows) return undefined;
    return {
      subject: `${added.table}.${added.name}`,
      severity: added.inline ? 'caution' : 'danger',
      message: `Reads and writes of ${added.table} wait while all its rows are checked (ACCESS EXCLUSIVE)`,
      safeWay: () => notValidThenValidate(action, added),
    };
  },
};
