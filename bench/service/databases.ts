/** The databases behind the Data API, past it. */
export interface Databases {
  /** Of the server. */
  readonly version: string;
  /** Statements, one after the other, on one of its databases. */
  sql(statements: readonly string[], database?: string): Promise<void>;
  /** An empty database, or a copy of one. */
  create(database: string, template?: string): Promise<void>;
  drop(database: string): Promise<void>;
  /** What migrations made in a database, besides the tables of the tools themselves: equal texts, equal tables, columns, indexes, constraints and rows. */
  shape(database: string): Promise<string>;
}

/** The tables of the tools themselves, as both engines' patterns have it. */
export const TOOLS = '^(schema_migrations|kysely_|knex_)';
