/** What the name of a migration file says. */
export interface FileName {
  /** Without endings: `002_add_users`, `R__report_view`. */
  readonly name: string;
  /** The digits as written; null for a repeatable migration. */
  readonly version: string | null;
  /** The words of the name: `add users`. */
  readonly words: string;
  /** Which half of the migration the file holds: `whole` unless it ends in `.up.sql` or `.down.sql`. */
  readonly part: 'whole' | 'up' | 'down';
}

/** The rule, as messages quote it. */
export const FILE_NAME_RULE =
  'NNN_description.sql, a pair NNN_description.up.sql and NNN_description.down.sql, or R__description.sql, the description in a-z, 0-9, _ and -';

/** Longest name of a migration, in characters: it is a key of the tracking table and part of file names. */
export const LONGEST_NAME = 200;

const VERSIONED = /^(\d+)_([a-z0-9_-]+?)(?:\.(up|down))?\.sql$/;
const REPEATABLE = /^R__([a-z0-9_-]+)\.sql$/;

/** Read a file's name (no folders in it); undefined where it fits no rule. */
export function readFileName(file: string): FileName | undefined {
  const versioned = VERSIONED.exec(file);
  if (versioned) {
    const [, version, description, part] = versioned as unknown as [string, string, string, 'up' | 'down' | undefined];
    return { name: `${version}_${description}`, version, words: words(description), part: part ?? 'whole' };
  }
  const repeatable = REPEATABLE.exec(file);
  if (!repeatable) return undefined;
  return { name: `R__${repeatable[1]}`, version: null, words: words(repeatable[1]!), part: 'whole' };
}

function words(description: string): string {
  return description.replace(/[_-]+/g, ' ').trim();
}
