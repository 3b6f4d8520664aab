import { MigrationError } from '../../core/errors.ts';

/** The options that say where the tracking tables live. */
export interface TrackingNames {
  /** @default 'public' */
  readonly schema?: string;
  /** @default 'schema_migrations' */
  readonly table?: string;
}

/** Longest identifier of PostgreSQL (63 bytes) less the longest ending that we put behind the table's name (`_refusal_1`). */
const LONGEST_TABLE = 63 - '_refusal_1'.length;

/**
 * Puts the names of the options into SQL of ours, in which `public.schema_migrations…` stands for them. Throws `bad-identifier` for a name
 * that is not plain: it would have to be quoted within strings within strings, and nobody needs one.
 */
export function naming({ schema = 'public', table = 'schema_migrations' }: TrackingNames): (sql: string) => string {
  plain('schema', schema, 63);
  plain('table', table, LONGEST_TABLE);
  return sql =>
    sql.replace(/\bpublic\.schema_migrations(\w*)/g, (_, ending: string) => `"${schema}"."${table}${ending}"`);
}

function plain(option: string, name: string, longest: number): void {
  if (/^[A-Za-z_][A-Za-z0-9_]*$/.test(name) && name.length <= longest) return;
  throw new MigrationError({
    code: 'bad-identifier',
    message: `The ${option} ${JSON.stringify(name)} is not a plain name`,
    remedy: `Use letters, digits and underscores, at most ${longest}, the first one not a digit`,
  });
}
