import { execFileSync } from 'node:child_process';

/** The version of `pg_dump` that is found on the path, or undefined. */
export const PG_DUMP = versionOf('pg_dump');

/** For the names of tests that need it. */
export const PG_DUMP_NEEDED =
  PG_DUMP === undefined ? ' (skipped: put pg_dump 17 or later on the PATH, package postgresql-client)' : '';

/** What PostgreSQL's own tool says of a schema: the measure that is not ours. */
export function pgDump(url: string): string {
  const text = execFileSync('pg_dump', ['--schema-only', url], { encoding: 'utf8', maxBuffer: 1 << 28 });
  // A key of chance, in newer versions.
  return text.replace(/^\\(un)?restrict .*\n/gm, '');
}

function versionOf(tool: string): string | undefined {
  try {
    return /\d+[\d.]*/.exec(execFileSync(tool, ['--version'], { encoding: 'utf8', stdio: 'pipe' }))?.[0];
  } catch {
    return undefined;
  }
}
