import { afterAll, describe, expect, inject, test } from 'vitest';
import { readEnvironment } from '../../lambda/environment.ts';
import { openTarget } from '../../lambda/open-database.ts';
import { AuroraMigrations } from '../../lib/cdk/index.ts';
import { ARNS, folder as migrations, newStack } from '../cdk/stacks.ts';
import { folder, inTemporaryFolder, run } from '../cli/run.ts';
import { connectTo, describeMysql, mysqlMasterUrl } from '../support/mysql.ts';
import { admin } from '../support/postgresql.ts';

/** Legal, and nasty: quotes of all kinds, a comment, a parameter of the Data API, white space, what is not ASCII; as long as can be. */
const NASTY = `it's "a"; \`b\` -- :c ünï %d ${process.pid} `;
const DATABASES = { postgresql: `${NASTY}${'x'.repeat(63 - Buffer.byteLength(NASTY))}`, mysql: NASTY.padEnd(64, 'x') };

/** Plain, and nasty: reserved words, capitals, as long as can be. */
const TABLES = ['select', 'Order', `T${'_'.repeat(49)}`];

inTemporaryFolder();

/** Up, status, down, history and a repeated up, as on the command line. */
async function live(url: URL, database: string, names: readonly string[]): Promise<void> {
  url.pathname = `/${encodeURIComponent(database)}`;
  folder('db', {
    '001_users.sql': 'CREATE TABLE users (id int);\n-- migrate:down\nDROP TABLE users;\n',
    // Statement by statement on both.
    '002_fill.sql':
      '-- migrate:up transaction:false\nINSERT INTO users VALUES (1);\nUPDATE users SET id = 2;\n-- migrate:down\nDELETE FROM users;\n',
  });
  const said = async (...argv: string[]) => {
    const line = [...argv, '--dir', 'db', '--url', url.href, ...names, '--json'];
    const { code, stdout, stderr } = await run(line);
    expect({ code, stderr }, `${line.join(' ')}: ${stdout}`).toEqual({ code: 0, stderr: '' });
    return JSON.parse(stdout);
  };
  expect(await said('up')).toMatchObject({ outcome: 'applied', counts: { applied: 3 } });
  expect(await said('down', '--steps', '2')).toMatchObject({
    outcome: 'reverted',
    reverted: ['002_fill', '001_users'],
  });
  expect(await said('status')).toMatchObject({ counts: { applied: 1, reverted: 2 } });
  expect(await said('up')).toMatchObject({ outcome: 'applied', counts: { applied: 3 } });
  const { attempts } = await said('history', '--migration', '002_fill');
  expect(attempts.map(({ status }: { status: string }) => status)).toEqual(['applied', 'reverted', 'applied']);
}

describe('nasty names that are legal, on PostgreSQL', () => {
  const database = DATABASES.postgresql;
  const quoted = `"${database.replaceAll('"', '""')}"`;
  afterAll(() => admin(`drop database if exists ${quoted} with (force)`));

  test.each(TABLES)('table and schema %s, in a database of a nasty name', async name => {
    expect(Buffer.byteLength(database)).toBe(63);
    await admin(`drop database if exists ${quoted} with (force)`);
    const url = new URL(inject('postgresMasterUrl'));
    await admin(`create database ${quoted} owner ${url.username} template template0`);
    await live(url, database, ['--table', name, '--schema', name]);
  });
});

describeMysql('nasty names that are legal, on MySQL', () => {
  const quoted = `\`${DATABASES.mysql.replaceAll('`', '``')}\``;
  const root = connectTo();
  afterAll(async () => {
    await (await root).query(`drop database if exists ${quoted}; drop database if exists \`select\`;`);
    (await root).destroy();
  });

  test.each(TABLES)('table %s, in a database of a nasty name', async name => {
    await (await root).query(`drop database if exists ${quoted}; create database ${quoted}`);
    await live(new URL(mysqlMasterUrl), DATABASES.mysql, ['--table', name]);
  });
});

describe('names that are not plain', () => {
  const NAMES = [
    ['table', 'a`b'],
    ['table', '"; drop table users; --'],
    ['table', 'ünï'],
    ['table', 'x'.repeat(51)],
    ['schema', 'a b'],
    ['schema', 'x'.repeat(64)],
  ] as const;

  test.each(NAMES)('%s %s: refused alike at synth, on the command line and by the function', async (option, name) => {
    const longest = { table: 50, schema: 63 }[option];
    const message = `The ${option} ${JSON.stringify(name)} is not a plain name. Use letters, digits and underscores, at most ${longest}, the first one not a digit.`;
    const construct = () =>
      new AuroraMigrations(newStack(), 'M', { ...ARNS, migrations: migrations(), [option]: name });
    expect(construct).toThrow(message);

    folder('db', { '001_users.sql': 'SELECT 1;\n' });
    for (const command of ['check', 'up', 'status']) {
      const { code, stderr } = await run([command, '--dir', 'db', `--${option}`, name]);
      expect({ code, stderr }).toEqual({ code: 1, stderr: `${message}\n` });
    }

    for (const engine of ['postgresql', 'mysql'] as const) {
      const environment = readEnvironment({
        CLUSTER_ARN: ARNS.cluster,
        SECRET_ARN: ARNS.secret,
        HOOK: 'stack/hook',
        TIMEOUT_MS: '60000',
        ENGINE: engine,
        DATABASE: 'app',
        [option === 'table' ? 'TRACKING_TABLE' : 'TRACKING_SCHEMA']: name,
      });
      const opening = openTarget(environment, engine, { onWait: () => {}, signal: new AbortController().signal });
      await expect(opening).rejects.toThrow(message);
    }
  });
});
