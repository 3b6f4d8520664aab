import type { Action, ChangeColumn, CreateTable } from './action.ts';
import { type Charset, charsetOf } from './charset.ts';
import type { ColumnDefinition, ConstraintDefinition, IndexDefinition } from './definition.ts';
import { type ColumnType, isText } from './types.ts';

export interface Column {
  readonly name: string;
  readonly type: ColumnType;
  /** Undefined: it holds no text, or no statement tells. */
  readonly charset: Charset | undefined;
  readonly notNull: boolean;
  readonly autoIncrement: boolean;
  readonly generated: 'virtual' | 'stored' | null;
  readonly expression: string | null;
}

export interface Index {
  readonly kind: IndexDefinition['kind'];
  /** Lower-cased. */
  columns: readonly string[];
  readonly isFunctional: boolean;
}

export interface Table {
  /** By lower-cased name, in their order. */
  columns: Map<string, Column>;
  /** By lower-cased name; the primary key is `primary`. */
  readonly indexes: Map<string, Index>;
  /** What new columns of text get; undefined: what the database says. */
  charset: Charset | undefined;
  engine: string;
  readonly temporary: boolean;
  /** A statement of the folder makes it, so that all its columns are known. */
  readonly isComplete: boolean;
}

/**
 * The schema as the migrations before the statement at hand have made it: what the rules ask for types, indexes and character sets. Names
 * are without their database, and what no migration of the folder made is not here.
 */
export class SchemaModel {
  readonly tables = new Map<string, Table>();
  readonly views = new Set<string>();

  column(table: string, column: string): Column | undefined {
    return this.tables.get(table)?.columns.get(column.toLowerCase());
  }

  hasFulltext(table: string): boolean {
    return this.indexesOf(table).some(({ kind }) => kind === 'fulltext');
  }

  isIndexed(table: string, column: string): boolean {
    return this.indexesOf(table).some(({ columns }) => columns.includes(column.toLowerCase()));
  }

  /** Whether a constraint of this name is an index too. */
  isUniqueKey(table: string, constraint: string): boolean {
    return this.tables.get(table)?.indexes.get(constraint.toLowerCase())?.kind === 'unique';
  }

  indexesOf(table: string): Index[] {
    return [...(this.tables.get(table)?.indexes.values() ?? [])];
  }

  /** What a definition makes of a column of this table: what it leaves out of its character set, the table decides. */
  columnOf(table: string, { name, type, written, notNull, primary, ...definition }: ColumnDefinition): Column {
    const { autoIncrement, generated, expression } = definition;
    const isKey = primary || this.tables.get(table)?.indexes.get('primary')?.columns.includes(name.toLowerCase());
    const charset = isText(type) ? charsetOf(written, this.tables.get(table)?.charset) : undefined;
    return { name, type, charset, notNull: notNull || isKey === true, autoIncrement, generated, expression };
  }

  /** Take over what an action changes. */
  learn(action: Action): void {
    switch (action.do) {
      case 'create-table':
        this.#createTable(action);
        break;
      case 'create-view':
        this.views.add(action.name);
        break;
      case 'drop':
        (action.kind === 'view' ? this.views : this.tables).delete(action.name);
        break;
      case 'rename':
        this.#rename(action);
        break;
      case 'add-column':
        this.#addColumn(action.table, action.column);
        break;
      case 'change-column':
        this.#changeColumn(action);
        break;
      case 'drop-column':
        this.#dropColumn(action.table, action.column);
        break;
      default:
        this.#alterTable(action);
    }
  }

  #alterTable(action: Action): void {
    switch (action.do) {
      case 'add-index':
        this.#addIndex(action.table, action.index);
        break;
      case 'drop-index':
        this.#table(action.table).indexes.delete(action.name.toLowerCase());
        break;
      case 'drop-constraint':
        if (this.isUniqueKey(action.table, action.name))
          this.#table(action.table).indexes.delete(action.name.toLowerCase());
        break;
      case 'drop-primary-key':
        this.#table(action.table).indexes.delete('primary');
        break;
      case 'add-constraint':
        this.#addConstraint(action.table, action.constraint);
        break;
      case 'set-charset':
        this.#setCharset(action);
        break;
      case 'table-option':
        if (action.option === 'engine') this.#table(action.table).engine = action.value;
        break;
    }
  }

  /** The table, known or not: what an ALTER says of one that the folder did not make is worth keeping. */
  #table(name: string): Table {
    const known = this.tables.get(name);
    if (known) return known;
    const made = newTable({ temporary: false, isComplete: false });
    this.tables.set(name, made);
    return made;
  }

  #createTable(action: CreateTable): void {
    const { table: name, temporary, like, ofQuery } = action;
    if (action.ifNotExists && this.tables.get(name)?.isComplete) return;
    const model = like === null ? undefined : this.tables.get(like);
    const isComplete = !ofQuery && (like === null || model?.isComplete === true);
    const table = newTable({ temporary, isComplete });
    this.tables.set(name, table);
    table.charset = charsetOf(action.written, model?.charset);
    table.engine = action.engine ?? model?.engine ?? table.engine;
    for (const [key, column] of model?.columns ?? []) table.columns.set(key, column);
    for (const [key, index] of model?.indexes ?? []) table.indexes.set(key, { ...index });
    for (const column of action.columns) this.#addColumn(name, column);
    for (const index of action.indexes) this.#addIndex(name, index);
    for (const constraint of action.constraints) this.#addConstraint(name, constraint);
  }

  #addColumn(table: string, definition: ColumnDefinition): void {
    const { name, primary, unique, references } = definition;
    this.#place(table, this.columnOf(table, definition), definition.after);
    const columns = [name];
    const plain = { name: null, columns, expression: null };
    if (primary) this.#addIndex(table, { ...plain, kind: 'primary' });
    if (unique) this.#addIndex(table, { ...plain, kind: 'unique' });
    if (references !== null) this.#addConstraint(table, { ...FOREIGN, columns, references });
  }

  /** Puts a column where it belongs; one that is there and is not moved keeps its place. */
  #place(table: string, column: Column, after: string | null): void {
    const own = this.#table(table);
    const key = column.name.toLowerCase();
    if (after === null) {
      own.columns.set(key, column);
      return;
    }
    const others = [...own.columns].filter(([name]) => name !== key);
    const at = after === '' ? 0 : others.findIndex(([name]) => name === after.toLowerCase()) + 1;
    others.splice(after !== '' && at === 0 ? others.length : at, 0, [key, column]);
    own.columns = new Map(others);
  }

  /** CHANGE: its new name comes with the rename that follows. */
  #changeColumn({ table, column, to }: ChangeColumn): void {
    const known = this.column(table, column);
    const name = known?.name ?? column;
    this.#addColumn(table, { ...to, name });
  }

  #addIndex(table: string, { name, kind, columns, expression }: IndexDefinition): void {
    const { indexes } = this.#table(table);
    const lowered = columns.map(column => column.toLowerCase());
    const key =
      kind === 'primary' ? 'primary' : (name?.toLowerCase() ?? freeName(indexes, columns[0] ?? 'functional_index'));
    indexes.set(key, { kind, columns: lowered, isFunctional: expression !== null });
    if (kind !== 'primary') return;
    for (const column of lowered) this.#change(table, column, { notNull: true });
  }

  /** A foreign key makes an index where none begins with its columns. */
  #addConstraint(table: string, { kind, name, columns }: ConstraintDefinition): void {
    const lowered = columns.map(column => column.toLowerCase());
    const begins = (index: Index) => lowered.every((column, at) => index.columns[at] === column);
    if (kind !== 'foreign' || this.indexesOf(table).some(begins)) return;
    this.#addIndex(table, { name, kind: 'plain', columns, expression: null });
  }

  #dropColumn(table: string, column: string): void {
    const { columns, indexes } = this.#table(table);
    const key = column.toLowerCase();
    columns.delete(key);
    for (const [name, index] of indexes) {
      index.columns = index.columns.filter(own => own !== key);
      if (index.columns.length === 0 && !index.isFunctional) indexes.delete(name);
    }
  }

  #setCharset({ table, written, convert }: Action & { do: 'set-charset' }): void {
    const own = this.#table(table);
    own.charset = charsetOf(written, own.charset);
    if (!convert) return;
    for (const [key, column] of own.columns)
      if (isText(column.type)) own.columns.set(key, { ...column, charset: own.charset });
  }

  #rename({ kind, table, from, to }: Action & { do: 'rename' }): void {
    if (kind === 'table') {
      if (this.views.delete(from)) this.views.add(to);
      if (!to.includes('.')) move(this.tables, from, to);
      else this.tables.delete(from);
      return;
    }
    const own = this.#table(table);
    if (kind === 'index') {
      move(own.indexes, from.toLowerCase(), to.toLowerCase());
      return;
    }
    const [old, wanted] = [from.toLowerCase(), to.toLowerCase()];
    // In its place: the order of columns counts.
    own.columns = new Map(
      [...own.columns].map(([key, column]) => (key === old ? [wanted, { ...column, name: to }] : [key, column])),
    );
    for (const index of own.indexes.values())
      index.columns = index.columns.map(column => (column === old ? wanted : column));
  }

  #change(table: string, key: string, values: Partial<Column>): void {
    const column = this.tables.get(table)?.columns.get(key);
    if (column) this.tables.get(table)?.columns.set(key, { ...column, ...values });
  }
}

const FOREIGN = { kind: 'foreign', name: null, enforced: true } as const;

function newTable({ temporary, isComplete }: Pick<Table, 'temporary' | 'isComplete'>): Table {
  return { columns: new Map(), indexes: new Map(), charset: undefined, engine: 'innodb', temporary, isComplete };
}

/** The name that MySQL gives: `email`, `email_2`, … */
function freeName(indexes: ReadonlyMap<string, unknown>, name: string): string {
  const lowered = name.toLowerCase();
  if (!indexes.has(lowered)) return lowered;
  let number = 2;
  while (indexes.has(`${lowered}_${number}`)) number++;
  return `${lowered}_${number}`;
}

function move<T>(map: Map<string, T>, from: string, to: string): void {
  const value = map.get(from);
  if (value === undefined) return;
  map.delete(from);
  map.set(to, value);
}
