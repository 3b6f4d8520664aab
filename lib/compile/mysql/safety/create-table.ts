import type { Head } from '../../../engine/mysql/statement/statement-kind.ts';
import { clausesOf } from '../../../engine/mysql/statement/words.ts';
import type { CreateTable } from './action.ts';
import type { Clause } from './clause.ts';
import {
  type ColumnDefinition,
  type ConstraintDefinition,
  columnAt,
  type IndexDefinition,
  keyAt,
} from './definition.ts';
import { charsetOptions, optionValue } from './table-options.ts';

/** Reads a CREATE TABLE: its columns, keys and options, or the table that it is made like. */
export function createTable(clause: Clause, { next, objects, lenient, temporary }: Head): CreateTable[] {
  const [table] = objects;
  if (!table) return [];
  const start = clause.has(next, 'if') ? next + 3 : next;
  const behind = clause.table(start)?.next ?? start;
  const hasList = clause.has(behind, '(') && !clause.has(behind + 1, 'select') && !clause.has(behind + 1, 'like');
  const options = clause.slice(hasList ? clause.afterGroup(behind) : behind);
  const like = clause.has(behind, 'like') ? behind + 1 : clause.has(behind, '(', 'like') ? behind + 2 : -1;
  const elements = hasList ? clause.group(behind) : undefined;
  return [
    {
      do: 'create-table',
      table: table.name,
      ...(elements ? elementsOf(elements, clause) : { columns: [], indexes: [], constraints: [] }),
      like: like < 0 ? null : (clause.table(like)?.name ?? null),
      ofQuery: options.words.some(({ sign }) => sign === 'select' || sign === 'values' || sign === 'table') && like < 0,
      temporary,
      ifNotExists: lenient,
      written: charsetOptions(options),
      engine: optionValue(options, 'engine')?.toLowerCase() ?? null,
    },
  ];
}

function elementsOf(list: Clause, whole: Clause): Pick<CreateTable, 'columns' | 'indexes' | 'constraints'> {
  const columns: ColumnDefinition[] = [];
  const indexes: IndexDefinition[] = [];
  const constraints: ConstraintDefinition[] = [];
  for (const words of clausesOf(list.words, 0)) {
    const element = whole.with(words);
    const key = keyAt(element, 0);
    if (!key) columns.push(columnAt(element, 0));
    else if ('index' in key) indexes.push(key.index);
    else constraints.push(key.constraint);
  }
  return { columns, indexes, constraints };
}
