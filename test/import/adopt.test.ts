import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { describe, expect, test } from 'vitest';
import { folder, inTemporaryFolder, run } from '../cli/run.ts';
import { type FreshDatabase, freshDatabase } from '../support/postgresql.ts';
import { FORMATS, importSample, SAMPLES } from './samples.ts';

inTemporaryFolder();

const SOURCE = join(FORMATS, 'dbmate/db/migrations');
const HISTORY = readFileSync(join(FORMATS, 'dbmate/history.sql'), 'utf8');

async function execute({ url }: FreshDatabase, ...texts: readonly string[]): Promise<void> {
  const client = new pg.Client(url);
  await client.connect();
  try {
    for (const text of texts) await client.query(text);
  } finally {
    await client.end();
  }
}

/** What dbmate has made of a database: the up sections of its first two files, and its table. */
const HALF = [
  ...importSample(SAMPLES.find(({ tool }) => tool === 'dbmate')!)
    .files.slice(0, 2)
    .map(({ text }) => text.split(/^-- migrate:down/m)[0]!),
  HISTORY,
];

describe('adopt', { timeout: 180_000 }, () => {
  test('imports, records, looks, and prints the construct; then the rest runs', async () => {
    await using database = await freshDatabase();
    await execute(database, ...HALF, 'CREATE TABLE public.by_hand (id int)');
    const { code, stdout, stderr } = await run(['adopt', SOURCE, '--dir', 'sql', '--url', database.url]);
    expect(stderr).not.toContain('rror');
    expect(code, stdout).toBe(0);
    expect(stdout).toContain('✓ 5 migrations of dbmate written into sql');
    expect(stdout).toContain('2 taken over, none executed');
    expect(stdout).toContain('+CREATE TABLE public.by_hand');
    expect(stdout).toContain("  table: 'aurora_migrations',\n  baseline: { from: 'dbmate' },\n});");
    const { stdout: up } = await run([
      'up',
      '--json',
      '--dir',
      'sql',
      '--url',
      database.url,
      '--table',
      'aurora_migrations',
    ]);
    expect(JSON.parse(up).applied).toEqual([
      '20240103120000_email_index',
      '20240104120000_add_mood',
      '20240105120000_migration',
    ]);
  });

  test('without a source it takes the folder that is there, for the next database', async () => {
    await using database = await freshDatabase();
    await execute(database, ...HALF);
    const target = ['--dir', 'sql', '--url', database.url];
    const nothing = await run(['adopt', '--dir', 'nothing', '--url', database.url]);
    expect(nothing).toMatchObject({ code: 2, stderr: expect.stringContaining('Name the folder of the other tool') });
    expect(await run(['adopt', ...target])).toMatchObject({ code: 2, stderr: expect.stringContaining('--from TOOL') });
    const { code, stdout } = await run(['adopt', '--from', 'dbmate', '--json', ...target]);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      option: { from: 'dbmate' },
      table: 'aurora_migrations',
      baseline: { outcome: 'baselined', baselined: ['20240101120000_create_users', '20240102120000_mood-touch'] },
      construct: expect.stringContaining("table: 'aurora_migrations'"),
    });
  });

  test('stops at the database, with the files written, where the tool has applied what is no file here', async () => {
    await using database = await freshDatabase();
    await execute(database, ...HALF, "INSERT INTO schema_migrations VALUES ('20240102130000')");
    folder('other', {});
    const { code, stdout } = await run(['adopt', SOURCE, '--dir', 'other', '--url', database.url]);
    expect(code).toBe(1);
    expect(stdout).toContain('dbmate has applied what is no file of this folder');
    expect(stdout).toContain('Stopped: nothing was recorded');
    expect(stdout).not.toContain('AuroraMigrations');
  });
});
