import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { describeMysql, freshMysql, mysqlMasterUrl } from '../support/mysql.ts';
import { freshDatabase } from '../support/postgresql.ts';
import type { Sent } from './frames/print-frames.ts';
import { ROOT } from './source.ts';

/** Applies one migration by the command line, as a process of its own, and gives back its calls. */
async function up(url: string): Promise<Sent[]> {
  const folder = mkdtempSync(join(tmpdir(), 'aurora-migrations-frames-'));
  const file = join(folder, 'frames.jsonl');
  try {
    writeFileSync(join(folder, '0001_t.sql'), 'create table t (id int);\ninsert into t values (1);\n');
    const loaders = ['tsx', join(import.meta.dirname, 'frames/print-frames.ts')].flatMap(one => ['--import', one]);
    const command = [join(ROOT, 'bin/migrate.ts'), 'up', '--url', url, '--dir', folder];
    await promisify(execFile)(process.execPath, [...loaders, ...command], {
      cwd: ROOT,
      env: { ...process.env, FRAMES_FILE: file },
    });
    return readFileSync(file, 'utf8')
      .trimEnd()
      .split('\n')
      .map(line => JSON.parse(line));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The deepest of the calls that execute the migration, printed. */
function deepest(calls: readonly Sent[]): Sent {
  const own = calls.filter(({ sql }) => sql.includes('name:0001_t'));
  expect(own.length).toBeGreaterThan(0);
  const found = own.reduce((one, other) => (other.frames.length > one.frames.length ? other : one));
  console.log([`${found.frames.length} frames to ${found.sql.slice(0, 80)}`, ...found.frames].join('\n'));
  return found;
}

// A person who reads a stack sees each function between the command and the database once.
describe('frames of our own files between bin/migrate.ts and the call of the SDK that applies a migration', () => {
  test('on PostgreSQL: at most 16', async () => {
    await using database = await freshDatabase();
    const { frames } = deepest(await up(database.url));
    expect(frames.at(-1)).toContain('bin/migrate.ts');
    expect(frames.length).toBeLessThanOrEqual(16);
  });

  describeMysql('with its engine', () => {
    test('on MySQL: at most 18', async () => {
      const url = new URL(mysqlMasterUrl);
      url.pathname = `/${(await freshMysql()).name}`;
      const { frames } = deepest(await up(url.href));
      expect(frames.at(-1)).toContain('bin/migrate.ts');
      expect(frames.length).toBeLessThanOrEqual(18);
    });
  });
});
