import { NamesState } from '../../judge/state.ts';
import { type Action, addsPrimaryKey } from './action.ts';
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
    this.learnNames(action);
    if (action.do === 'foreign-key-checks') this.foreignKeyChecks = action.on;
  }

  /** After the whole statement: it is judged by what was before it. */
  endStatement(actions: readonly Action[]): void {
    for (const action of actions) this.learnEmptied(action);
  }
}
