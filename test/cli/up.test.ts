import { writeFileSync } from 'node:fs';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type FreshDatabase, freshDatabase } from '../support/postgresql.ts';
import { folder, inTemporaryFolder, run } from './run.ts';

inTemporaryFolder();

const SOUND = {
  '001_users.sql': '-- Migration: Users\nCREATE TABLE users (id int PRIMARY KEY, name text);\n',
  '002_index.sql': 'CREATE INDEX CONCURRENTLY users_name ON users (name);\n',
};

describe('the life of a folder', () => {
  let database: FreshDatabase;
  let target: string[];
  beforeAll(async () => {
    database = await freshDatabase();
    target = ['--url', database.url, '--dir', 'sql'];
    folder('sql', SOUND);
  });
  afterAll(() => database.drop());

  test('before anything: all is pending, nothing is changed', async () => {
    const { code, stdout } = await run(['status', ...target]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/○ {2}001_users +pending/);
    expect(stdout).toMatch(/^3 pending \(\d Data API calls?\)$/m);
    expect((await run(['status', '--exit-code', ...target])).code).toBe(3);
    expect(await query(database.url, "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'")).toEqual([['0']]);
  });

  test('plan: the steps in their order', async () => {
    const { code, stdout } = await run(['plan', ...target]);
    expect(code).toBe(0);
    expect(stdout).toMatch(
      /2 {2}001_users +pending {2}one transaction, 1 statement\n3 {2}002_index +pending {2}one by one, 1 statement\n/,
    );
    expect(stdout).toMatch(/^"up" would apply 3 \(1 Data API call\)$/m);
  });

  test('up applies them and says so', async () => {
    const { code, stdout, stderr } = await run(['up', ...target]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(
      /^✓ 000_create_migrations_table +[\d.]+ m?s\n✓ 001_users +[\d.]+ m?s\n✓ 002_index +[\d.]+ m?s\n/m,
    );
    expect(stdout).toMatch(/^3 applied in [\d.]+ m?s \(\d+ Data API calls\)$/m);
  });

  test('again: nothing to do, one Data API call', async () => {
    const { code, stdout } = await run(['up', ...target]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^Nothing to do: 3 applied \(1 Data API call\)$/m);
    expect(JSON.parse((await run(['up', '--json', ...target])).stdout)).toMatchObject({
      outcome: 'nothing-to-do',
      dataApiCalls: 1,
      applied: [],
    });
    expect((await run(['status', '--exit-code', ...target])).code).toBe(0);
  });

  test('a failing migration: what, where, in the words of the database; what is applied; what next', async () => {
    writeFileSync(
      'sql/003_orders.sql',
      'CREATE TABLE orders (id int);\nINSERT INTO orders\n  SELECT idd FROM users;\n',
    );
    writeFileSync('sql/004_more.sql', 'CREATE TABLE more (id int);\n');
    const { code, stdout } = await run(['up', ...target], { columns: 100, env: { NO_COLOR: '1' } });
    expect(code).toBe(1);
    expect(stdout).toContain('✗ 003_orders failed at sql/003_orders.sql:3:10, statement 2 of 2\n');
    expect(stdout).toMatch(
      / {2}42703 {3}column "idd" does not exist\n {2}Hint {4}Perhaps you meant to reference the column "users\.id"/,
    );
    expect(stdout).toContain('  3 │   SELECT idd FROM users;\n    │          ^\n');
    expect(stdout).toMatch(
      /Applied +This run applied nothing else\. 003_orders ran in one transaction and left nothing\n? +behind\./,
    );
    expect(stdout).toMatch(/Next +\S/);
    expect(stdout).toMatch(/^Failed in .*: nothing was applied, 1 failed, 1 pending \(\d Data API calls\)$/m);
    expect(await query(database.url, "SELECT count(*) FROM pg_tables WHERE tablename IN ('orders', 'more')")).toEqual([
      ['0'],
    ]);
  });

  test('status shows the error in full, history the attempt', async () => {
    const { stdout } = await run(['status', ...target]);
    expect(stdout).toMatch(/✗ {2}003_orders +failed/);
    expect(stdout).toContain('  42703   column "idd" does not exist\n');
    expect(stdout).toContain('statement 2 of 2');
    const { attempts } = JSON.parse((await run(['history', '--json', '--limit', '1', ...target])).stdout);
    expect(attempts).toMatchObject([
      { name: '003_orders', status: 'failed', errorCode: '42703', errorStatement: 2, requestedBy: 'cli:ada' },
    ]);
  });

  test('the next up tries it again: nothing needs to be repaired', async () => {
    writeFileSync('sql/003_orders.sql', 'CREATE TABLE orders (id int);\nINSERT INTO orders\n  SELECT id FROM users;\n');
    const { code, stdout } = await run(['up', ...target]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^✓ 003_orders +\d+ ms {2}attempt 2\n✓ 004_more +\d+ ms\n2 applied in /m);
  });

  test('status as JSON keeps its shape', async () => {
    const { code, stdout } = await run(['status', '--json', ...target]);
    expect(code).toBe(0);
    const status = JSON.parse(stdout);
    expect(Object.keys(status)).toEqual(['migrations', 'counts', 'notes', 'running', 'dataApiCalls']);
    expect(status.dataApiCalls).toBe(1);
    expect(status.counts).toMatchObject({ applied: 5, pending: 0, failed: 0 });
    expect(status.migrations[1]).toEqual({
      name: '001_users',
      version: '001',
      description: 'Users',
      file: 'sql/001_users.sql',
      state: 'applied',
      checksum: expect.stringMatching(/^[0-9a-f]{64}$/),
      attempt: 1,
      at: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
      executionTimeMs: expect.any(Number),
      statements: 1,
      statementsApplied: 1,
      error: null,
    });
  });

  test('an edit that is not harmless stops the plan, with the ways out', async () => {
    writeFileSync('sql/004_more.sql', 'DROP TABLE IF EXISTS more;\nCREATE TABLE more (id bigint);\n');
    const plan = await run(['plan', ...target]);
    expect(plan.code).toBe(1);
    expect(plan.stdout).toMatch(/^"up" would apply nothing: 1 problem \(2 Data API calls\)$/m);
    const up = await run(['up', ...target]);
    expect(up.code).toBe(1);
    expect(up.stdout).toMatch(/sql\/004_more\.sql:1.*004_more was changed after it was applied.*drops.*reapply:true/);
    expect(up.stdout).toMatch(/^Stopped in .*: nothing was applied/m);
    expect((await run(['up', '--on-changed', 'ignore', ...target])).code).toBe(0);
  });

  test('resolve of something that is not in doubt says so', async () => {
    const { code, stderr } = await run([
      'resolve',
      '--migration',
      '004_more',
      '--statement',
      '1',
      '--as',
      'done',
      ...target,
    ]);
    expect(code).toBe(1);
    expect(stderr).toMatch(/004_more does not stand at statement 1/);
  });
});

describe('a database that cannot be used', () => {
  test('unreachable', async () => {
    folder('sql', SOUND);
    const { code, stdout, stderr } = await run([
      'up',
      '--url',
      'postgres://ada:secret@127.0.0.1:1/app',
      '--dir',
      'sql',
    ]);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(/^✗ PostgreSQL at 127\.0\.0\.1:1 cannot be reached: .*ECONNREFUSED/);
    expect(stderr).toMatch(/Next +Check host and port/);
    expect(stderr).not.toContain('secret');
  });

  test('wrong password', async () => {
    await using database = await freshDatabase();
    const url = new URL(database.url);
    url.password = 'wrong-one';
    const { code, stderr } = await run(['up', '--url', url.href, '--dir', 'sql', '--verbose']);
    expect(code).toBe(1);
    expect(stderr).toMatch(/password authentication failed for user/);
    expect(stderr).toMatch(/Next +Check user and password/);
    expect(stderr).not.toContain('wrong-one');
    const json = await run(['up', '--url', url.href, '--dir', 'sql', '--json']);
    expect(JSON.parse(json.stdout)).toMatchObject({ problems: [{ code: 'not-started', remedy: expect.any(String) }] });
  });

  test('a table of another tool is never written to', async () => {
    await using database = await freshDatabase();
    await query(database.url, 'CREATE TABLE schema_migrations (version bigint PRIMARY KEY, dirty boolean)');
    for (const command of ['up', 'plan', 'status']) {
      const { code, stdout, stderr } = await run([command, '--url', database.url, '--dir', 'sql']);
      expect(code, command).toBe(1);
      expect(stdout + stderr, command).toMatch(/schema_migrations/);
      expect(stdout + stderr, command).toMatch(/another tool|not ours|table/i);
    }
    expect(await query(database.url, 'SELECT count(*) FROM schema_migrations')).toEqual([['0']]);
    expect((await run(['up', '--url', database.url, '--dir', 'sql', '--table', 'our_migrations'])).code).toBe(0);
  });
});

async function query(url: string, sql: string): Promise<string[][]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query({ text: sql, rowMode: 'array' })).rows.map((row: unknown[]) => row.map(String));
  } finally {
    await client.end();
  }
}
