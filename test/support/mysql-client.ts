import { spawnSync } from 'node:child_process';
import { describe as suite } from 'vitest';
import type { Files } from './migrations.ts';
import { mysqlUrl } from './mysql.ts';

const hasClient = spawnSync('mysql', ['--no-defaults', '--version']).status === 0;

/** `describe` for tests whose oracle is the `mysql` client: shown as skipped where there is none, or no server. */
export const describeClient = suite.skipIf(mysqlUrl === '' || !hasClient);

/** Options that reach the server that all tests share. */
export function loginTo(url = mysqlUrl): string[] {
  const { hostname, port, username, password } = new URL(url);
  return [
    '--no-defaults',
    `-h${hostname}`,
    `-P${port || 3306}`,
    `-u${username || 'root'}`,
    ...(password ? [`-p${password}`] : []),
  ];
}

/** Executes the files in order as a person does, `mysql database < file`, each in a session of its own. What the first error says; '' for none. */
export function runClient(database: string, files: Files, url = mysqlUrl): string {
  for (const name of Object.keys(files).toSorted()) {
    const ran = spawnSync('mysql', [...loginTo(url), '--default-character-set=utf8mb4', database], {
      input: files[name]!,
      encoding: 'utf8',
    });
    if (ran.status !== 0) return ran.stderr;
  }
  return '';
}
