import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { MigrationError } from '../../core/errors.ts';
import { readFileName } from '../../core/name.ts';
import type { Command } from '../command.ts';
import { COMMON, OPTIONS } from '../options.ts';
import { UsageError } from '../usage-error.ts';

export const command: Command = {
  name: 'new',
  summary: 'create the next migration file',
  arguments: ['NAME'],
  options: ['dir', ...COMMON],
  description: [
    'Creates the next file of the folder, in the style of those that are there: the next number with as many digits, or the time (UTC) where versions are timestamps; a pair of .up.sql and .down.sql files where the newest migration is one. An existing file is never touched.',
  ],
  examples: [
    { line: 'new "add users"', what: 'sql/migrations/004_add_users.sql, where 003 is the newest' },
    { line: 'new "add users" --dir db/migrations', what: 'in another folder' },
  ],
  async run({ values, arguments: [name = ''], out, context }) {
    const files = createMigration({ dir: values.dir ?? OPTIONS.dir.default, name, now: context.now() });
    if (values.json) out.write(`${JSON.stringify({ files })}\n`);
    else out.lines(files);
    return 0;
  },
};

/** Create the next migration of a folder. Gives back the paths of its files: one, or two for a pair. */
export function createMigration({ dir, name, now }: { dir: string; name: string; now: Date }): string[] {
  const words = slug(name);
  if (words === '')
    throw new UsageError(`"${name}" gives no name for a file`, 'Use letters or digits (a-z, 0-9)', 'new');
  try {
    mkdirSync(dir, { recursive: true });
    const { version, pair } = next(readdirSync(dir), now);
    const base = join(dir, `${version}_${words}`);
    const head = header(name.trim(), now);
    const files: [string, string][] = pair
      ? [
          [`${base}.up.sql`, `${head}\n`],
          [`${base}.down.sql`, ''],
        ]
      : [[`${base}.sql`, `${head}\n-- migrate:up\n\n\n-- migrate:down\n\n`]];
    for (const [file, content] of files) writeFileSync(file, content, { flag: 'wx' });
    return files.map(([file]) => file);
  } catch (cause) {
    throw new MigrationError(
      {
        code: 'not-created',
        message: `No migration could be created in ${dir}: ${(cause as Error).message}`,
        remedy: 'See that the folder can be written to, and run the command again',
      },
      { cause },
    );
  }
}

/** The version after the newest of these files, in their style; `001` in an empty folder. */
export function next(files: readonly string[], now: Date): { version: string; pair: boolean } {
  const newest = files
    .map(file => readFileName(file))
    .flatMap(name => (name?.version ? [{ version: name.version, pair: name.part !== 'whole' }] : []))
    .sort((a, b) => (BigInt(a.version) < BigInt(b.version) ? -1 : 1))
    .at(-1);
  if (!newest) return { version: '001', pair: false };
  const following = BigInt(newest.version) + 1n;
  const time = timestamp(newest.version.length, now);
  const version = time !== undefined && BigInt(time) >= following ? time : String(following);
  return { version: version.padStart(newest.version.length, '0'), pair: newest.pair };
}

/** The time as a version of so many digits, or nothing where versions of that length are numbers. */
function timestamp(digits: number, now: Date): string | undefined {
  if (digits === 10) return String(Math.floor(now.getTime() / 1000));
  if (![12, 14, 17].includes(digits)) return undefined;
  return now.toISOString().replace(/\D/g, '').slice(0, digits);
}

function header(name: string, now: Date): string {
  const title = name.replace(/\s+/g, ' ');
  return `-- Migration: ${title}\n-- Description: ${title}\n-- Created: ${now.toISOString().slice(0, 10)}\n`;
}

/** `Add users` → `add_users`. */
function slug(name: string): string {
  return name
    .normalize('NFKD')
    .replace(/\p{Mn}/gu, '')
    .toLowerCase()
    .replaceAll('ß', 'ss')
    .replace(/[^a-z0-9]+/g, '_')
    .replace(/^_+|_+$/g, '')
    .slice(0, 100);
}
