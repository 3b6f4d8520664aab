import { MigrationError } from '../../core/errors.ts';

/** The options that say where the tracking tables live. */
export interface TrackingNames {
  /** A database. @default that of the connection */
  readonly schema?: string;
  /** @default 'schema_migrations' */
  readonly table?: string;
}

/** Longest identifier of MySQL (64 characters) less the longest ending that we put behind the table's name. */
const LONGEST_TABLE = 64 - '_picture_1'.length;

/** Puts the names of the options into SQL of ours. */
export interface Naming {
  /** `schema_migrations…` stands for the names in it. */
  (sql: string): string;
  readonly table: string;
  /** Null: the database of the connection. */
  readonly schema: string | null;
}

/** Throws `bad-identifier` for a name that is not plain: it would have to be quoted within strings, and nobody needs one. */
export function naming({ schema, table = 'schema_migrations' }: TrackingNames): Naming {
  if (schema !== undefined) plain('schema', schema, 64);
  plain('table', table, LONGEST_TABLE);
  const before = schema === undefined ? '' : `\`${schema}\`.`;
  const named = (sql: string) =>
    sql.replace(/\bschema_migrations(\w*)/g, (_, ending: string) => `${before}\`${table}${ending}\``);
  return Object.assign(named, { table, schema: schema ?? null });
}

function plain(option: string, name: string, longest: number): void {
  if (/^[A-Za-z_][A-Za-z0-9_]*$/.test(name) && name.length <= longest) return;
  throw new MigrationError({
    code: 'bad-identifier',
    message: `The ${option} ${JSON.stringify(name)} is not a plain name`,
    remedy: `Use letters, digits and underscores, at most ${longest}, the first one not a digit`,
  });
}
