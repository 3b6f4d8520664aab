import type { Action } from '../action.ts';
import { foundCost } from '../found-cost.ts';
import type { Found, Rule } from '../rule.ts';
import { alterTable, INSTANT } from '../write.ts';

export const constraintMissingNotEnforced: Rule = {
  id: 'constraint-missing-not-enforced',
  engine: 'mysql',
  severity: 'danger',
  title: 'A CHECK is checked for all rows at once',
  why: 'Writes wait while the table is copied and each row is checked (ALGORITHM=COPY). To enforce it later copies the table too.',
  safeWay:
    'NOT ENFORCED is INSTANT, and documents the rule; check new rows in the code or in a trigger. To enforce it needs a quiet hour.',
  find(action, context) {
    const found = foundCost(action, context, ['check']);
    return found && describe(action, found.table);
  },
};

function describe(action: Action, table: string): Found {
  const message = `Writes to ${table} wait while it is copied and each row checked`;
  switch (action.do) {
    case 'add-constraint':
      return {
        subject: `${table}.${action.constraint.name ?? 'CHECK'}`,
        message,
        safeWay: [alterTable(action, notEnforced(action.sql), INSTANT)],
      };
    case 'add-column':
      return {
        subject: `${table}.${action.column.name}`,
        message,
        safeWay: [alterTable(action, notEnforced(action.sql, action.column.check?.expression), INSTANT)],
      };
    case 'enforce-check':
      return { subject: `${table}.${action.name}`, message };
    case 'change-column':
      return { subject: `${table}.${action.column}`, message };
    default:
      return { subject: table, message };
  }
}

/** The clause with NOT ENFORCED behind the expression of its CHECK. */
function notEnforced(sql: string, expression?: string): string {
  if (expression === undefined) return `${sql.replace(/\s+enforced$/i, '')} NOT ENFORCED`;
  const at = sql.indexOf(expression, sql.search(/\bcheck\b/i)) + expression.length;
  return `${sql.slice(0, at)} NOT ENFORCED${sql.slice(at).replace(/^\s+enforced\b/i, '')}`;
}
