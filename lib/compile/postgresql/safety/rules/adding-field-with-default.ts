import type { ColumnDefinition } from '../columns.ts';
import type { Found, Rule, RuleContext } from '../rule.ts';
import { volatileCall } from '../volatility.ts';
import { quote, withoutConstraints, write, writeExpression } from '../write.ts';

export const addingFieldWithDefault: Rule = {
  id: 'adding-field-with-default',
  engine: 'postgresql',
  severity: 'danger',
  title: 'A new column gets another value in each row',
  why: 'A volatile default, serial, identity, GENERATED … STORED, or a domain with a constraint: the table and all its indexes are written anew under ACCESS EXCLUSIVE. A constant or stable default costs nothing.',
  safeWay: 'Add the column without it, set the default, then fill the rows in batches.',
  find(action, context) {
    if (action.do !== 'add-column' || !context.migration.isFilled(action.table)) return undefined;
    const { table, column } = action;
    if (action.ifNotExists && context.schema.column(table, column.name)) return undefined;
    const cause = causeOf(column, context);
    if (!cause) return undefined;
    const subject = `${table}.${column.name}`;
    if (cause.unknown) {
      const message = `The default calls ${cause.what}(), which this folder does not make: if it is volatile, ${table} is rewritten`;
      return { subject, severity: 'caution', message };
    }
    const message = `${cause.what}: ${table} and all its indexes are rewritten, reads and writes wait (ACCESS EXCLUSIVE)`;
    const found: Found = { subject, message };
    return column.default === null ? found : { ...found, safeWay: () => safeWay(action.node, table, column) };
  },
};

interface Cause {
  readonly what: string;
  readonly unknown?: true;
}

function causeOf(column: ColumnDefinition, { schema }: RuleContext): Cause | undefined {
  if (column.identity) return { what: 'An identity column' };
  if (column.serial) return { what: `A ${column.type?.name} column` };
  if (column.stored) return { what: 'A stored generated column' };
  if (column.type && schema.domains.get(column.type.name)?.checked)
    return { what: `Domain ${column.type.name} has a constraint` };
  const call = column.default === null ? undefined : volatileCall(column.default, schema.functions);
  if (!call) return undefined;
  return call.known ? { what: `${call.name}() gives each row another value` } : { what: call.name, unknown: true };
}

function safeWay(node: Parameters<typeof withoutConstraints>[0], table: string, column: ColumnDefinition): string[] {
  const value = writeExpression(column.default);
  return [
    write(withoutConstraints(node, 'CONSTR_DEFAULT', 'CONSTR_NOTNULL')),
    `ALTER TABLE ${quote(table)} ALTER COLUMN ${quote(column.name)} SET DEFAULT ${value};`,
    `-- then fill the rows in batches: UPDATE ${quote(table)} SET ${quote(column.name)} = ${value} WHERE …;`,
  ];
}
