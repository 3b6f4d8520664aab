import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { MigrationError, type Problem } from '../core/errors.ts';

/** A file as it lies in the folder. */
export interface File {
  /** In its folder. */
  readonly base: string;
  /** As people name it. */
  readonly path: string;
  /** Its text without a BOM; or why there is none. */
  readonly content: { readonly text: string } | { readonly problem: Problem };
}

/** Files and folders that nobody reads although they look like migrations: `.SQL` files, and folders that hold `.sql` files. */
export interface Strays {
  readonly files: readonly string[];
  readonly folders: readonly { readonly name: string; readonly file: string }[];
}

/** All that a compilation reads of a folder. */
export interface Folder {
  /** The `.sql` files (not those of the folders in it), by name. */
  readonly files: readonly File[];
  readonly strays: Strays;
}

/** Reads a folder of migrations. Throws a `MigrationError` (`no-folder`) where there is no such folder. */
export function readFolder(dir: string, relativeTo: string): Folder {
  const files = sqlFiles(dir).map(base => {
    const path = relative(relativeTo, join(dir, base)).split(sep).join('/');
    return { base, path, content: readText(join(dir, base), path) };
  });
  return { files, strays: strays(dir) };
}

function strays(dir: string): Strays {
  const entries = readdirSync(dir, { withFileTypes: true });
  const isSql = ({ name }: { name: string }) => /\.sql$/i.test(name);
  const folders = entries.flatMap(entry => {
    const file = entry.isDirectory() ? namesIn(join(dir, entry.name)).find(name => isSql({ name })) : undefined;
    return file === undefined ? [] : [{ name: entry.name, file }];
  });
  const files = entries.filter(entry => !entry.isDirectory() && isSql(entry) && !entry.name.endsWith('.sql'));
  return { files: files.map(({ name }) => name).sort(), folders: folders.sort((a, b) => (a.name < b.name ? -1 : 1)) };
}

function namesIn(dir: string): string[] {
  try {
    return readdirSync(dir).sort();
  } catch {
    return [];
  }
}

function sqlFiles(dir: string): string[] {
  try {
    if (!statSync(dir).isDirectory()) throw notThere(`${dir} is a file, not a folder`);
    const entries = readdirSync(dir, { withFileTypes: true });
    return entries.flatMap(entry => (entry.name.endsWith('.sql') && !entry.isDirectory() ? [entry.name] : [])).sort();
  } catch (error) {
    if (error instanceof MigrationError) throw error;
    const { code, message } = error as NodeJS.ErrnoException;
    throw notThere(code === 'ENOENT' ? `There is no folder ${dir}` : `Folder ${dir} cannot be read: ${message}`, error);
  }
}

function notThere(message: string, cause?: unknown): MigrationError {
  return new MigrationError(
    { code: 'no-folder', message, remedy: 'Name the folder that holds the .sql files' },
    { cause },
  );
}

function readText(file: string, path: string): File['content'] {
  let bytes: Buffer;
  try {
    bytes = readFileSync(file);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const message = `The file cannot be read (${code ?? String(error)})`;
    return {
      problem: {
        code: 'unreadable',
        message,
        remedy: 'Give yourself the right to read it',
        place: { file: path, line: 1 },
      },
    };
  }
  const text = bytes.toString('utf8');
  const wrong = firstDifference(bytes, text);
  if (wrong !== undefined) {
    const line = bytes.subarray(0, wrong).filter(byte => byte === 0x0a).length + 1;
    const byte = `0x${bytes[wrong]!.toString(16).padStart(2, '0')}`;
    const message = `The file is not UTF-8: byte ${wrong + 1} of the file is ${byte}`;
    return { problem: { code: 'not-utf8', message, remedy: 'Save the file as UTF-8', place: { file: path, line } } };
  }
  return { text: text.startsWith('\uFEFF') ? text.slice(1) : text };
}

/** Offset of the first byte that is no UTF-8: decoding replaces it, so encoding again gives other bytes from there on. */
function firstDifference(bytes: Buffer, text: string): number | undefined {
  const again = Buffer.from(text, 'utf8');
  if (again.equals(bytes)) return undefined;
  let at = 0;
  while (at < bytes.length && bytes[at] === again[at]) at++;
  return at;
}
