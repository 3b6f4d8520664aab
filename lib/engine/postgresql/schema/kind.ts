/**
 * A kind of object, as the query that finds all of it. Its columns are: kind, name, key, keys of what it needs besides its dependencies in the
 * catalog (or NULL), SQL.
 */
export interface Kind {
  /** The kinds that its rows have. */
  readonly kinds: readonly string[];
  query(server: Server): string;
}

export interface Server {
  /** Major version. */
  readonly version: number;
}
