/** An action of either engine, as far as the names in a migration go. */
export interface NamingAction {
  readonly do: string;
  readonly table?: string | null;
  readonly name?: string | null;
  readonly column?: unknown;
  readonly columns?: readonly unknown[];
  readonly kind?: string;
  readonly verb?: string;
  readonly all?: boolean;
  /** With the rows of another table: of one without rows it changes nothing. */
  readonly joined?: boolean;
  readonly temporary?: boolean;
  readonly ifExists?: boolean;
  readonly ifNotExists?: boolean;
  readonly from?: string;
  /** The new name, where it is one. */
  readonly to?: unknown;
}

interface KnownTables {
  readonly tables: ReadonlyMap<string, { readonly temporary: boolean }>;
}

type Kind = 'table' | 'view' | 'column' | 'index' | 'domain' | 'enum';

/** What the migration at hand has made and emptied before the statement at hand, and what it does later where that excuses something. */
export class NamesState<Schema extends KnownTables> {
  readonly schema: Schema;
  readonly #made = new Set<string>();
  readonly #temporary = new Set<string>();
  readonly #emptied = new Set<string>();
  readonly #later: LookAhead;

  /** `all`: the actions of the migration. `made`: tables that other pending migrations make. */
  constructor(schema: Schema, all: readonly NamingAction[], made: Iterable<string>) {
    this.schema = schema;
    for (const table of made) this.addMade('table', table);
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

  hasMade(kind: Kind, name: string): boolean {
    return this.#made.has(key(kind, name));
  }

  /** The file makes the view again, or puts a table or view in the place of this name. */
  makesAgain(name: string): boolean {
    return this.#later.madeAgain.has(name);
  }

  /** The table was put aside for one that took its name: to drop it takes nothing from running code. */
  isReplaced(name: string): boolean {
    return this.#later.replaced.has(name);
  }

  /** Running code finds a column under this name: it was put aside for a new one, or one of this migration takes its name. */
  swapsColumn(name: string): boolean {
    return this.#later.swappedColumns.has(name);
  }

  protected addMade(kind: Kind, name: string): void {
    this.#made.add(key(kind, name));
  }

  /** Takes over which names an action makes. */
  protected learnNames({ do: what, table, name, column, kind, from, to, ...action }: NamingAction): void {
    if (what === 'create-table' && table) {
      if (!(action.ifNotExists && this.schema.tables.has(table))) this.addMade('table', table);
      if (action.temporary) this.#temporary.add(table);
    }
    if (what === 'create-view' && name) this.addMade('view', name);
    if (what === 'add-column') this.addMade('column', `${table}.${(column as { name: string }).name}`);
    if (what === 'rename' && kind === 'table' && from !== undefined) this.#renameTable(from, String(to));
  }

  /** Takes over that a whole statement emptied a table. */
  protected learnEmptied({ do: what, table, verb, all, joined }: NamingAction): void {
    const isDelete = what === 'change-rows' && verb === 'DELETE' && all && !joined;
    if (table && (what === 'truncate' || isDelete)) this.addEmptied(table);
  }

  protected addEmptied(table: string): void {
    this.#emptied.add(table);
  }

  #renameTable(from: string, to: string): void {
    if (this.#emptied.has(from)) this.#emptied.add(to);
    if (this.hasMade('table', from)) this.addMade('table', to);
  }
}

function key(kind: Kind, name: string): string {
  return `${kind} ${name}`;
}

interface LookAhead {
  readonly madeAgain: ReadonlySet<string>;
  readonly replaced: ReadonlySet<string>;
  readonly swappedColumns: ReadonlySet<string>;
}

/** `CREATE new; DROP old; RENAME new TO old`, or `RENAME old TO x; CREATE old; DROP x`: running code finds a table under its name. */
function lookAhead(all: readonly NamingAction[]): LookAhead {
  const created = new Set<string>();
  const views = new Set<string>();
  const renames: { from: string; to: string }[] = [];
  for (const { do: what, table, name, kind, from, to } of all) {
    if (what === 'create-table' && table) created.add(table);
    if (what === 'create-view' && name) views.add(name);
    if (what === 'rename' && (kind === 'table' || kind === 'view') && from !== undefined && typeof to === 'string')
      renames.push({ from, to });
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
  return { madeAgain, replaced, swappedColumns: swappedColumns(all) };
}

/** `RENAME a TO old; ADD a; DROP old`, or `ADD new; DROP a; RENAME new TO a`: both names of each such rename, with their table. */
function swappedColumns(all: readonly NamingAction[]): Set<string> {
  const added = new Set<string>();
  for (const { do: what, table, column } of all)
    if (what === 'add-column') added.add(`${table}.${(column as { name: string }).name}`);
  const swapped = new Set<string>();
  for (const { do: what, kind, table, from, to } of all) {
    if (what !== 'rename' || kind !== 'column' || !added.has(`${table}.${from}`)) continue;
    swapped.add(`${table}.${from}`).add(`${table}.${to}`);
  }
  return swapped;
}
