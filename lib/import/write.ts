import { mkdirSync, readdirSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { MigrationError } from '../core/errors.ts';
import type { ImportedFile } from './import.ts';

/** Throws a `MigrationError` where a folder cannot be the target of an import: it is the source, or holds something. */
export function checkTarget(target: string, source: string): void {
  if (realPath(target) !== undefined && realPath(target) === realPath(source))
    throw new MigrationError({
      code: 'target-is-source',
      message: `${target} is the folder that is imported`,
      remedy: 'Name another folder with --dir: the files of the other tool stay as they are',
    });
  const [first, ...more] = entriesOf(target);
  if (first === undefined) return;
  throw new MigrationError({
    code: 'target-not-empty',
    message: `${target} is not empty: it holds ${first}${more.length > 0 ? ` and ${more.length} more` : ''}`,
    remedy: 'Name a new folder with --dir: an import never writes among files that are there',
  });
}

/** Writes imported files into a folder, which is made. Where one cannot be written, those written before it are taken away. */
export function writeImport(target: string, files: readonly Pick<ImportedFile, 'name' | 'text'>[]): void {
  const written: string[] = [];
  try {
    mkdirSync(target, { recursive: true });
    for (const { name, text } of files) {
      const file = join(target, name);
      writeFileSync(file, text, { flag: 'wx' });
      written.push(file);
    }
  } catch (cause) {
    for (const file of written) rmSync(file, { force: true });
    throw new MigrationError(
      {
        code: 'not-created',
        message: `The import could not be written into ${target}: ${(cause as Error).message}`,
        remedy: 'See that the folder can be written to, and run the command again: nothing is left of this one',
      },
      { cause },
    );
  }
}

function realPath(path: string): string | undefined {
  try {
    return realpathSync(path);
  } catch {
    return undefined;
  }
}

/** What a folder holds; a file of no content that keeps it in a repository is nothing. */
function entriesOf(folder: string): string[] {
  try {
    return readdirSync(folder).filter(name => name !== '.gitkeep');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return code === 'ENOENT' ? [] : [`something that cannot be listed (${code})`];
  }
}
