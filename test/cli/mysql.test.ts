import { cpSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { hasMysqld } from '../../lib/local/index.ts';
import { describeMysql, freshMysql, mysqlMasterUrl } from '../support/mysql.ts';
import { freshDatabase } from '../support/postgresql.ts';
import { folder, inTemporaryFolder, run, start } from './run.ts';

inTemporaryFolder();

const SAMPLE = join(import.meta.dirname, '../../sql/migrations');

const FILES = {
  '001_users.sql': 'CREATE TABLE users (id int PRIMARY KEY);\n-- migrate:down\nDROP TABLE users;\n',
  '002_posts.sql':
    'CREATE TABLE posts (id int);\nDROP TABLE nothing;\nINSERT INTO posts VALUES (1);\n-- migrate:down\nDROP TABLE posts;\n',
};

/** The URL of a database of its own. */
async function fresh() {
  const { name, raw } = await freshMysql();
  const url = new URL(mysqlMasterUrl);
  url.pathname = `/${name}`;
  return { url: url.href, raw };
}

describeMysql('the command line on MySQL', { timeout: 180_000 }, () => {
  test('the life of a folder, each command as a process of its own', async () => {
    const { url, raw } = await fresh();
    folder('sql', FILES);
    const target = ['--url', url, '--dir', 'sql'];
    const call = (...argv: string[]) => start([...argv, ...target]).ended;

    expect(await call('plan')).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/001_users +pending +one by one/),
    });

    const failed = await call('up');
    expect(failed.code).toBe(1);
    expect(failed.stdout + failed.stderr).toMatch(/002_posts\.sql:2/);
    expect(failed.stdout + failed.stderr).toContain("Unknown table '");
    expect(failed.stdout + failed.stderr).toContain('Statement 1 is committed');

    const status = await call('status', '--json', '--exit-code');
    expect(status.code).toBe(3);
    expect(JSON.parse(status.stdout)).toMatchObject({
      counts: { applied: 2, failed: 1 },
      migrations: [{}, { name: '001_users', state: 'applied' }, { state: 'failed', statementsApplied: 1 }],
    });

    // A person found that there was nothing to drop.
    const resolved = await call('resolve', '--migration', '002_posts', '--statement', '2', '--as', 'done');
    expect(resolved, resolved.stderr).toMatchObject({ code: 0, stdout: expect.stringContaining('recorded as done') });
    expect((await call('up', '--json')).code).toBe(0);
    expect((await raw.query('SELECT id FROM posts'))[0]).toEqual([{ id: 1 }]);

    const { attempts } = JSON.parse((await call('history', '--json')).stdout);
    expect(attempts.map(({ name, status: of }: { name: string; status: string }) => `${name} ${of}`)).toEqual(
      expect.arrayContaining(['002_posts applied', '002_posts failed', '001_users applied']),
    );

    const down = await call('down', '--to', '0');
    expect(down, down.stderr).toMatchObject({ code: 0, stdout: expect.stringMatching(/002_posts.*001_users/s) });
    const tables =
      "SELECT table_name FROM information_schema.tables WHERE table_schema = DATABASE() AND table_name NOT LIKE 'schema%'";
    expect((await raw.query(tables))[0]).toEqual([]);
  });

  // One from mysqld on the PATH; with a MySQL by URL alone there may be none.
  test.skipIf(!hasMysqld())('--engine mysql: the embedded one is made the first time, and kept', async () => {
    folder('sql', { '001_a.sql': 'CREATE TABLE a (id int);\nCREATE PROCEDURE p() BEGIN SELECT 1; SELECT 2; END;\n' });
    const argv = ['--engine', 'mysql', '--dir', 'sql', '--data', 'data'];
    const first = await start(['up', ...argv]).ended;
    expect(first, first.stderr).toMatchObject({ code: 0, stdout: expect.stringMatching(/2 applied in /) });
    const status = await run(['status', '--json', ...argv]);
    expect(JSON.parse(status.stdout)).toMatchObject({ counts: { applied: 2 }, dataApiCalls: 1 });
  });

  test("the sample's `status --json` is that of PostgreSQL but for times, and for what the database says of an error", async () => {
    const { url } = await fresh();
    await using theirs = await freshDatabase();
    folder('sample', { '900_last.sql': 'SELECT 1 FROM nowhere;\n' });
    for (const file of readdirSync(SAMPLE)) cpSync(join(SAMPLE, file), join('sample', file));
    // Times; and of an error code, message and place in the statement, which are the database's own.
    const isOwn = (key: string) => /^(at|executionTimeMs|code|message|column)$/.test(key);
    const status = async (target: string) => {
      const argv = ['--url', target, '--dir', 'sample'];
      expect((await run(['up', ...argv])).code).toBe(1);
      const { stdout } = await run(['status', '--json', ...argv]);
      return JSON.parse(stdout, (key, value) => (isOwn(key) ? typeof value : value));
    };
    const [ours, other] = [await status(url), await status(theirs.url)];
    expect(ours.counts).toMatchObject({ failed: 1, applied: 4 });
    expect(ours.migrations.at(-1).error).toMatchObject({ statement: 1, line: 1, remedy: expect.any(String) });
    expect(ours).toEqual(other);
  });
});
