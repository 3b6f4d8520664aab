import { spawnSync } from 'node:child_process';
import { mysqlUrl } from '../support/mysql.ts';

const has = (program: string) => spawnSync(program, ['--no-defaults', '--version'], { stdio: 'ignore' }).status === 0;

/** Whether MySQL's own programs are there. */
export const PROGRAMS = has('mysql') && has('mysqldump');

/** For the names of tests that need them. */
export const PROGRAMS_NEEDED = PROGRAMS ? '' : ' (skipped: put mysql and mysqldump on the PATH)';

/** Execute a script with the client. Throws with what it says. */
export function mysqlClient(database: string, script: string): void {
  // Of the client's version 8.0 comments are no default.
  run('mysql', ['--comments', '--default-character-set=utf8mb4', database], script);
}

/** What MySQL's own tool says of a schema: the measure that is not ours. Without what no dump holds: where counters stand. */
export function mysqldump(database: string): string {
  const what = ['--no-data', '--routines', '--triggers', '--events'];
  const how = ['--skip-comments', '--set-gtid-purged=OFF', '--skip-lock-tables', '--default-character-set=utf8mb4'];
  return run('mysqldump', [...what, ...how, database]).replaceAll(`\`${database}\``, '`DATABASE`');
}

/** Where AUTO_INCREMENT counters stand is no part of a schema. */
export function withoutCounters(text: string): string {
  return text.replace(/^(\) ENGINE=\w+) AUTO_INCREMENT=\d+/gm, '$1');
}

function run(program: string, args: readonly string[], input = ''): string {
  // Past the Data API, as root: it dumps whatever is there.
  const { hostname, port, username, password } = new URL(mysqlUrl);
  const where = [`--host=${hostname}`, `--port=${port || '3306'}`, '--protocol=TCP', `--user=${username}`];
  const { status, stdout, stderr } = spawnSync(program, ['--no-defaults', ...where, ...args], {
    input,
    encoding: 'utf8',
    maxBuffer: 1 << 28,
    env: { ...process.env, MYSQL_PWD: decodeURIComponent(password) },
  });
  if (status !== 0) throw new Error(`${program}: ${stderr}`);
  return stdout;
}
