import type { Action } from '../action.ts';
import { foundCost } from '../found-cost.ts';
import type { Found, Rule } from '../rule.ts';
import { alterTable, derived, INSTANT, ONLINE } from '../write.ts';

export const indexBlocksWrites: Rule = {
  id: 'index-blocks-writes',
  engine: 'mysql',
  severity: 'danger',
  title: 'An index is built while writes wait',
  why: 'FULLTEXT, SPATIAL, an index of an expression or of a VIRTUAL column that the same statement adds, and a new AUTO_INCREMENT column hold writes off until all rows are read (LOCK=SHARED; a UNIQUE one copies the table). Other indexes are built while writes go on.',
  safeWay:
    'Expression: add a VIRTUAL column (INSTANT), then an index of it in a statement of its own. The others: a quiet hour, or a new table and a switch.',
  find(action, context) {
    const found = foundCost(action, context, ['index', 'auto-increment']);
    return found && describe(action, found.table);
  },
};

function describe(action: Action, table: string): Found | undefined {
  if (action.do === 'add-column') {
    const { name, autoIncrement } = action.column;
    const what = autoIncrement ? `each row gets its number in ${name}` : `the index of ${name} is built`;
    return { subject: `${table}.${name}`, message: `Writes to ${table} wait while ${what}` };
  }
  if (action.do !== 'add-index') return undefined;
  const { name, kind, expression } = action.index;
  const message = `Writes to ${table} wait while the ${kind === 'plain' || kind === 'unique' ? '' : `${kind.toUpperCase()} `}index is built`;
  if (expression === null) {
    const alone = kind === 'plain' || kind === 'unique' ? [alterTable(action, action.sql, ONLINE)] : [];
    return {
      subject: table,
      message,
      safeWay: alone.length > 0 ? ['-- after the ALTER TABLE that adds the column:', ...alone] : [],
    };
  }
  const column = derived(`${name ?? table}_value`);
  const index = action.sql.replace(expression, column);
  return {
    subject: table,
    message,
    safeWay: [
      `${alterTable(action, `ADD COLUMN ${column} … AS ${expression} VIRTUAL`, INSTANT)}  -- …: the type of the expression`,
      alterTable(action, index, ONLINE),
    ],
  };
}
