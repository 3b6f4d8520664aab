import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const folder = fileURLToPath(new URL('.', import.meta.url));
const installed = `${folder}node_modules/.installed-lock.json`;

/** Installs the client libraries where they are not, or not those of the lock file. Runs no package's own script. */
export function installClients(): void {
  const lock = readFileSync(`${folder}package-lock.json`, 'utf8');
  if (existsSync(installed) && readFileSync(installed, 'utf8') === lock) return;
  console.error('installing the client libraries …');
  execFileSync('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], {
    cwd: folder,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  // Only now is all of it there: an install that was interrupted is repeated.
  writeFileSync(installed, lock);
}
