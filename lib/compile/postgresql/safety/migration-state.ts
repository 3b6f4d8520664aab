import type { Action } from './actions.ts';
import { constraintName } from './columns.ts';
import { type LockMode, locksOf } from './locks.ts';
import type { SchemaModel } from './schema.ts';

/** A lock that the migration holds to its end. */
export interface HeldLock {
  readonly table: string;
  readonly mode: LockMode;
  readonly line: number;
  readonly statement: number;
}

/** Where the statement at hand stands. */
export interface StatementPlace {
  readonly line: number;
  /** Counted from 1. */
  readonly number: number;
}

/** What the migration at hand has done before the statement at hand, and what it does later where that excuses something. */
export class MigrationState {
  readonly schema: SchemaModel;
  /** One transaction holds all locks to its end. */
  readonly atomic: boolean;
  /** The session's time zone, as far as the file tells. */
  utc = true;
  /** Whether `slow-statement-after-lock` has been found: once a migration is enough. */
  slowFound = false;
  readonly #made = new Set<string>();
  readonly #temporary = new Set<string>();
  readonly #emptied = new Set<string>();
  readonly #addedConstraints = new Set<string>();
  readonly #filled = new Set<string>();
  readonly #locks = new Map<string, HeldLock>();
  readonly #later: LookAhead;

  constructor(
    schema: SchemaModel,
    all: readonly Action[],
    { atomic, made }: { atomic: boolean; made: Iterable<string> },
  ) {
    this.schema = schema;
    this.atomic = atomic;
    for (const table of made) this.#made.add(key('table', table));
    this.#later = lookAhead(all);
  }

  /** Code that runs may use it: neither this migration nor another pending one made it, and it is not temporary. */
  isLive(table: string): boolean {
    return (
      table !== '' &&
      !this.hasMade('table', table) &&
      !this.#temporary.has(table) &&
      !this.schema.tables.get(table)?.temporary
    );
  }

  /** Live, and it may hold rows. */
  isFilled(table: string): boolean {
    return this.isLive(table) && !this.#emptied.has(table);
  }

  hasMade(kind: 'table' | 'view' | 'column' | 'index' | 'domain' | 'enum', name: string): boolean {
    return this.#made.has(key(kind, name));
  }

  /** Whether the constraint was added by this migration. */
  hasAdded(table: string, constraint: string): boolean {
    return this.#addedConstraints.has(`${table}.${constraint}`);
  }

  /** Whether rows got values for this column in this migration. */
  hasFilled(table: string, column: string): boolean {
    return this.#filled.has(`${table}.${column}`);
  }

  /** The file makes the view again, or puts a table or view in the place of this name. */
  makesAgain(name: string): boolean {
    return this.#later.madeAgain.has(name);
  }

  /** The table was put aside for one that took its name: to drop it takes nothing from running code. */
  isReplaced(name: string): boolean {
    return this.#later.replaced.has(name);
  }

  /** Locks that earlier statements of the transaction hold, those on `table` first. */
  heldBefore({ number }: StatementPlace, table: string): HeldLock[] {
    if (!this.atomic) return [];
    const held = [...this.#locks.values()].filter(lock => lock.statement < number);
    return held.sort((a, b) => Number(b.table === table) - Number(a.table === table));
  }

  /** Take over what an action did. */
  learn(action: Action, { line, number }: StatementPlace): void {
    for (const { table, mode } of locksOf(action, this.schema)) {
      const had = this.#locks.get(table);
      if (this.isLive(table) && !(had && had.mode >= mode))
        this.#locks.set(table, { table, mode, line, statement: number });
    }
    switch (action.do) {
      case 'create-table':
        if (!(action.ifNotExists && this.schema.tables.has(action.table))) this.#made.add(key('table', action.table));
        if (action.temporary) this.#temporary.add(action.table);
        break;
      case 'create-view':
        this.#made.add(key('view', action.name));
        break;
      case 'create-index':
        if (action.name !== null) this.#made.add(key('index', action.name));
        break;
      case 'create-domain':
        this.#made.add(key('domain', action.name));
        break;
      case 'create-enum':
        this.#made.add(key('enum', action.name));
        break;
      case 'add-column':
        this.#made.add(key('column', `${action.table}.${action.column.name}`));
        break;
      case 'add-constraint':
        this.#addedConstraints.add(`${action.table}.${constraintName(action.table, action.constraint)}`);
        break;
      case 'rename':
        this.#rename(action);
        break;
      case 'change-rows':
        for (const column of action.columns) this.#filled.add(`${action.table}.${column}`);
        break;
      case 'set':
        if (action.name === 'timezone') this.utc = /^(utc|gmt|etc\/utc)$/i.test(action.value);
        break;
    }
  }

  /** After the whole statement: it is judged by what was before it. */
  endStatement(actions: readonly Action[]): void {
    for (const action of actions) {
      const all = action.do === 'truncate' || (action.do === 'change-rows' && action.verb === 'DELETE' && action.all);
      if (all || needsNoRows(action)) this.#emptied.add(action.table);
    }
  }

  #rename({ kind, from, to }: Action & { do: 'rename' }): void {
    if (kind !== 'table') return;
    if (this.#emptied.has(from)) this.#emptied.add(to);
    if (this.#made.has(key('table', from))) this.#made.add(key('table', to));
  }
}

function key(kind: string, name: string): string {
  return `${kind} ${name}`;
}

/** A column NOT NULL without a default fails where there is a row, so the table must be empty: one finding is enough. */
function needsNoRows(action: Action): action is Action & { do: 'add-column' } {
  if (action.do !== 'add-column' || action.ifNotExists) return false;
  const { notNull, identity, serial, stored, default: value } = action.column;
  return notNull && value === null && !identity && !serial && !stored;
}

interface LookAhead {
  readonly madeAgain: ReadonlySet<string>;
  readonly replaced: ReadonlySet<string>;
}

/** `CREATE new; DROP old; RENAME new TO old`, or `RENAME old TO x; CREATE old; DROP x`: running code finds a table under its name. */
function lookAhead(all: readonly Action[]): LookAhead {
  const created = new Set<string>();
  const views = new Set<string>();
  const renames: (Action & { do: 'rename' })[] = [];
  for (const action of all) {
    if (action.do === 'create-table') created.add(action.table);
    if (action.do === 'create-view') views.add(action.name);
    if (action.do === 'rename' && (action.kind === 'table' || action.kind === 'view')) renames.push(action);
  }
  const takenBy = new Map(renames.map(({ from, to }) => [to, from]));
  const madeAgain = new Set(views);
  const replaced = new Set<string>();
  for (const { from, to } of renames) {
    if (created.has(from)) replaced.add(to);
    if (!created.has(from) && !views.has(from) && !takenBy.has(from)) continue;
    madeAgain.add(from);
    replaced.add(to);
  }
  return { madeAgain, replaced };
}
