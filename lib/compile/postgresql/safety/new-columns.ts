import type { Action } from './actions.ts';
import type { ColumnDefinition } from './columns.ts';

export interface NewColumn extends ColumnDefinition {
  /** `table.column`. */
  readonly subject: string;
  /** Of the primary key, or a foreign one. */
  readonly isKey: boolean;
}

/** Several rules ask for the columns of the same action. */
const known = new WeakMap<Action, readonly NewColumn[]>();

/** The columns that an action makes. */
export function newColumns(action: Action): readonly NewColumn[] {
  const before = known.get(action);
  if (before) return before;
  const made = readColumns(action);
  known.set(action, made);
  return made;
}

function readColumns(action: Action): NewColumn[] {
  if (action.do === 'add-column') return [asNew(action.table, action.column, [])];
  if (action.do !== 'create-table') return [];
  const keys = action.constraints.filter(({ kind }) => kind === 'primary' || kind === 'foreign');
  const keyColumns = keys.flatMap(({ columns }) => columns);
  return action.columns.map(column => asNew(action.table, column, keyColumns));
}

function asNew(table: string, column: ColumnDefinition, keys: readonly string[]): NewColumn {
  const own = column.constraints.some(({ kind }) => kind === 'primary' || kind === 'foreign');
  return { ...column, subject: `${table}.${column.name}`, isKey: own || keys.includes(column.name) };
}
