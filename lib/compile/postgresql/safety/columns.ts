import type { Node } from '../parser.ts';
import { constant, lastName, nameParts, type Tree, walk } from '../tree.ts';

/** A type as it is written: `varchar(50)`, `text[]`. */
export interface ColumnType {
  readonly name: string;
  readonly modifiers: readonly number[];
  readonly array: boolean;
}

export interface ColumnDefinition {
  readonly name: string;
  readonly type: ColumnType | null;
  readonly notNull: boolean;
  readonly identity: boolean;
  readonly serial: boolean;
  /** `GENERATED ALWAYS AS (…) STORED`. */
  readonly stored: boolean;
  /** Null where there is none, and for `DEFAULT NULL`. */
  readonly default: unknown;
  /** `CHECK`, `UNIQUE`, `PRIMARY KEY` and `REFERENCES` of the column. */
  readonly constraints: readonly Constraint[];
}

export interface Constraint {
  readonly kind: 'check' | 'foreign' | 'unique' | 'primary' | 'exclusion';
  /** Null where PostgreSQL names it. */
  readonly name: string | null;
  readonly columns: readonly string[];
  /** Not written with `NOT VALID`. */
  readonly validated: boolean;
  /** `USING INDEX`. */
  readonly usingIndex: string | null;
  /** The table that a foreign key refers to. */
  readonly references: string | null;
  /** The columns that a `CHECK (c IS NOT NULL AND …)` proves to hold a value. */
  readonly notNullOf: readonly string[];
  /** `CHECK (false) NO INHERIT`: of a parent that only groups the tables that inherit from it. */
  readonly refusesRows: boolean;
}

const SERIAL = /^(small|big)?serial[248]?$/;

export function typeOf(tree: unknown): ColumnType | null {
  const {
    names,
    typmods = [],
    arrayBounds = [],
  } = (tree ?? {}) as Tree & { typmods?: unknown[]; arrayBounds?: unknown[] };
  const name = lastName(names);
  if (name === undefined) return null;
  return { name, modifiers: typmods.map(item => Number(constant(item))), array: arrayBounds.length > 0 };
}

/** `varchar(50)`; `unknown` for none. */
export function showType(type: ColumnType | null | undefined): string {
  if (!type) return 'unknown';
  const modifiers = type.modifiers.length > 0 ? `(${type.modifiers.join(',')})` : '';
  return `${type.name}${modifiers}${type.array ? '[]' : ''}`;
}

export function columnOf(tree: Tree): ColumnDefinition {
  const name = String(tree.colname);
  const type = typeOf(tree.typeName);
  const parts = ((tree.constraints as Node[] | undefined) ?? []).flatMap(item =>
    'Constraint' in item ? [item.Constraint as unknown as Tree] : [],
  );
  const has = (contype: string) => parts.find(part => part.contype === contype);
  const value = has('CONSTR_DEFAULT')?.raw_expr ?? null;
  return {
    name,
    type,
    notNull: Boolean(has('CONSTR_NOTNULL') ?? has('CONSTR_PRIMARY')),
    identity: has('CONSTR_IDENTITY') !== undefined,
    serial: type !== null && SERIAL.test(type.name),
    stored: has('CONSTR_GENERATED') !== undefined && has('CONSTR_GENERATED')?.generated_kind !== 'v',
    default: isNull(value) ? null : value,
    constraints: parts.flatMap(part => constraintOf(part, name) ?? []),
  };
}

function isNull(node: unknown): boolean {
  const value = (node as { A_Const?: { isnull?: boolean } } | null)?.A_Const;
  return value?.isnull === true;
}

const KINDS: Readonly<Record<string, Constraint['kind']>> = {
  CONSTR_CHECK: 'check',
  CONSTR_FOREIGN: 'foreign',
  CONSTR_UNIQUE: 'unique',
  CONSTR_PRIMARY: 'primary',
  CONSTR_EXCLUSION: 'exclusion',
};

/** A constraint of a table, or of one of its columns; undefined for `NOT NULL`, `DEFAULT` and the like. */
export function constraintOf(tree: Tree, column?: string): Constraint | undefined {
  const kind = KINDS[String(tree.contype)];
  if (!kind) return undefined;
  const named = nameParts(kind === 'foreign' ? tree.fk_attrs : tree.keys);
  const inExpression = kind === 'check' ? columnsIn(tree.raw_expr) : [];
  const columns =
    named.length > 0 ? named : inExpression.length > 0 ? inExpression : column === undefined ? [] : [column];
  return {
    kind,
    name: (tree.conname as string | undefined) ?? null,
    columns,
    validated: tree.skip_validation !== true,
    usingIndex: (tree.indexname as string | undefined) ?? null,
    references: ((tree.pktable as Tree | undefined)?.relname as string | undefined) ?? null,
    notNullOf: notNullOf(tree.raw_expr),
    refusesRows: tree.is_no_inherit === true && isFalse(tree.raw_expr),
  };
}

/** Names of the columns in an expression, each once. */
export function columnsIn(expression: unknown): string[] {
  const found = new Set<string>();
  walk(expression, (key, tree) => {
    const name = key === 'ColumnRef' ? lastName(tree.fields) : undefined;
    if (name !== undefined) found.add(name);
  });
  return [...found];
}

function isFalse(expression: unknown): boolean {
  const { boolval } = (expression as { A_Const?: { boolval?: { boolval?: boolean } } } | undefined)?.A_Const ?? {};
  return boolval !== undefined && boolval.boolval !== true;
}

function notNullOf(expression: unknown): string[] {
  const { NullTest, BoolExpr } = (expression ?? {}) as {
    NullTest?: { nulltesttype?: string; arg?: { ColumnRef?: Tree } };
    BoolExpr?: Tree;
  };
  if (BoolExpr?.boolop === 'AND_EXPR') return ((BoolExpr.args as unknown[]) ?? []).flatMap(notNullOf);
  const column = NullTest?.nulltesttype === 'IS_NOT_NULL' ? lastName(NullTest.arg?.ColumnRef?.fields) : undefined;
  return column === undefined ? [] : [column];
}

/** The name that PostgreSQL gives to a constraint without one. */
export function constraintName(table: string, { kind, name, columns }: Constraint): string {
  if (name !== null) return name;
  if (kind === 'primary') return `${table}_pkey`;
  const ends = { check: 'check', foreign: 'fkey', unique: 'key', exclusion: 'excl' } as const;
  return [table, ...columns, ends[kind]].join('_');
}
