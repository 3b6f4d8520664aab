import type { Action } from '../actions.ts';
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
  const known = kind === 'table' ? schema.tables.has(name) : kind === 'view' ? schema.views.has(name) : true;
  return ifExists && !known ? undefined : name;
}
