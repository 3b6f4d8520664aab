import type { Action, CreateTable } from './actions.ts';
import { type ColumnDefinition, type ColumnType, type Constraint, constraintName } from './columns.ts';

export interface Column {
  readonly type: ColumnType | null;
  notNull: boolean;
}

export interface KnownConstraint {
  readonly kind: Constraint['kind'];
  columns: readonly string[];
  validated: boolean;
  notNullOf: readonly string[];
}

export interface Table {
  readonly columns: Map<string, Column>;
  readonly constraints: Map<string, KnownConstraint>;
  readonly temporary: boolean;
  readonly partitioned: boolean;
  hasDefaultPartition: boolean;
}

export interface Index {
  table: string;
  columns: readonly string[];
}

/**
 * The schema as the migrations before the statement at hand have made it: what the rules ask for types, constraints and indexes. Names are
 * without their schema, and what no migration of the folder made is not here.
 */
export class SchemaModel {
  readonly tables = new Map<string, Table>();
  readonly views = new Map<string, 'view' | 'materialized'>();
  readonly indexes = new Map<string, Index>();
  readonly domains = new Map<string, { readonly base: string; checked: boolean }>();
  /** Names of domains, enums, composite and range types. */
  readonly types = new Set<string>();
  /** Volatility of the folder's own functions. */
  readonly functions = new Map<string, string>();

  column(table: string, column: string): Column | undefined {
    return this.tables.get(table)?.columns.get(column);
  }

  indexesOn(table: string, column: string): string[] {
    const on = [...this.indexes].filter(([, index]) => index.table === table && index.columns.includes(column));
    return on.map(([name]) => name);
  }

  constraintsOn(table: string, column: string): KnownConstraint[] {
    const all = [...(this.tables.get(table)?.constraints.values() ?? [])];
    return all.filter(constraint => constraint.columns.includes(column));
  }

  /** A unique or primary key of this column alone. */
  isUnique(table: string, column: string): boolean {
    return this.constraintsOn(table, column).some(
      ({ kind, columns }) => (kind === 'primary' || kind === 'unique') && columns.length === 1,
    );
  }

  /** Whether all rows are known to hold a value: the column is NOT NULL, or a validated `CHECK (c IS NOT NULL AND …)` says so. */
  isNeverNull(table: string, column: string): boolean {
    if (this.column(table, column)?.notNull) return true;
    return this.constraintsOn(table, column).some(
      ({ notNullOf, validated }) => notNullOf.includes(column) && validated,
    );
  }

  /** Take over what an action changes. */
  learn(action: Action): void {
    switch (action.do) {
      case 'create-table':
        this.#createTable(action);
        break;
      case 'create-view':
        this.views.set(action.name, action.materialized ? 'materialized' : 'view');
        break;
      case 'create-index':
        if (action.name !== null) this.indexes.set(action.name, { table: action.table, columns: action.columns });
        break;
      case 'create-domain':
        this.types.add(action.name);
        this.domains.set(action.name, { base: action.base, checked: action.checked });
        break;
      case 'create-enum':
      case 'create-type':
        this.types.add(action.name);
        break;
      case 'create-function':
        this.functions.set(action.name, action.volatility);
        break;
      case 'drop':
        this.#drop(action.kind, action.name);
        break;
      case 'rename':
        this.#rename(action);
        break;
      case 'alter-domain':
        this.#alterDomain(action.name);
        break;
      default:
        this.#alterTable(action);
    }
  }

  #alterTable(action: Action): void {
    switch (action.do) {
      case 'add-column':
        if (!(action.ifNotExists && this.column(action.table, action.column.name)))
          this.#addColumn(action.table, action.column);
        break;
      case 'add-constraint':
        this.#addConstraint(action.table, action.constraint);
        break;
      case 'validate-constraint': {
        const known = this.tables.get(action.table)?.constraints.get(action.name);
        if (known) known.validated = true;
        break;
      }
      case 'drop-constraint':
        this.tables.get(action.table)?.constraints.delete(action.name);
        this.indexes.delete(action.name);
        break;
      case 'set-not-null':
      case 'drop-not-null': {
        const known = this.column(action.table, action.column);
        if (known) known.notNull = action.do === 'set-not-null';
        break;
      }
      case 'change-type': {
        const notNull = this.column(action.table, action.column)?.notNull ?? false;
        this.#table(action.table).columns.set(action.column, { type: action.type, notNull });
        break;
      }
      case 'drop-column':
        this.#dropColumn(action.table, action.column);
        break;
      case 'attach-partition':
        if (action.isDefault) this.#table(action.table).hasDefaultPartition = true;
        break;
    }
  }

  /** The table, known or not: what an ALTER says of one that the folder did not make is worth keeping. */
  #table(name: string): Table {
    const known = this.tables.get(name);
    if (known) return known;
    const made = newTable({ temporary: false, partitioned: false });
    this.tables.set(name, made);
    return made;
  }

  #createTable(action: CreateTable): void {
    if (action.ifNotExists && this.tables.has(action.table)) return;
    const table = newTable(action);
    this.tables.set(action.table, table);
    for (const parent of action.takesColumnsOf) {
      for (const [name, column] of this.tables.get(parent)?.columns ?? []) table.columns.set(name, { ...column });
    }
    const parent = action.partitionOf === null ? undefined : this.tables.get(action.partitionOf);
    if (parent && action.isDefaultPartition) parent.hasDefaultPartition = true;
    for (const column of action.columns) this.#addColumn(action.table, column);
    for (const constraint of action.constraints) this.#addConstraint(action.table, constraint);
  }

  #addColumn(table: string, { name, type, notNull, identity, serial, constraints }: ColumnDefinition): void {
    this.#table(table).columns.set(name, { type, notNull: notNull || identity || serial });
    for (const constraint of constraints) this.#addConstraint(table, constraint);
  }

  #addConstraint(table: string, constraint: Constraint): void {
    const { kind, usingIndex, validated, notNullOf } = constraint;
    const columns = (usingIndex !== null ? this.indexes.get(usingIndex)?.columns : undefined) ?? constraint.columns;
    const name = constraintName(table, constraint);
    this.#table(table).constraints.set(name, { kind, columns, validated, notNullOf });
    if (kind === 'unique' || kind === 'primary') this.indexes.set(name, { table, columns });
    if (kind !== 'primary') return;
    for (const column of columns) {
      const known = this.column(table, column);
      if (known) known.notNull = true;
    }
  }

  #dropColumn(table: string, column: string): void {
    const known = this.tables.get(table);
    known?.columns.delete(column);
    for (const [name, index] of this.indexes) {
      if (index.table === table && index.columns.includes(column)) this.indexes.delete(name);
    }
    for (const [name, { columns }] of known?.constraints ?? []) {
      if (columns.includes(column)) known?.constraints.delete(name);
    }
  }

  #drop(kind: string, name: string): void {
    if (kind === 'view') this.views.delete(name);
    if (kind === 'index') this.indexes.delete(name);
    if (kind !== 'table') return;
    this.tables.delete(name);
    for (const [index, { table }] of this.indexes) if (table === name) this.indexes.delete(index);
  }

  #rename({ kind, table, from, to }: Action & { do: 'rename' }): void {
    if (kind === 'table' && !to.includes('.')) {
      move(this.tables, from, to);
      for (const index of this.indexes.values()) if (index.table === from) index.table = to;
    }
    if (kind === 'view') move(this.views, from, to);
    if (kind === 'index') move(this.indexes, from, to);
    const known = table === null ? undefined : this.tables.get(table);
    if (kind === 'constraint' && known) move(known.constraints, from, to);
    if (kind !== 'column' || !known) return;
    const renamed = (columns: readonly string[]) => columns.map(name => (name === from ? to : name));
    move(known.columns, from, to);
    for (const index of this.indexes.values()) if (index.table === table) index.columns = renamed(index.columns);
    for (const constraint of known.constraints.values()) {
      constraint.columns = renamed(constraint.columns);
      constraint.notNullOf = renamed(constraint.notNullOf);
    }
  }

  #alterDomain(name: string): void {
    const known = this.domains.get(name);
    if (known) known.checked = true;
  }
}

function newTable({ temporary, partitioned }: { temporary: boolean; partitioned: boolean }): Table {
  return { columns: new Map(), constraints: new Map(), temporary, partitioned, hasDefaultPartition: false };
}

function move<T>(map: Map<string, T>, from: string, to: string): void {
  const value = map.get(from);
  if (value === undefined) return;
  map.delete(from);
  map.set(to, value);
}
