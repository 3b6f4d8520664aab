import type { QualifiedName } from '../../../engine/mysql/statement/words.ts';
import type { WrittenCharset } from './charset.ts';
import type { Clause } from './clause.ts';
import type { ColumnDefinition, ConstraintDefinition, IndexDefinition } from './definition.ts';

/** What a statement asks of the server: to refuse rather than to copy, or to block writes. */
export interface Request {
  /** `ALGORITHM`, lower-cased; null: the server chooses. */
  readonly algorithm: string | null;
  /** `LOCK`, lower-cased. */
  readonly lock: string | null;
}

/**
 * What a statement does to the schema, or takes of it, in parts that a rule can look at: an ALTER TABLE is as many as it has clauses. Names
 * are without their database.
 */
export type Action = {
  /** The clause of an ALTER TABLE as it is written, without ALGORITHM and LOCK; of other statements '' . */
  readonly sql: string;
  /** The table as it is written. */
  readonly tableSql: string;
  readonly request: Request;
} & Part;

/** An action before it is told what stands around it. */
export type Part =
  | CreateTable
  | { readonly do: 'create-view'; readonly name: string }
  | { readonly do: 'add-column'; readonly table: string; readonly column: ColumnDefinition }
  | { readonly do: 'drop-column'; readonly table: string; readonly column: string }
  | ChangeColumn
  | { readonly do: 'rename'; readonly kind: 'table'; readonly table: null; readonly from: string; readonly to: string }
  | {
      readonly do: 'rename';
      readonly kind: 'column' | 'index';
      readonly table: string;
      readonly from: string;
      readonly to: string;
    }
  | { readonly do: 'add-index'; readonly table: string; readonly index: IndexDefinition }
  | { readonly do: 'drop-index'; readonly table: string; readonly name: string }
  /** A CHECK, a foreign key or a unique key: only the schema tells. */
  | { readonly do: 'drop-constraint'; readonly table: string; readonly name: string }
  | { readonly do: 'drop-primary-key'; readonly table: string }
  | { readonly do: 'add-constraint'; readonly table: string; readonly constraint: ConstraintDefinition }
  | { readonly do: 'enforce-check'; readonly table: string; readonly name: string; readonly enforced: boolean }
  | {
      readonly do: 'set-charset';
      readonly table: string;
      readonly written: WrittenCharset;
      /** `CONVERT TO`: the columns too. */
      readonly convert: boolean;
    }
  | { readonly do: 'table-option'; readonly table: string; readonly option: string; readonly value: string }
  | Partitioning
  /** Changes only what the server keeps beside the table: `SET DEFAULT`, a comment. */
  | { readonly do: 'alter-table'; readonly table: string; readonly how: 'instant' | 'inplace' }
  | {
      readonly do: 'drop';
      readonly kind: 'table' | 'view' | 'database';
      readonly name: string;
      readonly ifExists: boolean;
    }
  | { readonly do: 'truncate'; readonly table: string }
  | { readonly do: 'change-rows'; readonly verb: 'UPDATE' | 'DELETE'; readonly table: string; readonly all: boolean }
  | { readonly do: 'foreign-key-checks'; readonly on: boolean };

export interface CreateTable {
  readonly do: 'create-table';
  readonly table: string;
  readonly columns: readonly ColumnDefinition[];
  readonly indexes: readonly IndexDefinition[];
  readonly constraints: readonly ConstraintDefinition[];
  /** The table of which it takes everything: `LIKE`. */
  readonly like: string | null;
  /** It takes columns of a query too. */
  readonly ofQuery: boolean;
  readonly temporary: boolean;
  readonly ifNotExists: boolean;
  readonly written: WrittenCharset;
  readonly engine: string | null;
}

export interface ChangeColumn {
  readonly do: 'change-column';
  readonly table: string;
  /** Its name so far. */
  readonly column: string;
  readonly to: ColumnDefinition;
}

export interface Partitioning {
  readonly do: 'partition';
  readonly table: string;
  /** `by`, `remove`, `add`, `drop`, `truncate`, `reorganize`, `coalesce`, `rebuild`, … */
  readonly how: string;
  readonly names: readonly string[];
  /** The new partitions have values: RANGE or LIST, so that no row moves. */
  readonly hasValues: boolean;
}

/** `ALGORITHM [=] INSTANT`, `LOCK [=] NONE`, wherever they stand outside of brackets. */
export function requestIn(clause: Clause): Request {
  const chosen = (option: string) => {
    const at = clause.find(0, option);
    if (at < 0) return null;
    return clause.sign(clause.has(at + 1, '=') ? at + 2 : at + 1);
  };
  return { algorithm: chosen('algorithm'), lock: chosen('lock') };
}

/** The new name of a table, with its database where that is another one. */
export function target(from: Pick<QualifiedName, 'schema'>, { schema, name }: QualifiedName): string {
  return schema !== null && schema !== from.schema ? `${schema}.${name}` : name;
}

/** Whether an action gives a primary key to its table. */
export function addsPrimaryKey(
  action: Action,
): action is Action & { do: 'add-index' | 'add-column' | 'change-column' } {
  if (action.do === 'add-index') return action.index.kind === 'primary';
  if (action.do === 'add-column') return action.column.primary;
  return action.do === 'change-column' && action.to.primary;
}
