import type { Action, RenameKind } from './actions.ts';
import type { Found, RuleContext } from './rule.ts';
import { quote } from './write.ts';

/** What a rename takes from running code; undefined where the name is not one that running code may use. */
export function renamed(kind: RenameKind, action: Action, { migration }: RuleContext): Found | undefined {
  if (action.do !== 'rename' || action.kind !== kind) return undefined;
  const { from, to, table } = action;
  const subject = kind === 'column' || kind === 'enum-value' ? `${table}.${from}` : from;
  const message = `Code that uses ${subject} fails from here on`;
  switch (kind) {
    case 'column':
      if (
        !migration.isLive(table ?? '') ||
        migration.hasMade('column', subject) ||
        migration.hasMade('view', table ?? '')
      )
        return undefined;
      return {
        subject,
        message,
        safeWay: ['-- ADD COLUMN, write both, copy in batches, switch the code, drop the old column'],
      };
    case 'table':
      if (!migration.isLive(from) || migration.makesAgain(from)) return undefined;
      return { subject, message, safeWay: to.includes('.') ? viewIn(from, to) : viewUnder(from, to) };
    case 'view':
      if (migration.hasMade('view', from) || migration.makesAgain(from)) return undefined;
      return { subject, message };
    case 'enum-value':
      return migration.hasMade('enum', table ?? '') ? undefined : { subject, message };
    default:
      return { subject, message };
  }
}

function viewUnder(from: string, to: string): string[] {
  const view = `CREATE VIEW ${quote(from)} AS SELECT * FROM ${quote(to)};  -- drop it when no code uses it`;
  return [`ALTER TABLE ${quote(from)} RENAME TO ${quote(to)};`, view];
}

function viewIn(from: string, to: string): string[] {
  return [`-- then, in the old schema: CREATE VIEW ${quote(from)} AS SELECT * FROM ${to};`];
}
