import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { folder, inTemporaryFolder, run } from '../cli/run.ts';
import { type FreshLocal, freshLocal } from '../support/postgresql.ts';
import { until } from '../support/until.ts';

inTemporaryFolder();

let local: FreshLocal;
let url: string;

beforeAll(() => {
  folder('sql', {
    '001_a.sql': 'CREATE TABLE a (id int);\n-- migrate:down\nDROP TABLE a;\n',
    '002_b.up.sql': 'CREATE TABLE b (id int);\n',
    '002_b.down.sql': "DROP TABLE b;\nSELECT 'postgres://ada:secret@host/app';\n",
    '003_c.sql': 'CREATE TABLE c (id int);\n-- migrate:down\nDROP TABLE c;\n',
  });
});
beforeEach(async () => {
  await local?.stop();
  local = await freshLocal();
  url = local.postgresUrl;
});
afterAll(() => local.stop());

const call = (...argv: string[]) => run([...argv, '--url', url, ...(argv.includes('--dir') ? [] : ['--dir', 'sql'])]);
const tables = async () =>
  (
    await local.raw.query(
      `select relname from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace and relname !~ 'schema_migr' order by 1`,
    )
  ).rows.map(({ relname }) => relname);

describe('down', () => {
  test('undoes the newest, or all after a version, and says so', async () => {
    await call('up');
    const one = await call('down');
    expect(one).toMatchObject({ code: 0, stderr: '' });
    expect(one.stdout).toMatch(/^↩ 003_c +\d+ ms$/m);
    expect(one.stdout).toMatch(/^1 undone in .* \(\d+ Data API calls\)$/m);
    expect(await tables()).toEqual(['a', 'b']);
    expect((await call('down', '--to', '001')).stdout).toMatch(/^1 undone in/m);
    expect((await call('down', '--to', '001')).stdout).toMatch(/^Nothing to undo \(1 Data API call\)$/m);
    const all = JSON.parse((await call('down', '--to', '0', '--json')).stdout);
    expect(all).toMatchObject({ outcome: 'reverted', reverted: ['001_a'], problems: [] });
    expect(await tables()).toEqual([]);
  });

  test('--dry-run shows the SQL as it is, and changes nothing', async () => {
    await call('up');
    const { code, stdout } = await call('down', '--steps', '2', '--dry-run');
    expect(code).toBe(0);
    expect(stdout).toContain('-- 003_c\n-- migrate:down\nDROP TABLE c;\n');
    expect(stdout).toContain("SELECT 'postgres://ada:secret@host/app';");
    expect(stdout).toMatch(/^"down" would undo 2, 3 statements \(1 Data API call\)$/m);
    expect(await tables()).toEqual(['a', 'b', 'c']);
  });

  test('what stops or fails it: where, what is true now, exit code 1', async () => {
    folder('bad', {
      '001_a.sql': 'CREATE TABLE a ();\n',
      '002_b.sql': 'CREATE TABLE b ();\n\n-- migrate:down\nDROP TABLE bb;\n',
    });
    await call('up', '--dir', 'bad');
    const failed = await call('down', '--dir', 'bad');
    expect(failed.code).toBe(1);
    expect(failed.stdout).toMatch(/^✗ 002_b could not be undone at bad\/002_b\.sql:4:12, statement 1 of 1$/m);
    expect(failed.stdout).toMatch(/^ {2}42P01 {3}table "bb" does not exist$/m);
    expect(failed.stdout).toMatch(/^Failed in .*: nothing was undone, 1 not/m);
    const stopped = await call('down', '--dir', 'bad', '--to', '0');
    expect(stopped.code).toBe(1);
    expect(stopped.stdout).toContain('001_a has no down section');
    const unknown = await call('down', '--dir', 'bad', '--to', '7');
    expect(unknown).toMatchObject({ code: 1, stderr: expect.stringContaining('There is no migration of version "7"') });
    expect(await call('down', '--to', '1', '--steps', '1')).toMatchObject({ code: 2 });
  });
});

describe('baseline', () => {
  test('takes a database over without executing, once', async () => {
    await local.raw.query('create table a (id int); create table b (id int)');
    expect(await call('baseline')).toMatchObject({ code: 2, stderr: expect.stringContaining('--to VERSION') });
    const { code, stdout } = await call('baseline', '--to', '2');
    expect({ code, stdout }).toEqual({
      code: 0,
      stdout: expect.stringMatching(/\n✓ 001_a\n✓ 002_b\n2 taken over, none executed \(\d+ Data API calls\)\n$/),
    });
    expect((await call('baseline', '--to', '2')).stdout).toContain('Nothing to do: all of it is applied already');
    expect((await call('up')).stdout).toMatch(/✓ 003_c/);
    expect((await call('status', '--exit-code')).code).toBe(0);
  });
});

describe('plan --sql', () => {
  test('shows what would be executed, in order, and not our own tables', async () => {
    const { stdout } = await call('plan', '--sql');
    expect(stdout).toContain('-- 001_a (sql/001_a.sql)\nCREATE TABLE a (id int);');
    expect(stdout).not.toContain('schema_migrations_apply');
    expect(JSON.parse((await call('plan', '--sql', '--json')).stdout).sql).toMatchObject([
      { migration: '001_a' },
      { migration: '002_b', file: 'sql/002_b.up.sql', sql: 'CREATE TABLE b (id int);\n' },
      { migration: '003_c' },
    ]);
  });

  test('of a half-done one it begins where the run would', async () => {
    folder('half', {
      '001_h.sql': '-- migrate:up transaction:false\nCREATE TABLE h ();\n-- next\nSELECT 1/0;\nSELECT 2;\n',
    });
    await call('up', '--dir', 'half');
    const { sql } = JSON.parse((await call('plan', '--dir', 'half', '--sql', '--json')).stdout);
    expect(sql).toEqual([
      { migration: '001_h', file: 'half/001_h.sql', sql: expect.stringMatching(/^\s*-- next\nSELECT 1\/0;/) },
    ]);
  });
});

describe('status --exit-code', () => {
  test('3 for pending, failed, changed and reverted; 0 else', async () => {
    expect((await call('status', '--exit-code')).code).toBe(3);
    await call('up');
    expect((await call('status', '--exit-code')).code).toBe(0);
    await call('down');
    expect((await call('status', '--exit-code')).code).toBe(3);
    expect((await call('status')).code).toBe(0);
    folder('edited', { '001_a.sql': 'CREATE TABLE a (id bigint);\n' });
    expect((await call('status', '--exit-code', '--dir', 'edited')).code).toBe(3);
  });
});

describe('history', () => {
  test('needs no folder', async () => {
    await call('up');
    const { code, stdout } = await call('history', '--dir', 'nowhere', '--limit', '1');
    expect(code).toBe(0);
    expect(stdout).toMatch(/✓ +just now +003_c/);
  });

  test('--follow shows what is there, then what is new, and ends with Ctrl-C', async () => {
    await call('up', '--dir', folder('first', { '001_a.sql': 'CREATE TABLE a (id int);\n' }));
    const stop = new AbortController();
    let text = '';
    const following = run(['history', '--follow', '--url', url], {
      signal: stop.signal,
      onWrite: part => {
        text += part;
      },
    });
    const seen = (pattern: RegExp) => until(String(pattern), () => pattern.test(text), { during: following });
    await seen(/✓ 001_a .* applied/);
    await call(
      'up',
      '--dir',
      folder('second', { '001_a.sql': 'CREATE TABLE a (id int);\n', '002_x.sql': 'SELECT 1/0;\n' }),
    );
    await seen(/✗ 002_x .* failed.*\n {2}22012 {3}division by zero\n/);
    stop.abort('SIGINT');
    const { code, stdout } = await following;
    expect(code).toBe(0);
    expect(stdout.match(/001_a/g)).toHaveLength(1);
  });

  test('--follow --json: a line of JSON for each', async () => {
    await call('up');
    const stop = new AbortController();
    const { stdout } = await run(['history', '--follow', '--json', '--url', url], {
      signal: stop.signal,
      onWrite: text => text.includes('003_c') && stop.abort('SIGINT'),
    });
    const names = stdout
      .trim()
      .split('\n')
      .map(line => JSON.parse(line).name);
    expect(names).toEqual(['000_create_migrations_table', '001_a', '002_b', '003_c']);
  });
});

describe('resolve', () => {
  test('the command that is printed can be pasted, while the file does not compile', async () => {
    folder('lost', { '001_v.sql': 'CREATE DATABASE never_made_1;\nCREATE DATABASE never_made_2;\n' });
    await call('up', '--dir', folder('empty', { '001_z.sql': 'SELECT 1;\n' }));
    await local.raw.query(`insert into schema_migrations (name, attempt, direction, version, checksum, statements_checksum, status, applied_checksum, statements, statements_applied, in_flight, started_at)
      values ('002_v', 1, 'up', '002', 'x', 'x', 'failed', '', 2, 0, '{"statement":1,"checksum":"a"}', now())`);
    folder('broken', { '002_v.sql': 'CREATE TABEL;\n' });
    const { code, stdout } = await call(
      'resolve',
      '--dir',
      'broken',
      '--migration',
      '002_v',
      '--statement',
      '1',
      '--as',
      'done',
    );
    expect(code).toBe(0);
    expect(stdout).toMatch(/^✓ statement 1 of 002_v is recorded as done/);
    const [row] = (
      await local.raw.query(`select statements_applied, in_flight from schema_migrations where name = '002_v'`)
    ).rows;
    expect(row).toEqual({ statements_applied: 1, in_flight: null });
  });
});

describe('a server by its URL', () => {
  test('a database that was misspelt is told, not created', async () => {
    const wrong = new URL(url);
    wrong.pathname += '_typo';
    const { code, stderr } = await run(['status', '--url', wrong.href, '--dir', 'sql']);
    expect(code).toBe(1);
    expect(stderr).toMatch(/There is no database "\w+_typo" on/);
    const { rows } = await local.raw.query('select 1 from pg_database where datname = $1', [wrong.pathname.slice(1)]);
    expect(rows).toEqual([]);
  });
});
