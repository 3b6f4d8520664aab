import { NamesState } from '../../judge/state.ts';
import type { Action } from './actions.ts';
import type { SchemaModel } from './schema.ts';

/** What the migration at hand has done before the statement at hand. */
export class MigrationState extends NamesState<SchemaModel> {
  /** With them off a foreign key is added without a look at the rows. */
  foreignKeyChecks = true;
  readonly #getsPrimaryKey: ReadonlySet<string>;

  constructor(schema: SchemaModel, all: readonly Action[], { made }: { made: Iterable<string> }) {
    super(schema, all, made);
    this.#getsPrimaryKey = new Set(all.flatMap(action => (addsPrimaryKey(action) ? [action.table] : [])));
  }

  /** Whether a later statement of the migration gives a primary key to the table. */
  getsPrimaryKey(table: string): boolean {
    return this.#getsPrimaryKey.has(table);
  }

  /** Take over what an action did. */
  learn(action: Action): void {
    switch (action.do) {
      case 'create-table':
        this.addTable(action);
        break;
      case 'create-view':
        this.addMade('view', action.name);
        break;
      case 'add-column':
        this.addMade('column', `${action.table}.${action.column.name}`);
        break;
      case 'rename':
        if (action.kind === 'table') this.renameTable(action.from, action.to);
        break;
      case 'foreign-key-checks':
        this.foreignKeyChecks = action.on;
        break;
    }
  }

  /** After the whole statement: it is judged by what was before it. */
  endStatement(actions: readonly Action[]): void {
    for (const action of actions) {
      const isDelete = action.do === 'change-rows' && action.verb === 'DELETE' && action.all;
      if (action.do === 'truncate' || isDelete) this.addEmptied(action.table);
    }
  }
}

function addsPrimaryKey(action: Action): action is Action & { do: 'add-index' | 'add-column' | 'change-column' } {
  if (action.do === 'add-index') return action.index.kind === 'primary';
  if (action.do === 'add-column') return action.column.primary;
  return action.do === 'change-column' && action.to.primary;
}
