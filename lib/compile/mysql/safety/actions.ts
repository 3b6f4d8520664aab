import type { Head } from '../../../engine/mysql/statement/statement-kind.ts';
import { namesAt, type QualifiedName, type Word } from '../../../engine/mysql/statement/words.ts';
import { alterTable } from './alter-table.ts';
import type { WrittenCharset } from './charset.ts';
import { Clause } from './clause.ts';
import { createTable } from './create-table.ts';
import { type ColumnDefinition, type ConstraintDefinition, type IndexDefinition, partsOf } from './definition.ts';

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

const NO_REQUEST: Request = { algorithm: null, lock: null };

/** The parts of a statement, in order; none for what no rule looks at. */
export function actionsOf(words: readonly Word[], head: Head, text: string): Action[] {
  const clause = new Clause(words, text);
  if (head.what === 'table' && head.verb === 'alter') return alterTable(clause, head);
  const read = READERS[`${head.verb} ${head.what}`.trim()];
  return (read?.(clause, head) ?? []).map(part => ({ sql: '', tableSql: '', request: NO_REQUEST, ...part }));
}

type Reader = (clause: Clause, head: Head) => (Part & Partial<Pick<Action, 'sql' | 'tableSql' | 'request'>>)[];

const READERS: Readonly<Record<string, Reader>> = {
  'create table': createTable,
  'create view': (_, { objects }) => objects.slice(0, 1).map(({ name }) => ({ do: 'create-view', name })),
  'create index': createIndex,
  'drop index': dropIndex,
  'drop table': dropped('table'),
  'drop view': dropped('view'),
  'drop database': dropped('database'),
  'rename table': renameTables,
  'truncate table': (_, { objects }) => objects.slice(0, 1).map(({ name }) => ({ do: 'truncate', table: name })),
  'optimize table': (_, { objects }) =>
    objects.map(({ name }) => ({ do: 'table-option', table: name, option: 'optimize', value: '', tableSql: name })),
  update: changeRows,
  delete: changeRows,
  with: changeRows,
  set: foreignKeyChecks,
};

function dropped(kind: 'table' | 'view' | 'database'): Reader {
  return (_, { objects, lenient, temporary }) =>
    temporary ? [] : objects.map(({ name }) => ({ do: 'drop', kind, name, ifExists: lenient }));
}

/** `CREATE FULLTEXT INDEX i ON t (a, (b + 1)) ALGORITHM = INPLACE LOCK = NONE` */
function createIndex(clause: Clause, { objects, next }: Head): ReturnType<Reader> {
  const on = clause.find(next, 'on');
  const table = clause.table(on + 1);
  const [index] = objects;
  if (on < 0 || !table || !index) return [];
  const kind = /^(unique|fulltext|spatial)$/.test(clause.sign(1))
    ? (clause.sign(1) as 'unique' | 'fulltext' | 'spatial')
    : 'plain';
  const name = clause.name(next);
  const list = clause.slice(table.next, clause.afterGroup(table.next)).sql;
  const sql = `ADD ${kind === 'plain' ? '' : `${kind.toUpperCase()} `}INDEX ${clause.slice(next, next + 1).sql} ${list}`;
  const parts = partsOf(clause.group(table.next));
  return [
    {
      do: 'add-index',
      table: table.name,
      index: { name, kind, ...parts },
      sql,
      tableSql: clause.slice(on + 1, table.next).sql,
      request: requestIn(clause),
    },
  ];
}

function dropIndex(clause: Clause, { objects, next }: Head): ReturnType<Reader> {
  const on = clause.find(next, 'on');
  const table = clause.table(on + 1);
  const [index] = objects;
  if (on < 0 || !table || !index) return [];
  const tableSql = clause.slice(on + 1, table.next).sql;
  const part: Part =
    index.name.toLowerCase() === 'primary'
      ? { do: 'drop-primary-key', table: table.name }
      : { do: 'drop-index', table: table.name, name: index.name };
  return [{ ...part, sql: `DROP INDEX ${clause.slice(next, next + 1).sql}`, tableSql, request: requestIn(clause) }];
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

function renameTables(clause: Clause, { next }: Head): ReturnType<Reader> {
  const found: Part[] = [];
  for (let at = next; at < clause.words.length; at++) {
    const from = clause.table(at);
    const to = from && clause.has(from.next, 'to') ? clause.table(from.next + 1) : undefined;
    if (!from || !to) return found;
    found.push({ do: 'rename', kind: 'table', table: null, from: from.name, to: target(from, to) });
    at = to.next;
  }
  return found;
}

/** The new name of a table, with its database where that is another one. */
export function target(from: Pick<QualifiedName, 'schema'>, { schema, name }: QualifiedName): string {
  return schema !== null && schema !== from.schema ? `${schema}.${name}` : name;
}

/** UPDATE and DELETE of one table: what joins others, or has a WHERE or LIMIT, is not of all rows. */
function changeRows(clause: Clause): ReturnType<Reader> {
  const update = clause.find(0, 'update');
  const remove = clause.find(0, 'delete');
  const start = update >= 0 ? update : remove;
  if (start < 0) return [];
  let at = start + 1;
  while (/^(low_priority|quick|ignore|from)$/.test(clause.sign(at))) at++;
  const [first, ...others] = namesAt(clause.words, at);
  if (!first) return [];
  const verb = update >= 0 ? 'UPDATE' : 'DELETE';
  const isJoined =
    others.length > 0 || clause.find(at, 'join') >= 0 || (verb === 'DELETE' && clause.find(at, 'from') >= 0);
  const limits = clause.find(at, 'where') >= 0 || clause.find(at, 'limit') >= 0 || clause.find(at, 'using') >= 0;
  return [{ do: 'change-rows', verb, table: first.name, all: !isJoined && !limits }];
}

/** `SET @old = @@foreign_key_checks, foreign_key_checks = 0`: what is not 0 is on. */
function foreignKeyChecks(clause: Clause): ReturnType<Reader> {
  for (let at = clause.find(0, 'foreign_key_checks'); at >= 0; at = clause.find(at + 1, 'foreign_key_checks')) {
    if (!/^:?=$/.test(clause.sign(at + 1))) continue;
    return [{ do: 'foreign-key-checks', on: !/^(0|off|false)$/i.test(clause.value(at + 2)) }];
  }
  return [];
}

/** Whether an action gives a primary key to its table. */
export function addsPrimaryKey(
  action: Action,
): action is Action & { do: 'add-index' | 'add-column' | 'change-column' } {
  if (action.do === 'add-index') return action.index.kind === 'primary';
  if (action.do === 'add-column') return action.column.primary;
  return action.do === 'change-column' && action.to.primary;
}
