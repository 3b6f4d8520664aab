import type { Action } from '../action.ts';
import { foundCost, withReasons } from '../found-cost.ts';
import type { Rule, RuleContext } from '../rule.ts';
import { alterTable, INSTANT, ONLINE, writtenColumn } from '../write.ts';

export const addingForeignKeyConstraint: Rule = {
  id: 'adding-foreign-key-constraint',
  engine: 'mysql',
  severity: 'danger',
  title: 'A foreign key is checked for all rows at once',
  why: 'Writes to both tables wait while the table is copied and every row is looked up (ALGORITHM=COPY). In a column of ADD COLUMN, MySQL 8 ignores REFERENCES and MySQL 9 makes the key.',
  safeWay:
    'A quiet hour. With foreign_key_checks = 0 the server adds it at once, and never looks at the rows that are there: delete those without a parent before.',
  find(action, context) {
    if (!foundCost(action, context, ['foreign-key'])) return undefined;
    const constraint = constraintOf(action);
    if (!constraint) return undefined;
    const { table, name, references } = constraint;
    const message = `Writes to ${table} and ${references} wait while ${table} is copied and each row looked up`;
    return { subject: `${table}.${name}`, message, safeWay: safe(action, context) };
  },
};

function constraintOf(action: Action): { table: string; name: string; references: string | null } | undefined {
  switch (action.do) {
    case 'add-constraint': {
      const { name, columns, references } = action.constraint;
      return { table: action.table, name: name ?? columns.join(', '), references };
    }
    case 'add-column':
      return { table: action.table, name: action.column.name, references: action.column.references };
    case 'change-column':
      return { table: action.table, name: action.to.name, references: action.to.references };
    default:
      return undefined;
  }
}

/** Written once for all keys of a statement: at the first of them. */
function safe(action: Action, context: RuleContext): string[] {
  const all = withReasons(context, ['foreign-key']).filter(one => one.do !== 'change-column');
  if (action !== all[0]) return [];
  const parts = all.map(one => (one.do === 'add-column' ? apart(one) : { column: undefined, key: one.sql }));
  const columns = parts.flatMap(({ column }) => column ?? []);
  return [
    ...(columns.length > 0 ? [alterTable(action, columns.join(', '), INSTANT)] : []),
    'SET foreign_key_checks = 0;  -- rows without a parent stay',
    alterTable(action, parts.map(({ key }) => key).join(', '), ONLINE),
    'SET foreign_key_checks = 1;',
  ];
}

/** The column without its REFERENCES, and that as a key of the table. */
function apart(action: Action & { do: 'add-column' }): { column: string; key: string } {
  const [target = ''] = /\breferences\b[\s\S]*$/i.exec(action.column.sql) ?? [];
  const column = action.sql.slice(0, action.sql.indexOf(target)).trimEnd();
  return { column, key: `ADD FOREIGN KEY (${writtenColumn(action)}) ${target}` };
}
