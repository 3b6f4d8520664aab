import type { Rule } from '../rule.ts';
import { quote, withoutConstraints, write } from '../write.ts';

export const addingRequiredField: Rule = {
  id: 'adding-required-field',
  engine: 'postgresql',
  severity: 'danger',
  title: 'A new column is NOT NULL without a default',
  why: 'The statement fails (23502) as soon as the table holds a row.',
  safeWay:
    'Give it a constant default, or add it nullable, fill it, and set NOT NULL as adding-not-nullable-field says.',
  find(action, { schema, migration }) {
    if (action.do !== 'add-column' || !migration.isFilled(action.table)) return undefined;
    const { table, column } = action;
    const { notNull, identity, serial, stored } = column;
    if (!notNull || column.default !== null || identity || serial || stored) return undefined;
    if (action.ifNotExists && schema.column(table, column.name)) return undefined;
    const added = `ALTER TABLE ${quote(table)} ADD COLUMN ${quote(column.name)} `;
    return {
      subject: `${table}.${column.name}`,
      message: `Fails if ${table} holds a row: ${column.name} is NOT NULL and has no default`,
      safeWay: () => [
        `${added}… NOT NULL DEFAULT value;  -- a constant costs nothing`,
        `-- or: ${write(withoutConstraints(action.node, 'CONSTR_NOTNULL', 'CONSTR_PRIMARY'))} fill it, then set NOT NULL`,
      ],
    };
  },
};
