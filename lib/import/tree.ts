import { lstatSync, readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { MigrationError } from '../core/errors.ts';

/**
 * The files of another tool's folder, by their paths in it (`/` between the parts), in the order of their code units. Links are not followed.
 * Where the source is one file, `only` is its name and the others of its folder are there for those that it includes.
 */
export interface Tree {
  readonly root: string;
  readonly only: string | null;
  readonly paths: readonly string[];
  /** Links, which are not read. */
  readonly links: readonly string[];
  bytes(path: string): Buffer;
}

const UNREAD = new Set(['.git', 'node_modules']);

/** Reads which files a folder holds, those in folders below it too. Throws a `MigrationError` (`no-source`). */
export function readTree(source: string): Tree {
  try {
    const isFile = !lstatSync(source).isSymbolicLink() && lstatSync(source).isFile();
    const root = isFile ? dirname(source) : source;
    const found: Found = { paths: [], links: [] };
    list(root, '', found);
    return {
      root,
      only: isFile ? basename(source) : null,
      paths: found.paths.sort(byCodeUnit),
      links: found.links.sort(byCodeUnit),
      bytes: path => readFileSync(join(root, path)),
    };
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    const what = code === 'ENOENT' ? `There is no folder or file ${source}` : `${source} cannot be read: ${message}`;
    throw new MigrationError(
      { code: 'no-source', message: what, remedy: 'Name the folder that holds the migrations of the other tool' },
      { cause },
    );
  }
}

interface Found {
  readonly paths: string[];
  readonly links: string[];
}

function list(root: string, folder: string, found: Found): void {
  for (const entry of readdirSync(join(root, folder), { withFileTypes: true })) {
    const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
    if (entry.isSymbolicLink()) found.links.push(path);
    else if (entry.isFile()) found.paths.push(path);
    else if (entry.isDirectory() && !UNREAD.has(entry.name)) list(root, path, found);
  }
}

/** Compares texts by code unit, as most tools order names: the same on every machine. */
export function byCodeUnit(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
