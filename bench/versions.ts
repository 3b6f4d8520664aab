import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { BENCH, ROOT } from './folders.ts';

/** The installed version of a package, the bench's own before the project's. */
export function versionOf(name: string): string {
  const file = [BENCH, ROOT].map(root => join(root, 'node_modules', name, 'package.json')).find(existsSync);
  return file ? JSON.parse(readFileSync(file, 'utf8')).version : 'not installed';
}
