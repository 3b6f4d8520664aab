import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { describe, expect, test } from 'vitest';
import { random, WHOLE } from '../faults/random.ts';
import { freshDatabase } from '../support/postgresql.ts';
import { until } from '../support/until.ts';
import { folder, inTemporaryFolder, type Ran, run, start } from './run.ts';

inTemporaryFolder();

/** Each leaves a trace that shows when it ran twice, or half. */
const FILES = {
  '001_trace.sql': 'CREATE TABLE trace (migration text);\nINSERT INTO trace VALUES (1);\n',
  '002_two.sql': 'INSERT INTO trace VALUES (2);\nSELECT pg_sleep(0.05);\nCREATE TABLE two (id int);\n',
  '003_index.sql': 'CREATE INDEX CONCURRENTLY trace_migration ON trace (migration);\n',
  '004_steps.sql':
    '-- migrate:up transaction:false\nINSERT INTO trace VALUES (4);\nSELECT pg_sleep(0.05);\nCREATE TABLE four (id int);\n',
  '005_five.sql': 'INSERT INTO trace VALUES (5);\nSELECT pg_sleep(0.05);\n',
};
const TRACE = [['1'], ['2'], ['4'], ['5']];
const SLEEPING = "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND wait_event = 'PgSleep'";
const COUNTS =
  "SELECT name, count(*) FROM schema_migrations WHERE status = 'applied' GROUP BY name HAVING count(*) > 1";

async function query(url: string, sql: string): Promise<string[][]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query({ text: sql, rowMode: 'array' })).rows.map((row: unknown[]) => row.map(String));
  } finally {
    await client.end();
  }
}

async function expectOnceEach(url: string) {
  expect(await query(url, 'SELECT migration FROM trace ORDER BY 1')).toEqual(TRACE);
  expect(await query(url, COUNTS)).toEqual([]);
  const { code, stdout } = await run(['up', '--json', '--url', url, '--dir', 'sql']);
  expect({ code, ...JSON.parse(stdout) }).toMatchObject({
    code: 0,
    outcome: 'nothing-to-do',
    counts: { applied: 6 },
    dataApiCalls: 1,
  });
}

describe('two at once on a fresh database: each migration once, both end well', () => {
  const both = (ended: Ran[]) => {
    for (const { code, stdout, stderr } of ended) {
      expect(stdout + stderr).not.toMatch(/duplicate|unique|23505|42P07/);
      expect(code, stdout + stderr).toBe(0);
    }
  };

  const rounds = (count: number, once: (argv: string[]) => Promise<Ran>) =>
    Promise.all(
      Array.from({ length: count }, async () => {
        await using database = await freshDatabase();
        const argv = ['up', '--url', database.url, '--dir', 'sql'];
        both(await Promise.all([once(argv), once(argv)]));
        await expectOnceEach(database.url);
      }),
    );

  // Some rounds side by side, because much of them is waiting.
  test('again and again, within one process', { timeout: 180_000 }, async () => {
    folder('sql', FILES);
    for (let round = 0; round < (WHOLE ? 20 : 6); round += 2) await rounds(2, argv => run(argv));
  });

  test('as two processes', { timeout: 120_000 }, async () => {
    folder('sql', FILES);
    await rounds(WHOLE ? 3 : 1, argv => start(argv).ended);
  });
});

test('killed at any moment, then up: ends applied, once each', { timeout: 240_000 }, async () => {
  folder('sql', FILES);
  const next = random();
  // At the same time, because most of it is waiting.
  await Promise.all(Array.from({ length: WHOLE ? 4 : 2 }, killTwice));

  async function killTwice() {
    await using database = await freshDatabase();
    const argv = ['up', '--url', database.url, '--dir', 'sql'];
    const moments: number[] = [];
    for (let kill = 0; kill < 2; kill++) {
      const { child, ended } = start(argv);
      // Wait for the first sign of work, so that the moments fall into the run and not into the start of Node.js.
      await Promise.race([new Promise(done => child.stdout.once('data', done)), ended]);
      moments.push(Math.floor(next() * 250));
      await sleep(moments.at(-1));
      child.kill('SIGKILL');
      await ended;
      if (!WHOLE) await outlive(database.url);
    }
    const { code, stdout, stderr } = await run(argv);
    expect(code, `killed after ${moments.join(', ')} ms:\n${stdout}${stderr}`).toBe(0);
    await expectOnceEach(database.url);
  }
});

/** The twenty seconds of the lease of the dead are over at once, when the server has ended their sessions. */
async function outlive(url: string): Promise<void> {
  const others = 'SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()';
  await until('the end of the sessions of the dead', async () => (await query(url, others)).length === 0);
  const [[lease] = []] = await query(url, "SELECT to_regclass('schema_migrations_lease')");
  if (lease !== 'null') await query(url, 'UPDATE schema_migrations_lease SET expires_at = now()');
}

describe('interrupted', () => {
  test('SIGINT: the run ends after the step it is at, lets go of its lease, and exits with 130', async () => {
    await using database = await freshDatabase();
    folder('sql', { '001_a.sql': 'SELECT pg_sleep(1);\n', '002_b.sql': 'SELECT 1;\n' });
    const { child, ended } = start(['up', '--url', database.url, '--dir', 'sql']);
    await until('a session that sleeps', async () => (await query(database.url, SLEEPING)).length > 0, {
      during: ended,
    });
    child.kill('SIGINT');
    const { code, stdout, stderr } = await ended;
    expect(stderr).toContain('Stopping after the step it is at.');
    expect(code, stdout + stderr).toBe(130);
    expect(stdout).toMatch(/✓ 001_a/);
    expect(stdout).not.toMatch(/✓ 002_b/);
    const next = await run(['up', '--url', database.url, '--dir', 'sql']);
    expect(next.stdout).toMatch(/\n✓ 002_b/);
    expect(next.stdout).not.toContain('waiting');
  });

  test('twice: at once; SIGTERM is 143', async () => {
    await using database = await freshDatabase();
    folder('sql', { '001_a.sql': 'SELECT pg_sleep(20);\n' });
    const { child, written, ended } = start(['up', '--url', database.url, '--dir', 'sql']);
    await until('the first migration', () => written.stdout.includes('000_create'), { during: ended });
    child.kill('SIGTERM');
    await until('the answer to the signal', () => written.stderr.includes('Stopping'), { during: ended });
    child.kill('SIGTERM');
    expect(await ended).toMatchObject({ code: 143 });
  });

  test('SIGHUP, a terminal that is closed: in good order too', async () => {
    await using database = await freshDatabase();
    folder('sql', { '001_a.sql': 'SELECT pg_sleep(0.5);\n' });
    const { child, written, ended } = start(['up', '--url', database.url, '--dir', 'sql']);
    await until('the first migration', () => written.stdout.includes('000_create'), { during: ended });
    child.kill('SIGHUP');
    expect(await ended).toMatchObject({ code: 129, stderr: expect.stringContaining('Stopping') });
  });

  test('a reader who goes away does not stop a run', async () => {
    await using database = await freshDatabase();
    folder('sql', FILES);
    const { child, ended } = start(['up', '--url', database.url, '--dir', 'sql']);
    child.stdout.destroy();
    expect(await ended).toMatchObject({ code: 0, stderr: '' });
    await expectOnceEach(database.url);
  });
});
