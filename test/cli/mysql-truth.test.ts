import { expect, test } from 'vitest';
import { describeMysql, freshMysql, mysqlMasterUrl } from '../support/mysql.ts';
import { folder, inTemporaryFolder, run } from './run.ts';

const FILES = {
  '001_users.sql': 'CREATE TABLE users (id int PRIMARY KEY);\n',
  '002_posts.sql': 'CREATE TABLE posts (id int);\n-- migrate:down\nDROP TABLE posts;\n',
};

/** The command line on a database of its own, with the folder `sql`. */
async function fresh() {
  const { name, raw } = await freshMysql();
  const call = async (...argv: string[]) => {
    const { code, stdout, stderr } = await run([...argv, '--url', `${mysqlMasterUrl}/${name}`, '--dir', 'sql']);
    return { code, words: (stderr + stdout).replace(/\s+/g, ' ') };
  };
  return { raw, call };
}

describeMysql('the command line on MySQL, asked what is true', () => {
  inTemporaryFolder();

  test('up, down and baseline leave a fingerprint: verify finds nothing after them, and names what was changed by hand', async () => {
    const { raw, call } = await fresh();
    const unchanged = async () => expect((await call('verify')).words).not.toMatch(/drifted|fingerprint/);
    folder('sql', FILES);
    expect((await call('up')).code).toBe(0);
    expect(await call('verify')).toMatchObject({ code: 0, words: expect.stringContaining('Nothing was found') });
    expect((await call('down')).code).toBe(0);
    await unchanged();
    await raw.query('CREATE TABLE posts (id int)');
    expect(await call('verify')).toMatchObject({ code: 1, words: expect.stringContaining('table posts was added') });
    expect((await call('baseline', '--to', '2')).code).toBe(0);
    expect(await call('verify')).toMatchObject({ code: 0, words: expect.stringContaining('Nothing was found') });
    await raw.query('ALTER TABLE users ADD COLUMN by_hand text');
    expect(await call('verify')).toMatchObject({ code: 1, words: expect.stringContaining('table users was changed') });
  });

  test('a failed re-application says that the earlier version is still applied, as status and history do', async () => {
    const { call } = await fresh();
    const file = (statement: string) => folder('sql', { '001_seed.sql': `-- migrate:up reapply:true\n${statement}\n` });
    file('CREATE OR REPLACE VIEW seed AS SELECT 1 AS id;');
    expect((await call('up')).code).toBe(0);
    file('CREATE OR REPLACE VIEW seed AS SELECT id FROM nowhere;');
    const says = 'and the earlier version is still applied';
    expect(await call('up')).toMatchObject({ code: 1, words: expect.stringContaining(says) });
    expect(await call('status', '--exit-code')).toMatchObject({ code: 3, words: expect.stringContaining(says) });
    expect((await call('history')).words).toContain(says);
  });
});
