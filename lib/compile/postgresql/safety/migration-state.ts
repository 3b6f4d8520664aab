import type { StatementPlace } from '../../judge/rule.ts';
import { NamesState } from '../../judge/state.ts';
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

/** What the migration at hand has done before the statement at hand: names, locks, constraints, values. */
export class MigrationState extends NamesState<SchemaModel> {
  /** One transaction holds all locks to its end. */
  readonly atomic: boolean;
  /** The session's time zone, as far as the file tells. */
  utc = true;
  /** Whether `slow-statement-after-lock` has been found: once a migration is enough. */
  slowFound = false;
  readonly #addedConstraints = new Set<string>();
  readonly #filled = new Set<string>();
  readonly #locks = new Map<string, HeldLock>();

  constructor(
    schema: SchemaModel,
    all: readonly Action[],
    { atomic, made }: { atomic: boolean; made: Iterable<string> },
  ) {
    super(schema, all, made);
    this.atomic = atomic;
  }

  /** Whether the constraint was added by this migration. */
  hasAdded(table: string, constraint: string): boolean {
    return this.#addedConstraints.has(`${table}.${constraint}`);
  }

  /** Whether rows got values for this column in this migration. */
  hasFilled(table: string, column: string): boolean {
    return this.#filled.has(`${table}.${column}`);
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
    this.learnNames(action);
    switch (action.do) {
      case 'create-index':
        if (action.name !== null) this.addMade('index', action.name);
        break;
      case 'create-domain':
        this.addMade('domain', action.name);
        break;
      case 'create-enum':
        this.addMade('enum', action.name);
        break;
      case 'add-constraint':
        this.#addedConstraints.add(`${action.table}.${constraintName(action.table, action.constraint)}`);
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
      this.learnEmptied(action);
      if (needsNoRows(action)) this.addEmptied(action.table);
    }
  }
}

/** A column NOT NULL without a default fails where there is a row, so the table must be empty: one finding is enough. */
function needsNoRows(action: Action): action is Action & { do: 'add-column' } {
  if (action.do !== 'add-column' || action.ifNotExists) return false;
  const { notNull, identity, serial, stored, default: value } = action.column;
  return notNull && value === null && !identity && !serial && !stored;
}
