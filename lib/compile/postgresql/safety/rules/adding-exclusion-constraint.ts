import type { Rule } from '../rule.ts';

export const addingExclusionConstraint: Rule = {
  id: 'adding-exclusion-constraint',
  engine: 'postgresql',
  severity: 'danger',
  title: 'An EXCLUDE constraint builds its index while all wait',
  why: 'Reads and writes wait (ACCESS EXCLUSIVE) until all rows are indexed. PostgreSQL has no way to build it beside them.',
  safeWay: 'None: make a new table with the constraint and copy the rows, or choose a quiet hour.',
  find(action, { migration }) {
    if (action.do !== 'add-constraint' || action.constraint.kind !== 'exclusion') return undefined;
    if (!migration.isFilled(action.table)) return undefined;
    return {
      subject: action.table,
      message: `Reads and writes of ${action.table} wait while the index is built (ACCESS EXCLUSIVE)`,
    };
  },
};
