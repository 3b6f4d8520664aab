import { addedConstraint, notValidThenValidate } from '../added-constraints.ts';
import type { Rule } from '../rule.ts';

export const addingForeignKeyConstraint: Rule = {
  id: 'adding-foreign-key-constraint',
  engine: 'postgresql',
  severity: 'danger',
  title: 'A foreign key is checked for all rows at once',
  why: 'Writes to both tables wait (SHARE ROW EXCLUSIVE on each) while every row is looked up.',
  safeWay: 'ADD … NOT VALID, then VALIDATE CONSTRAINT, in a migration with transaction:false or in two migrations.',
  find(action, { migration }) {
    const added = addedConstraint(action, 'foreign');
    if (!added || !migration.isFilled(added.table)) return undefined;
    const { table, constraint, inline, name } = added;
    // A new column holds NULL in every row: nothing is read, unless it has a default.
    if (!constraint.validated || inline?.default === null) return undefined;
    const isNew = constraint.columns.every(
      column => migration.hasMade('column', `${table}.${column}`) && !migration.hasFilled(table, column),
    );
    const waits = `Writes to ${table} and ${constraint.references} wait`;
    return {
      subject: inline ? `${table}.${inline.name}` : `${table}.${name}`,
      severity: isNew && !inline ? 'caution' : 'danger',
      message: `${waits} while all rows of ${table} are ${isNew && !inline ? 'read' : 'checked'} (SHARE ROW EXCLUSIVE)`,
      safeWay: () => notValidThenValidate(action, added),
    };
  },
};
