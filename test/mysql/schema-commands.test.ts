import { writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { folder, inTemporaryFolder, run } from '../cli/run.ts';
import { describeMysql, freshMysql, mysqlMasterUrl } from '../support/mysql.ts';

const files = {
  '001_users.sql': "CREATE TABLE users (id int PRIMARY KEY, link varchar(50) DEFAULT 'http://a:b@c');",
  '002_names.sql':
    'CREATE VIEW links AS SELECT link FROM users;\nCREATE FUNCTION one() RETURNS int DETERMINISTIC RETURN 1;',
};

describeMysql('dump, diff and verify on MySQL', () => {
  inTemporaryFolder();

  test('nothing is said of a sound database; what was done by hand is shown, and found', async () => {
    const { name, raw } = await freshMysql();
    // What tables have that say nothing of it: the scratch server is set up alike.
    await raw.query('ALTER DATABASE CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci');
    const call = (...argv: string[]) => run([...argv, '--url', `${mysqlMasterUrl}/${name}`]);
    folder('sql/migrations', files);
    expect(await call('up')).toMatchObject({ code: 0 });
    const { code, stdout, stderr } = await call('dump');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toContain("DEFAULT 'http://a:b@c'");
    writeFileSync('dump.sql', stdout);
    expect(await call('diff', '--against', 'dump.sql')).toEqual({ code: 0, stdout: '', stderr: '' });
    expect(await call('diff')).toEqual({ code: 0, stdout: '', stderr: '' });
    expect(await call('verify')).toMatchObject({ code: 0, stdout: expect.stringContaining('Nothing was found') });

    await raw.query('ALTER TABLE users ADD COLUMN extra text; DROP VIEW links');
    await raw.query(
      'CREATE VIEW broken AS SELECT extra FROM users; ALTER TABLE users DROP COLUMN extra, ADD COLUMN more text',
    );
    const changed = await call('diff', '--against', 'dump.sql');
    expect(changed.code).toBe(1);
    expect(changed.stdout).toMatch(
      /^@@ table users: changed @@[\s\S]*^\+ {2}`more` text[\s\S]*^@@ view links: removed @@$/m,
    );
    expect((await call('dump')).stderr).toContain('not dumped: view broken, which names what is not there');
    const verified = await call('verify');
    expect(verified).toMatchObject({ code: 1, stdout: expect.stringContaining('DROP VIEW `broken`') });
    expect(await call('dump', '--grants')).toMatchObject({ code: 1, stderr: expect.stringContaining('SHOW GRANTS') });
  });

  test('a diff with the folder needs a mysqld, and says so where there is none', async () => {
    const { name } = await freshMysql();
    folder('sql/migrations', files);
    const path = process.env.PATH;
    process.env.PATH = '/nowhere';
    try {
      const { code, stderr } = await run(['diff', '--url', `${mysqlMasterUrl}/${name}`]);
      expect(code).toBe(1);
      expect(stderr).toContain('There is no mysqld on this machine');
      expect(stderr).toContain('or compare with a dump: --against FILE');
    } finally {
      process.env.PATH = path;
    }
  });
});
