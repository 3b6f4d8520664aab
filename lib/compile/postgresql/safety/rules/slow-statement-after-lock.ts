import { isVersionRow } from '../../../judge/version-row.ts';
import { lockName } from '../locks.ts';
import type { Found, Rule, RuleContext } from '../rule.ts';

export const slowStatementAfterLock: Rule = {
  id: 'slow-statement-after-lock',
  engine: 'postgresql',
  severity: 'danger',
  title: 'A slow statement follows a lock in the same transaction',
  why: 'The lock of the earlier statement is held until the transaction ends: whoever needs that table waits for the slow statement.',
  safeWay: 'Put the slow statement into a migration of its own.',
  find(action, context) {
    const { schema, migration } = context;
    if (action.do === 'validate-constraint') {
      if (migration.hasAdded(action.table, action.name)) return undefined;
      return afterLock(action.table, 'VALIDATE CONSTRAINT', context);
    }
    if (action.do !== 'change-rows') return undefined;
    if (action.verb === 'UPDATE' && isVersionRow(action.table, action.columns)) return undefined;
    if (action.keys.some(column => schema.isUnique(action.table, column))) return undefined;
    const copied = action.reads.find(table => schema.tables.has(table) && migration.isFilled(table));
    const table = migration.isFilled(action.table) ? action.table : (copied ?? action.table);
    return afterLock(table, action.verb, context);
  },
};

function afterLock(table: string, what: string, { migration, place }: RuleContext): Found | undefined {
  const held = migration.slowFound || !migration.isFilled(table) ? [] : migration.heldBefore(place, table);
  if (held.length === 0) return undefined;
  migration.slowFound = true;
  const locks = held
    .slice(0, 3)
    .map(({ table: locked, mode, line }) => `${lockName(mode)} on ${locked} (line ${line})`);
  return { subject: table, message: `${what} runs while the migration holds ${locks.join(', ')}` };
}
