import { addedConstraint } from '../added-constraints.ts';
import { setNotNull } from '../not-null.ts';
import type { Rule } from '../rule.ts';
import { quote } from '../write.ts';

export const addingPrimaryKey: Rule = {
  id: 'adding-primary-key',
  engine: 'postgresql',
  severity: 'danger',
  title: 'A primary key builds its index while all wait',
  why: 'Reads and writes wait (ACCESS EXCLUSIVE) until all rows are indexed, and read for NULL where a column may hold one.',
  safeWay:
    'SET NOT NULL as adding-not-nullable-field says, CREATE UNIQUE INDEX CONCURRENTLY, then ADD PRIMARY KEY USING INDEX.',
  find(action, { schema, migration }) {
    if (action.do !== 'add-constraint' || !migration.isFilled(action.table)) return undefined;
    const added = addedConstraint(action, 'primary');
    if (!added) return undefined;
    const { table, name, constraint } = added;
    const { usingIndex } = constraint;
    const columns = usingIndex === null ? constraint.columns : (schema.indexes.get(usingIndex)?.columns ?? []);
    const nullable = columns.filter(column => !schema.isNeverNull(table, column));
    if (usingIndex !== null && nullable.length === 0) return undefined;
    const work = usingIndex === null ? 'the index is built' : `all rows are read for NULL in ${nullable.join(', ')}`;
    const index = usingIndex ?? `${table}_pkey`;
    const create = `CREATE UNIQUE INDEX CONCURRENTLY ${quote(index)} ON ${quote(table)} (${columns.map(quote).join(', ')});`;
    return {
      subject: `${table}.${name}`,
      message: `Reads and writes of ${table} wait while ${work} (ACCESS EXCLUSIVE)`,
      safeWay: [
        '-- migrate:up transaction:false',
        ...nullable.flatMap(column => setNotNull(table, column)),
        ...(usingIndex === null ? [create] : []),
        `ALTER TABLE ${quote(table)} ADD CONSTRAINT ${quote(name)} PRIMARY KEY USING INDEX ${quote(index)};`,
      ],
    };
  },
};
