import { readFileSync, rmSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { hasMysqld } from '../../lib/local/index.ts';
import { describeMysql, freshMysql, mysqlMasterUrl } from '../support/mysql.ts';
import { freshDatabase } from '../support/postgresql.ts';
import { folder, inTemporaryFolder, run } from './run.ts';

inTemporaryFolder();

const USERS =
  "CREATE TABLE users (id int PRIMARY KEY, name varchar(50) NOT NULL);\nINSERT INTO users VALUES (1, 'ada');\n";
const ORDERS = 'CREATE TABLE orders (id int PRIMARY KEY, buyer int, FOREIGN KEY (buyer) REFERENCES users (id));\n';
const PARTS = {
  '001_users.sql': USERS,
  '002_orders.up.sql': ORDERS,
  '002_orders.down.sql': 'DROP TABLE orders;\n',
};
const LATER = { '003_later.sql': 'CREATE TABLE later (id int);\n' };

/** The URL of an empty database. */
async function freshUrl(engine: string): Promise<string> {
  if (engine === 'postgresql') return (await freshDatabase()).url;
  return `${mysqlMasterUrl}/${(await freshMysql()).name}`;
}

const ENGINES = [
  ['postgresql', describe],
  ['mysql', hasMysqld() ? describeMysql : describe.skip],
] as const;

for (const [engine, suite] of ENGINES) {
  suite(`squash, ${engine}`, { timeout: 240_000 }, () => {
    const up = (dir: string, url: string, ...more: string[]) => run(['up', '--dir', dir, '--url', url, ...more]);
    const call = (...argv: string[]) => run([...argv, '--engine', engine]);
    const dumped = async (url: string) => (await run(['dump', '--url', url])).stdout;

    test('records where all is applied, runs where nothing is, stops between', async () => {
      const urls = await Promise.all([1, 2, 3, 4].map(() => freshUrl(engine)));
      const [all, none, half, edited] = urls as [string, string, string, string];
      folder('sql', { ...PARTS, ...LATER });
      expect(await up('sql', all)).toMatchObject({ code: 0 });
      folder('first', { '001_users.sql': USERS });
      expect(await up('first', half)).toMatchObject({ code: 0 });
      folder('other', { ...PARTS, '002_orders.up.sql': ORDERS.replace('buyer int', 'buyer int, extra int') });
      expect(await up('other', edited)).toMatchObject({ code: 0 });

      const { code, stdout, stderr } = await call('squash', '--to', '2', '--dir', 'sql');
      expect(code, stderr).toBe(0);
      expect(stdout).toBe('sql/002_squash.sql\n');
      expect(stderr).toMatch(
        /^not in it: the rows of (public\.)?users\. Write INSERT for those that a new database needs$/m,
      );
      expect(stderr).toContain(
        'Now delete what it replaces: git rm sql/001_users.sql sql/002_orders.down.sql sql/002_orders.up.sql\n',
      );
      const text = readFileSync('sql/002_squash.sql', 'utf8');
      expect(text).toMatch(/^-- migrate:replaces 001_users@[0-9a-f]{12},002_orders@[0-9a-f]{12}$/m);
      expect(text).not.toMatch(/\blater\b|schema_migrations|ada/);
      // Until they are deleted both would run on a new database.
      expect(await call('check', '--dir', 'sql')).toMatchObject({
        code: 1,
        stdout: expect.stringMatching(
          /^sql\/002_squash\.sql:1: Version 002 is taken by sql\/002_orders\.up\.sql\. Delete\s+sql\/002_orders\.up\.sql: 002_squash\.sql replaces it\.$/m,
        ),
      });
      for (const file of Object.keys(PARTS)) rmSync(`sql/${file}`);
      expect((await call('check', '--dir', 'sql')).stdout).toMatch(/^✓ 2 migrations, no problems$/m);

      const before = await dumped(all);
      const recorded = JSON.parse((await up('sql', all, '--json')).stdout);
      expect(recorded).toMatchObject({ outcome: 'applied', applied: [], counts: { baselined: 1, applied: 2 } });
      expect(await dumped(all)).toBe(before);
      // Older code finds all that it has applied.
      folder('old', { ...PARTS, ...LATER });
      expect(JSON.parse((await up('old', all, '--json')).stdout)).toMatchObject({ outcome: 'nothing-to-do' });

      const built = JSON.parse((await up('sql', none, '--json')).stdout);
      expect(built).toMatchObject({ outcome: 'applied', applied: [expect.any(String), '002_squash', '003_later'] });
      expect(await dumped(none)).toBe(before);

      for (const [url, code, says] of [
        [half, 'partly-replaced', 'Deploy the last version of the folder that has 002_orders first, then this one'],
        [edited, 'replaced-changed', '002_squash replaces 002_orders, which was applied here with other statements'],
      ] as const) {
        const stopped = await up('sql', url, '--json');
        expect(stopped.code).toBe(1);
        expect(JSON.parse(stopped.stdout)).toMatchObject({ outcome: 'stopped', applied: [], problems: [{ code }] });
        expect((await up('sql', url)).stdout.replace(/\s+/g, ' ')).toContain(says);
      }
    });

    test('what it cannot do is said before anything is written', async () => {
      folder('sql', { '001_users.sql': USERS, '002_bad.sql': 'INSERT INTO nothing VALUES (1);\n' });
      expect(await call('squash', '--dir', 'sql')).toMatchObject({ code: 2, stderr: expect.stringContaining('--to') });
      for (const [to, says] of [
        ['1', 'Up to version 1 there is one migration only, 001_users'],
        ['7', 'There is no migration of version "7"'],
        ['2', '002_bad cannot be applied to an empty database'],
      ] as const) {
        const { code, stderr } = await call('squash', '--to', to, '--dir', 'sql');
        expect({ code, said: stderr.replace(/\s+/g, ' ').includes(says) }, stderr).toEqual({ code: 1, said: true });
      }
      expect(() => readFileSync('sql/002_squash.sql')).toThrow();
    });
  });
}
