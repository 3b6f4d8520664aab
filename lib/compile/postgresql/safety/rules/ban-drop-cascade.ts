import type { Action, DropKind } from '../actions.ts';
import type { Rule, RuleContext } from '../rule.ts';

export const banDropCascade: Rule = {
  id: 'ban-drop-cascade',
  engine: 'postgresql',
  severity: 'caution',
  title: 'CASCADE drops what nobody has named',
  why: 'Views, foreign keys and other objects that depend on it go with it, and the file does not say which.',
  safeWay: 'Drop each of them by name.',
  find(action, context) {
    const subject = cascading(action, context);
    return subject === undefined
      ? undefined
      : { subject, message: `Everything that depends on ${subject} goes too, unnamed` };
  },
};

function cascading(action: Action, { schema, migration }: RuleContext): string | undefined {
  if (action.do === 'drop-column' || action.do === 'drop-constraint') {
    const part = action.do === 'drop-column' ? action.column : action.name;
    return action.cascade && migration.isLive(action.table) ? `${action.table}.${part}` : undefined;
  }
  if (action.do !== 'drop' || !action.cascade) return undefined;
  const { kind, name, ifExists } = action;
  if (kind === 'table' && !migration.isLive(name)) return undefined;
  if (kind === 'view' && migration.hasMade('view', name)) return undefined;
  // No object depends on a trigger.
  if (kind === 'trigger') return undefined;
  return ifExists && isStranger(kind, name, schema) ? undefined : name;
}

/** Whether no migration of the folder made it. Of kinds that the schema does not hold nobody knows. */
function isStranger(kind: DropKind, name: string, schema: RuleContext['schema']): boolean {
  if (kind === 'table') return !schema.tables.has(name);
  if (kind === 'view') return !schema.views.has(name);
  if (kind === 'function') return !schema.functions.has(name.toLowerCase());
  return kind === 'type' && !schema.types.has(name);
}
