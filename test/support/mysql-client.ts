import { spawnSync } from 'node:child_process';
import { describe as suite } from 'vitest';
import type { Files } from './migrations.ts';
import { mysqlMasterUrl } from './mysql.ts';

const hasClient = spawnSync('mysql', ['--no-defaults', '--version']).status === 0;

/** `describe` for tests whose oracle is the `mysql` client: shown as skipped where there is none, or no server. */
export const describeClient = suite.skipIf(mysqlMasterUrl === '' || !hasClient);

/** Options that reach the server that all tests share, as the user whose sessions the local Data API uses. */
function loginTo(url = mysqlMasterUrl): string[] {
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
export function runClient(database: string, files: Files, url = mysqlMasterUrl): string {
  for (const name of Object.keys(files).toSorted()) {
    const ran = spawnSync('mysql', [...loginTo(url), '--default-character-set=utf8mb4', database], {
      input: files[name]!,
      encoding: 'utf8',
    });
    if (ran.status !== 0) return ran.stderr;
  }
  return '';
}
