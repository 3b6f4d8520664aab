import { setNotNull } from '../not-null.ts';
import type { Rule } from '../rule.ts';

export const addingNotNullableField: Rule = {
  id: 'adding-not-nullable-field',
  engine: 'postgresql',
  severity: 'danger',
  title: 'SET NOT NULL reads all rows',
  why: 'Reads and writes wait (ACCESS EXCLUSIVE) while all rows are read, unless a validated CHECK (c IS NOT NULL) proves it.',
  safeWay:
    'In a migration with transaction:false: ADD CONSTRAINT … CHECK (c IS NOT NULL) NOT VALID, VALIDATE CONSTRAINT, SET NOT NULL, DROP CONSTRAINT.',
  find(action, { schema, migration }) {
    if (action.do !== 'set-not-null' || !migration.isFilled(action.table)) return undefined;
    const { table, column } = action;
    if (schema.isNeverNull(table, column)) return undefined;
    return {
      subject: `${table}.${column}`,
      message: `Reads and writes of ${table} wait while all its rows are read (ACCESS EXCLUSIVE)`,
      safeWay: ['-- migrate:up transaction:false', ...setNotNull(table, column)],
    };
  },
};
