import type { Action } from '../action.ts';
import { columnMoved, costOf, costOfStatement } from '../cost.ts';
import type { Reason } from '../cost-level.ts';
import { foundCost, tableOf, withReasons } from '../found-cost.ts';
import type { Found, Rule, RuleContext } from '../rule.ts';
import { alterTable, ONLINE, uniqueApart } from '../write.ts';

const BECAUSE: Partial<Readonly<Record<Reason, string>>> = {
  null: 'NULL changes',
  position: 'a column moves',
  'primary-key': 'rows are stored by their primary key',
  'indexed-column': 'the column is in an index',
  'column-with-index': 'a column is added with an index',
};

const REASONS = [...(Object.keys(BECAUSE) as Reason[]), 'option'] as const;

export const tableRebuild: Rule = {
  id: 'table-rebuild',
  engine: 'mysql',
  severity: 'caution',
  title: 'A table is rebuilt',
  why: 'Writes go on, but all rows are written anew: it takes disk space and time, replicas lag, and it fails where more is written meanwhile than innodb_online_alter_log_max_size holds. NULL ↔ NOT NULL, a column that moves, a primary key, DROP of an indexed column, ADD COLUMN with an index, ROW_FORMAT, FORCE, OPTIMIZE. Servers before 8.0.29 rebuild for DROP COLUMN and for ADD COLUMN … AFTER too (a note).',
  safeWay:
    'ADD COLUMN with an index: two statements. The others: say ALGORITHM=INPLACE, LOCK=NONE, so that it can be nothing worse, and look at the size of the table.',
  find(action, context) {
    const found = foundCost(action, context, REASONS);
    if (found?.level !== 'rebuild') return onOldServers(action, context);
    // Where another clause lets writes wait, the table is written anew for that one.
    if (costOfStatement(context) !== 'rebuild') return undefined;
    const { table, because } = found;
    const message = `${table} is rebuilt while writes go on: ${because === 'option' ? action.sql || 'OPTIMIZE TABLE' : BECAUSE[because]}`;
    return { subject: subjectOf(action, table), message, safeWay: safe(action, context) };
  },
};

function subjectOf(action: Action, table: string): Found['subject'] {
  if (action.do === 'add-column') return `${table}.${action.column.name}`;
  return action.do === 'change-column' || action.do === 'drop-column' ? `${table}.${action.column}` : table;
}

/** Written once for all clauses about a table: at the first of them. OPTIMIZE may name several tables. */
function safe(action: Action, context: RuleContext): string[] {
  const all = withReasons(context, REASONS).filter(
    one => costOf(one, context)?.level === 'rebuild' && tableOf(one) === tableOf(action),
  );
  if (action !== all[0]) return [];
  if (action.do === 'table-option' && action.option === 'optimize') return [alterTable(action, 'FORCE', ONLINE)];
  if (all.length === 1 && action.do === 'add-column' && action.column.unique && !action.column.primary)
    return uniqueApart(action);
  return [alterTable(action, [...new Set(all.map(({ sql }) => sql))].join(', '), ONLINE)];
}

function onOldServers(action: Action, context: RuleContext): Found | undefined {
  const isPlaced = action.do === 'drop-column' || (action.do === 'add-column' && action.column.after !== null);
  if (!isPlaced || columnMoved(action, context) !== 'stored') return undefined;
  const found = foundCost(action, context, ['cheap']);
  if (found?.level !== 'instant') return undefined;
  const message = `Servers before 8.0.29 rebuild ${found.table} for this`;
  return { subject: subjectOf(action, found.table), severity: 'note', message };
}
