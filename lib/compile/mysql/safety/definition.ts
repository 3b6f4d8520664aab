import type { WrittenCharset } from './charset.ts';
import type { Clause } from './clause.ts';
import { type ColumnType, typeAt } from './types.ts';

/** A column as a statement defines it. */
export interface ColumnDefinition {
  readonly name: string;
  readonly type: ColumnType;
  readonly written: WrittenCharset;
  readonly notNull: boolean;
  readonly autoIncrement: boolean;
  readonly primary: boolean;
  readonly unique: boolean;
  readonly generated: 'virtual' | 'stored' | null;
  /** Of a generated column, in brackets. */
  readonly expression: string | null;
  /** `DEFAULT (expression)`, in brackets. */
  readonly defaultExpression: string | null;
  /** The expression of its CHECK, in brackets. */
  readonly check: { readonly expression: string; readonly enforced: boolean } | null;
  /** The table that it refers to. */
  readonly references: string | null;
  /** `FIRST`: '', `AFTER c`: c; null: neither. */
  readonly after: string | null;
  /** All behind its name, without its place. */
  readonly sql: string;
}

type Writable<T> = { -readonly [K in keyof T]: T[K] };
type Attributes = Omit<Writable<ColumnDefinition>, 'name' | 'type' | 'sql'>;

/** The definition of a column whose name stands at a place. */
export function columnAt(clause: Clause, from: number): ColumnDefinition {
  const { type, next, national } = typeAt(clause, from + 1);
  const isSerial = clause.has(from + 1, 'serial');
  const found: Attributes = {
    written: { charset: national ? 'utf8mb3' : null, collation: null },
    notNull: isSerial,
    autoIncrement: isSerial,
    primary: false,
    unique: isSerial,
    generated: null,
    expression: null,
    defaultExpression: null,
    check: null,
    references: null,
    after: null,
  };
  let end = clause.words.length;
  for (let at = next; at < clause.words.length; ) {
    if (/^(first|after)$/.test(clause.sign(at))) end = Math.min(end, at);
    at = ATTRIBUTES[clause.sign(at)]?.(clause, at, found) ?? (clause.has(at, '(') ? clause.afterGroup(at) : at + 1);
  }
  const sql = clause.slice(from + 1, end).sql;
  return { name: clause.name(from), type, ...found, notNull: found.notNull || found.primary, sql };
}

/** Reads an attribute that stands at a place into what was found, and gives the place behind it. */
type Reader = (clause: Clause, at: number, found: Attributes) => number;

const ATTRIBUTES: Readonly<Record<string, Reader>> = {
  character: (clause, at, found) => (clause.has(at + 1, 'set') ? charset(clause, at + 2, found) : at + 1),
  charset: (clause, at, found) => charset(clause, at + 1, found),
  binary(_, at, found) {
    found.written = { ...found.written, isBinary: true };
    return at + 1;
  },
  ascii: (_, at, found) => {
    found.written = { ...found.written, charset: 'latin1' };
    return at + 1;
  },
  collate(clause, at, found) {
    found.written = { ...found.written, collation: clause.value(at + 1) };
    return at + 2;
  },
  not(clause, at, found) {
    if (clause.has(at + 1, 'null')) found.notNull = true;
    return at + 2;
  },
  default: defaultValue,
  auto_increment(_, at, found) {
    found.autoIncrement = true;
    found.notNull = true;
    return at + 1;
  },
  primary(_, at, found) {
    found.primary = true;
    return at + 2;
  },
  unique(clause, at, found) {
    found.unique = true;
    return clause.has(at + 1, 'key') ? at + 2 : at + 1;
  },
  key(_, at, found) {
    found.primary = true;
    return at + 1;
  },
  comment: (_, at) => at + 2,
  constraint: (clause, at) => (clause.has(at + 1, 'check') ? at + 1 : at + 2),
  check(clause, at, found) {
    const next = clause.afterGroup(at + 1);
    found.check = { expression: clause.slice(at + 1, next).sql, enforced: !clause.has(next, 'not', 'enforced') };
    return found.check.enforced ? next : next + 2;
  },
  references(clause, at, found) {
    const table = clause.table(at + 1);
    found.references = table?.name ?? '';
    return table?.next ?? at + 1;
  },
  on: (clause, at) => afterAction(clause, at + 2),
  as: generated,
  virtual(_, at, found) {
    found.generated = 'virtual';
    return at + 1;
  },
  stored(_, at, found) {
    found.generated = 'stored';
    return at + 1;
  },
  first(_, at, found) {
    found.after = '';
    return at + 1;
  },
  after(clause, at, found) {
    found.after = clause.name(at + 1);
    return at + 2;
  },
};

function charset(clause: Clause, at: number, found: Attributes): number {
  found.written = { ...found.written, charset: clause.value(at) };
  return at + 1;
}

function generated(clause: Clause, at: number, found: Attributes): number {
  if (!clause.has(at + 1, '(')) return at + 1;
  const next = clause.afterGroup(at + 1);
  found.expression = clause.slice(at + 1, next).sql;
  found.generated ??= 'virtual';
  return next;
}

function defaultValue(clause: Clause, at: number, found: Attributes): number {
  if (clause.has(at + 1, '(')) {
    const next = clause.afterGroup(at + 1);
    found.defaultExpression = clause.slice(at + 1, next).sql;
    return next;
  }
  const value = /^[-+]$/.test(clause.sign(at + 1)) ? at + 2 : at + 1;
  // NULL, a number, CURRENT_TIMESTAMP(6); of `1.5` and `_utf8mb4'x'` the words behind the first mean nothing here.
  return clause.has(value + 1, '(') ? clause.afterGroup(value + 1) : value + 1;
}

/** After `SET NULL`, `SET DEFAULT`, `NO ACTION`, `CASCADE`, `CURRENT_TIMESTAMP(6)`. */
function afterAction(clause: Clause, at: number): number {
  if (/^(set|no)$/.test(clause.sign(at))) return at + 2;
  return clause.has(at + 1, '(') ? clause.afterGroup(at + 1) : at + 1;
}

export interface IndexDefinition {
  /** Null where MySQL names it after its first column. */
  readonly name: string | null;
  readonly kind: 'plain' | 'unique' | 'primary' | 'fulltext' | 'spatial';
  readonly columns: readonly string[];
  /** The first part that is an expression, in brackets. */
  readonly expression: string | null;
}

export interface ConstraintDefinition {
  readonly kind: 'foreign' | 'check';
  readonly name: string | null;
  /** Of a foreign key. */
  readonly columns: readonly string[];
  readonly references: string | null;
  readonly enforced: boolean;
}

export type KeyDefinition = { readonly index: IndexDefinition } | { readonly constraint: ConstraintDefinition };

/** The index or constraint that a clause defines from a place on, as CREATE TABLE and ADD write it; undefined: it is a column. */
export function keyAt(clause: Clause, from: number): KeyDefinition | undefined {
  let at = from;
  let symbol: string | null = null;
  if (clause.has(at, 'constraint')) {
    at++;
    if (!/^(primary|unique|foreign|check)$/.test(clause.sign(at))) symbol = clause.name(at++);
  }
  const kind = clause.sign(at);
  if (kind === 'check') {
    const next = clause.afterGroup(at + 1);
    const enforced = !clause.has(next, 'not', 'enforced');
    return { constraint: { kind, name: symbol, columns: [], references: null, enforced } };
  }
  if (kind === 'foreign') {
    const list = clause.find(at, '(');
    const target = clause.find(at, 'references');
    const name = symbol ?? (list > at + 2 ? clause.name(at + 2) : null);
    const columns = partsOf(clause.group(list)).columns;
    const references = clause.table(target + 1)?.name ?? '';
    return { constraint: { kind, name, columns, references, enforced: true } };
  }
  const index = indexAt(clause, at, symbol);
  return index && { index };
}

const INDEX_KINDS: Readonly<Record<string, IndexDefinition['kind']>> = {
  index: 'plain',
  key: 'plain',
  unique: 'unique',
  primary: 'primary',
  fulltext: 'fulltext',
  spatial: 'spatial',
};

function indexAt(clause: Clause, from: number, symbol: string | null): IndexDefinition | undefined {
  const kind = INDEX_KINDS[clause.sign(from)];
  if (kind === undefined) return undefined;
  let at = from + 1;
  if (kind !== 'plain' && /^(index|key)$/.test(clause.sign(at))) at++;
  const list = clause.find(at, '(');
  const isNamed = list > at && !clause.has(at, 'using');
  return { name: isNamed ? clause.name(at) : symbol, kind, ...partsOf(clause.group(list)) };
}

/** The parts of an index, between its brackets. */
export function partsOf(group: Clause): Pick<IndexDefinition, 'columns' | 'expression'> {
  const columns: string[] = [];
  let expression: string | null = null;
  for (let at = 0; at < group.words.length; at++) {
    if (at > 0 && !group.has(at - 1, ',')) continue;
    if (group.has(at, '(')) expression ??= group.slice(at, group.afterGroup(at)).sql;
    else columns.push(group.name(at));
    const next = group.find(at, ',');
    at = next < 0 ? group.words.length : next;
  }
  return { columns, expression };
}
