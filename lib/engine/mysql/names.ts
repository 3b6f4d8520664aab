import { checkNames, type TrackingNames } from '../../core/identifier.ts';

export type { TrackingNames } from '../../core/identifier.ts';

/** Every statement of a migration is sent with a comment that begins so. */
export const TAG = '/* aurora-migrations ';

/** Puts the names of the options into SQL of ours. */
export interface Naming {
  /** `schema_migrations…` stands for the names in it. */
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
    sql.replace(/\bschema_migrations(\w*)/g, (_, ending: string) => `${before}\`${table}${ending}\``);
  return Object.assign(named, { table, schema: schema ?? null });
}
