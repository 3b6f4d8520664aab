import type { Action } from '../action.ts';
import { foundCost } from '../found-cost.ts';
import type { Rule } from '../rule.ts';
import { showType } from '../types.ts';
import { alterTable, derived, INSTANT, ONLINE } from '../write.ts';

export const changingColumnType: Rule = {
  id: 'changing-column-type',
  engine: 'mysql',
  severity: 'danger',
  title: 'A change of type copies the table',
  why: 'Writes wait while all rows are copied (ALGORITHM=COPY). Only a longer varchar that stays within 255 bytes, or begins above them, values at the end of an ENUM or SET, and a display width cost nothing.',
  safeWay:
    'A new column, triggers that fill both, copying in batches, then switch the code and drop the old column. With ALGORITHM=INPLACE, LOCK=NONE the server refuses rather than blocks.',
  find(action, context) {
    const found = foundCost(action, context, ['type', 'auto-increment']);
    if (!found || action.do !== 'change-column') return undefined;
    const { table, column, to } = action;
    const subject = `${table}.${column}`;
    if (!found.isKnown) {
      const message = `To ${showType(to.type)}: no migration of this folder tells the old type, and most changes copy ${table} while writes wait`;
      return { subject, severity: 'caution', message, safeWay: [alterTable(action, action.sql, ONLINE)] };
    }
    const old = context.schema.column(table, column);
    const from = `${old ? showType(old.type) : ''}${old?.autoIncrement ? ' AUTO_INCREMENT' : ''}`;
    const change = `${from} → ${showType(to.type)}${to.autoIncrement ? ' AUTO_INCREMENT' : ''}`;
    return {
      subject,
      message: `${change}: writes to ${table} wait while all its rows are copied`,
      safeWay: safe(action),
    };
  },
};

function safe(action: Action & { do: 'change-column' }): string[] {
  const rest = '-- triggers that fill both, copy in batches, switch the code, drop the old column';
  // A table has one column with AUTO_INCREMENT, and one primary key.
  if (action.to.autoIncrement || action.to.primary)
    return ['-- a new table beside it, triggers, copy in batches, RENAME TABLE of both'];
  return [alterTable(action, `ADD COLUMN ${derived(`new_${action.column}`)} ${action.to.sql}`, INSTANT), rest];
}
