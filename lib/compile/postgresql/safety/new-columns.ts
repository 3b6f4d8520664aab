import type { Action } from './actions.ts';
import type { ColumnDefinition } from './columns.ts';

export interface NewColumn extends ColumnDefinition {
  /** `table.column`. */
  readonly subject: string;
  /** Of the primary key, or a foreign one. */
  readonly isKey: boolean;
}

/** The columns that an action makes. */
export function newColumns(action: Action): NewColumn[] {
  if (action.do === 'add-column') return [asNew(action.table, action.column, [])];
  if (action.do !== 'create-table') return [];
  const keys = action.constraints.filter(({ kind }) => kind === 'primary' || kind === 'foreign');
  return action.columns.map(column =>
    asNew(
      action.table,
      column,
      keys.flatMap(({ columns }) => columns),
    ),
  );
}

function asNew(table: string, column: ColumnDefinition, keys: readonly string[]): NewColumn {
  const own = column.constraints.some(({ kind }) => kind === 'primary' || kind === 'foreign');
  return { ...column, subject: `${table}.${column.name}`, isKey: own || keys.includes(column.name) };
}
