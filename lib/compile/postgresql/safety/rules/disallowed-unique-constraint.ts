import { addedConstraint } from '../added-constraints.ts';
import type { Rule } from '../rule.ts';
import { quote, withoutConstraints, write } from '../write.ts';

export const disallowedUniqueConstraint: Rule = {
  id: 'disallowed-unique-constraint',
  engine: 'postgresql',
  severity: 'danger',
  title: 'A UNIQUE constraint builds its index while all wait',
  why: 'Reads and writes wait (ACCESS EXCLUSIVE) until all rows are indexed.',
  safeWay:
    'CREATE UNIQUE INDEX CONCURRENTLY in a migration of its own; in the next one ADD CONSTRAINT … UNIQUE USING INDEX.',
  find(action, { migration }) {
    const added = addedConstraint(action, 'unique');
    if (!added || added.constraint.usingIndex !== null || !migration.isFilled(added.table)) return undefined;
    const { table, name, constraint, inline } = added;
    const columns = constraint.columns.map(quote).join(', ');
    return {
      subject: `${table}.${name}`,
      message: `Reads and writes of ${table} wait while the index is built (ACCESS EXCLUSIVE)`,
      safeWay: () => [
        ...(inline ? [write(withoutConstraints(action.node, 'CONSTR_UNIQUE'))] : []),
        `CREATE UNIQUE INDEX CONCURRENTLY ${quote(name)} ON ${quote(table)} (${columns});  -- a migration of its own`,
        `ALTER TABLE ${quote(table)} ADD CONSTRAINT ${quote(name)} UNIQUE USING INDEX ${quote(name)};  -- the next one`,
      ],
    };
  },
};
