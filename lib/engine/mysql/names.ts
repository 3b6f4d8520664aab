import { checkNames, type TrackingNames } from '../../core/identifier.ts';

export type { TrackingNames } from '../../core/identifier.ts';

/** Puts the names of the options into SQL of ours. */
export interface Naming {
  /** `schema_migrations…` stands for the names in it. Procedures, whose names end in a number, are in the database of the connection. */
  (sql: string): string;
  readonly table: string;
  /** Null: the database of the connection. */
  readonly schema: string | null;
}

/** Throws `bad-identifier`. */
export function naming(names: TrackingNames): Naming {
  checkNames(names);
  const { schema, table = 'schema_migrations' } = names;
  const before = schema === undefined ? '' : `\`${schema}\`.`;
  const named = (sql: string) =>
    // In a procedure DATABASE() is where it is, and so are names without a database: it has to be where those of the migrations are.
    sql.replace(
      /\bschema_migrations(\w*)/g,
      (_, ending: string) => `${/\d$/.test(ending) ? '' : before}\`${table}${ending}\``,
    );
  return Object.assign(named, { table, schema: schema ?? null });
}
