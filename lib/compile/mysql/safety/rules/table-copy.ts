import type { Action } from '../action.ts';
import type { Reason } from '../cost-level.ts';
import { foundCost } from '../found-cost.ts';
import type { Found, Rule } from '../rule.ts';
import { alterTable, INSTANT, ONLINE, uniqueApart, writtenColumn } from '../write.ts';

/** What is copied for, by the reason. */
const BECAUSE: Partial<Readonly<Record<Reason, string>>> = {
  stored: 'a STORED column is computed for each row',
  expression: 'a generated column changes',
  'virtual-with-index': 'a VIRTUAL column is added with its index',
  'virtual-position': 'a VIRTUAL column is put before others',
  'default-expression': 'each row gets a DEFAULT (expression)',
  'drop-primary-key': 'rows are stored by their primary key',
  partition: 'rows move between partitions',
  order: 'ORDER BY sorts all rows',
  engine: 'the engine changes',
  fulltext: 'the table has a FULLTEXT index, which only a copy makes again',
  algorithm: 'ALGORITHM=COPY is asked for',
};

export const tableCopy: Rule = {
  id: 'table-copy',
  engine: 'mysql',
  severity: 'danger',
  title: 'A table is copied while writes wait',
  why: 'Writes wait until all rows are copied: STORED columns, a changed generated column, DEFAULT (expression) of a new column (refused with error 1674 where it is uuid() or rand()), DROP PRIMARY KEY, partitioning, ORDER BY, another engine, ALGORITHM=COPY, and whatever rebuilds a table with a FULLTEXT index, ADD and DROP COLUMN among it.',
  safeWay:
    'STORED: VIRTUAL, which is INSTANT. DEFAULT (expression): ADD COLUMN without it, ALTER COLUMN … SET DEFAULT, fill in batches. The others: a new table, triggers, copying in batches, RENAME TABLE of both; or a quiet hour.',
  find(action, context) {
    const found = foundCost(action, context, Object.keys(BECAUSE) as Reason[]);
    if (!found) return undefined;
    const { table, because } = found;
    const message = isRefusedOutright(action)
      ? 'The server refuses it (error 1674): each row would get another value'
      : `Writes to ${table} wait while rows are copied: ${BECAUSE[because]}`;
    return { subject: subjectOf(action, table), message, safeWay: safe(action, because) };
  },
};

/** What gives each row another value is not safe for replicas: the server adds no such column, also without a binary log. */
function isRefusedOutright(action: Action): boolean {
  return action.do === 'add-column' && /\b(uuid|rand)\s*\(/i.test(action.column.defaultExpression ?? '');
}

function subjectOf(action: Action, table: string): Found['subject'] {
  if (action.do === 'add-column') return `${table}.${action.column.name}`;
  return action.do === 'change-column' || action.do === 'drop-column' ? `${table}.${action.column}` : table;
}

function safe(action: Action, because: Reason): string[] {
  if (because === 'algorithm') return [alterTable(action, action.sql, ONLINE)];
  if (because === 'drop-primary-key') return ['-- with ADD PRIMARY KEY (…) in the same statement writes go on'];
  if (action.do !== 'add-column') return [];
  const { sql } = action;
  if (because === 'stored') return [alterTable(action, sql.replace(/\bstored\b/i, 'VIRTUAL'), INSTANT)];
  if (because === 'virtual-with-index') return uniqueApart(action);
  if (because === 'virtual-position') return [alterTable(action, sql.replace(/\s+(first|after\s+\S+)$/i, ''), INSTANT)];
  const { defaultExpression } = action.column;
  if (because !== 'default-expression' || defaultExpression === null) return [];
  const at = sql.indexOf(defaultExpression);
  const without = `${sql.slice(0, at).replace(/\s*default\s*$/i, '')}${sql.slice(at + defaultExpression.length)}`;
  return [
    alterTable(action, without, INSTANT),
    alterTable(action, `ALTER COLUMN ${writtenColumn(action)} SET DEFAULT ${defaultExpression}`, INSTANT),
    '-- then fill the rows that are there, in batches',
  ];
}
