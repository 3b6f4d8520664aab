import { MigrationError } from './errors.ts';

/** The options that say where the tracking tables live. */
export interface TrackingNames {
  /** Of MySQL, a database. @default 'public'; of MySQL, the database of the connection */
  readonly schema?: string | undefined;
  /** @default 'schema_migrations' */
  readonly table?: string | undefined;
}

/** Longest identifiers: 63 bytes are PostgreSQL's limit. Behind the table's name we put endings, of tables, functions and constraints. */
const LONGEST = { schema: 63, table: 50 } as const;

/**
 * Throws `bad-identifier` for a name that is not plain. It is quoted wherever it stands, reserved words and capitals may be used; but others
 * would have to be quoted within strings within strings, and nobody needs one.
 */
export function checkNames(names: TrackingNames): void {
  for (const option of ['schema', 'table'] as const) {
    const name = names[option];
    const longest = LONGEST[option];
    if (name === undefined || (/^[A-Za-z_][A-Za-z0-9_]*$/.test(name) && name.length <= longest)) continue;
    throw new MigrationError({
      code: 'bad-identifier',
      message: `The ${option} ${JSON.stringify(name)} is not a plain name`,
      remedy: `Use letters, digits and underscores, at most ${longest}, the first one not a digit`,
    });
  }
}
