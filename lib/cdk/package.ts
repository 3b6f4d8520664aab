import { type SpawnSyncReturns, spawnSync } from 'node:child_process';
import { extname, join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { MigrationError } from '../core/errors.ts';

const self = fileURLToPath(import.meta.url);

/** Inside of the repository nothing lies ready: what the package brings along is made when it is needed. */
export const IN_REPOSITORY = extname(self) === '.ts';

/** How our modules end: `.ts` inside of the repository, where tsx or vitest runs them, `.js` in the package, whoever asks (`index.cjs` too). */
const ENDING = IN_REPOSITORY ? '.ts' : '.js';

/** The root of the repository, or `dist` of the package: both have `bin`, `lambda` and `lib`. */
const ROOT = resolve(self, '../../..');

/** A file of ours. */
export function ownFile(path: string): string {
  return join(ROOT, path);
}

/** A module of ours, by its path without ending: `lib/compile/index`. */
export function ownModule(path: string): string {
  return ownFile(path + ENDING);
}

/** Run Node.js and wait for it: constructors cannot wait for promises. Our modules can be imported in it. */
export function runNode(args: readonly string[]): SpawnSyncReturns<string> {
  const loader = IN_REPOSITORY ? ['--import', pathToFileURL(ownFile('node_modules/tsx/dist/loader.mjs')).href] : [];
  // The Node.js that runs this, whatever else the PATH holds.
  return spawnSync(process.execPath, [...loader, ...args], { encoding: 'utf8', maxBuffer: 256 * 1024 * 1024 });
}

/** Run a script of one of our modules: its export `name` is called with `value` (as JSON), and what it answers comes back (as JSON). */
export function callInChild<T>(module: string, name: string, value: unknown): T {
  const url = JSON.stringify(pathToFileURL(ownModule(module)).href);
  const script = `import(${url}).then(async ours => console.log(JSON.stringify(await ours.${name}(${JSON.stringify(value)}))))`;
  const { status, stdout, stderr, error } = runNode(['--input-type=module', '--eval', script]);
  if (status === 0) return JSON.parse(stdout) as T;
  throw new MigrationError({
    code: 'not-compiled',
    message: `The migrations cannot be compiled: ${(error?.message ?? stderr).trim()}`,
    remedy: 'Install aurora-migrations anew, with all that it depends on; if that does not help, please report it',
  });
}
