import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { describe, expect, test } from 'vitest';
import type { Report } from '../../lib/core/report.ts';
import { migrate } from '../../lib/runner/index.ts';
import { WHOLE } from '../faults/random.ts';
import { BUILT_CLI } from '../support/built.ts';
import { type Bench, type BenchOptions, bench, type Files } from '../support/migrations.ts';
import { until } from '../support/until.ts';

/** More of them in `npm run test:faults`. */
const ROUNDS = WHOLE ? 20 : 4;

/** Not to be done twice, none of them. */
const FILES: Files = {
  '0001_a': 'create table log(n int); insert into log values (1);',
  '0002_b': 'create table b(id int); insert into log values (2);',
  '0003_c': 'alter table b add column x int; insert into log values (3);',
  '0004_d':
    '-- migrate:up transaction:false\ninsert into log values (4);\ncreate index concurrently i on b(x);\ninsert into log values (5);',
};

const start = (options: BenchOptions = {}) => bench({ poolSize: 4, auto: false, ...options });

/** The command line as a process of its own. */
function commandLine(made: Bench, files: Files, ...options: string[]) {
  const dir = mkdtempSync(join(tmpdir(), 'migrations-'));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(dir, `${name}.sql`), text);
  const child = spawn(process.execPath, [BUILT_CLI, 'up', '--dir', dir, '--url', made.url, ...options]);
  let [out, err] = ['', ''];
  child.stdout.on('data', chunk => {
    out += chunk;
  });
  // One waits for the other, and says so here.
  child.stderr.on('data', chunk => {
    err += chunk;
  });
  const ended = new Promise<{ code: number | null; out: string; err: string }>(resolve => {
    child.on('close', code => {
      rmSync(dir, { recursive: true });
      resolve({ code, out, err });
    });
  });
  return { child, ended };
}

async function race({ client, runner }: Bench, runs: number): Promise<Report[]> {
  const options = await runner(FILES);
  return Promise.all(
    Array.from({ length: runs }, (_, nth) => migrate({ ...options, database: client(), requestedBy: `racer ${nth}` })),
  );
}

async function onceEach({ sql, value, local }: Bench, reports: readonly Report[]): Promise<void> {
  for (const report of reports) {
    expect(report.problems).toEqual([]);
    expect(report.outcome).toMatch(/^(applied|nothing-to-do)$/);
    expect(report.counts).toMatchObject({ applied: 5, pending: 0, failed: 0 });
  }
  expect(await sql('select n from log order by n')).toEqual([[1], [2], [3], [4], [5]]);
  expect(await sql('select name, attempt, status from schema_migrations order by name collate "C"')).toEqual(
    ['000_create_migrations_table', ...Object.keys(FILES)].sort().map(name => [name, 1, 'applied']),
  );
  const whoDid = reports.flatMap(report => report.applied.filter(name => name !== '000_create_migrations_table'));
  expect(whoDid.sort()).toEqual(Object.keys(FILES));
  expect(await value(`select run_id from schema_migrations_lease where id = 'lease'`)).toBeNull();
  expect(local.openTransactions()).toBe(0);
}

describe.concurrent('runs at the same time on a fresh database: every migration once, all end well', () => {
  test('two, again and again', { timeout: 180_000 }, async () => {
    for (let round = 0; round < ROUNDS; round++) {
      await using made = await start();
      await onceEach(made, await race(made, 2));
    }
  });

  test('ten', async () => {
    await using made = await start({ poolSize: 10 });
    await onceEach(made, await race(made, 10));
  });

  test.each(['repeatable read', 'serializable'])('six, where transactions are %s by default', async level => {
    await using made = await start({ poolSize: 6 });
    const name = new URL(made.url).pathname.slice(1);
    await made.raw.query(`alter database ${name} set default_transaction_isolation = '${level}'`);
    await onceEach(made, await race(made, 6));
  });

  test('two installs at once, again and again', { timeout: 180_000 }, async () => {
    for (let round = 0; round < ROUNDS; round++) {
      await using made = await start();
      const options = await made.runner({ '0001_a': '' });
      const reports = await Promise.all(
        [1, 2].map(() => migrate({ ...options, database: made.client(), requestedBy: 'test' })),
      );
      expect(reports.map(report => report.outcome).join()).not.toMatch(/failed|stopped/);
      expect(await made.value(`select count(*)::int from schema_migrations`)).toBe(2);
    }
  });

  test('two processes of the command line', async () => {
    await using made = await start();
    const cli = () => commandLine(made, FILES, '--json').ended;
    const ended = await Promise.all([cli(), cli()]);
    expect(
      ended.map(({ code }) => code),
      ended.map(({ err }) => err).join('\n'),
    ).toEqual([0, 0]);
    await onceEach(
      made,
      ended.map(({ out }) => JSON.parse(out) as Report),
    );
  });
});

// One after the other: processes that start at once on a busy machine may not get through to the database in time.
describe('a run that is killed', () => {
  const title = '%i ms after its first statement: the next one ends applied, once each';
  test.each([0, 60, 200])(title, { timeout: 180_000 }, async wait => {
    await using made = await start();
    await made.up({ '0005_z': 'select 1;' });
    const files: Files = {
      '0005_z': 'select 1;',
      ...FILES,
      '0002_b': `${FILES['0002_b']} select pg_sleep(0.1);`,
      '0003_c': `select pg_sleep(0.1); ${FILES['0003_c']}`,
    };
    const { child, ended } = commandLine(made, files);
    await until(
      'a lease of the child',
      async () => (await made.value(`select run_id from schema_migrations_lease where id = 'lease'`)) !== null,
      // Where the machine is busy, three processes that start at once take longer than usual.
      { during: ended, withinMs: 120_000 },
    );
    await new Promise(resolve => setTimeout(resolve, wait));
    child.kill('SIGKILL');
    await ended;
    // The lease would end by itself, after 20 seconds. Not while what the dead run began is still at work.
    await made.raw.query(
      `update schema_migrations_lease set expires_at = now() - interval '1 second' where id = 'lease'`,
    );
    const report = await made.up(files);
    expect(report.outcome).toMatch(/^(applied|nothing-to-do)$/);
    expect(await made.sql('select n from log order by n')).toEqual([[1], [2], [3], [4], [5]]);
    expect(
      await made.sql(`select name from schema_migrations where status = 'applied' group by name having count(*) > 1`),
    ).toEqual([]);
  });
});

describe.concurrent('the lease', () => {
  test('is waited for, and the waiter is told who has it', async () => {
    await using made = await start();
    await made.raw.query('create table gate()');
    const other = new pg.Client(made.url);
    await other.connect();
    await other.query('begin; lock table gate in access exclusive mode');
    const slow = { '0001_slow': 'select from gate; create table slow();' };
    const heard: string[] = [];
    const options = { ...(await made.runner(slow)), lockTimeoutMs: 60_000 };
    const first = migrate({ ...options, database: made.client(), requestedBy: 'the first' });
    await until('the slow migration', () =>
      made.local.log.entries.some(entry => entry.sql?.includes('name:0001_slow')),
    );
    const second = migrate({
      ...options,
      database: made.client(),
      requestedBy: 'the second',
      on: event => event.event === 'waiting' && heard.push(event.what),
    });
    await until('a word of the second run', () => heard.length > 0, { during: second });
    await other.query('commit');
    await other.end();
    expect((await first).outcome).toBe('applied');
    expect(await second).toMatchObject({ outcome: 'nothing-to-do' });
    expect(heard.join()).toMatch(/the first|0001_slow/);
  });

  test('held longer than the budget: the run stops, says by whom, and what to do', async () => {
    await using made = await start();
    await made.up({ '0001_a': 'select 1;' });
    await made.raw.query(
      `update schema_migrations_lease set run_id = 'x', requested_by = 'somebody', expires_at = now() + interval '1 hour' where id = 'lease'`,
    );
    const report = await made.up({ '0001_a': 'select 1;', '0002_b': 'create table b();' }, { budgetMs: 300 });
    expect(report).toMatchObject({
      outcome: 'stopped',
      applied: [],
      problems: [{ code: 'lease-held', message: expect.stringContaining('somebody') }],
    });
  });

  test('of a run that died gives way when it has expired', async () => {
    await using made = await start();
    await made.up({ '0001_a': 'select 1;' });
    await made.raw.query(
      `update schema_migrations_lease set run_id = 'x', requested_by = 'somebody', expires_at = now() + interval '400 milliseconds' where id = 'lease'`,
    );
    expect((await made.up({ '0001_a': 'select 1;', '0002_b': 'create table b();' })).outcome).toBe('applied');
  });

  test('is renewed by a try that meets a lock, which leaves no row', async () => {
    await using made = await start({ poolSize: 2 });
    await made.up({ '0001_a': 'create table a();' });
    const other = new pg.Client(made.url);
    await other.connect();
    await other.query('begin; lock table a in access exclusive mode');
    const left: number[] = [];
    made.local.faults.before({ sql: 'run_1', times: 0 }, async () => {
      left.push(
        Number(
          await made.value(
            `select extract(epoch from expires_at - clock_timestamp())::float from schema_migrations_lease where id = 'lease'`,
          ),
        ),
      );
      await made.raw.query(
        `update schema_migrations_lease set expires_at = now() + interval '3 seconds' where id = 'lease'`,
      );
    });
    const running = made.up(
      { '0001_a': 'create table a();', '0002_b': 'alter table a add x int;' },
      { lockTimeoutMs: 20 },
    );
    await until('two renewals of the lease', () => left.length > 1, { during: running });
    await other.query('commit');
    expect((await running).outcome).toBe('applied');
    expect(left.length).toBeGreaterThan(1);
    expect(Math.min(...left)).toBeGreaterThan(10);
    await other.end();
  });

  test('lost in the middle: nothing is written without it, and the run takes it again', async () => {
    await using made = await start({ poolSize: 2 });
    await made.up({ '0001_a': 'select 1;' });
    let once = true;
    made.local.faults.before({ sql: 'name:0003_c' }, async () => {
      if (!once) return;
      once = false;
      await made.raw.query(
        `update schema_migrations_lease set run_id = 'thief', expires_at = now() + interval '300 milliseconds' where id = 'lease'`,
      );
    });
    const report = await made.up({
      '0001_a': 'select 1;',
      '0002_b': 'create table b();',
      '0003_c': 'create table c();',
    });
    expect(report).toMatchObject({ outcome: 'applied', applied: ['0002_b', '0003_c'] });
    expect(await made.value(`select count(*)::int from schema_migrations where name ~ '_[bc]$'`)).toBe(2);
  });

  test('an interrupted run ends after its step, and gives the lease back', async () => {
    await using made = await start();
    const stop = new AbortController();
    const report = await made.up(
      { '0001_a': 'create table a();', '0002_b': 'create table b();' },
      { signal: stop.signal, on: event => event.event === 'applied' && event.migration === '0001_a' && stop.abort() },
    );
    expect(report).toMatchObject({
      outcome: 'stopped',
      applied: expect.arrayContaining(['0001_a']),
      problems: [{ code: 'interrupted' }],
    });
    expect(await made.value(`select run_id from schema_migrations_lease where id = 'lease'`)).toBeNull();
  });

  describe('what was read before it is granted', () => {
    const FIRST: Files = { '0001_t': 'create table t (n int);' };
    const NEXT: Files = { ...FIRST, '0002_x': 'insert into t values (1);' };
    /** Between the reading of the history and the lease. */
    const between = ({ local }: Bench, what: () => Promise<unknown>) => {
      let once = true;
      local.faults.before({ sql: 'requested_by = :requested_by' }, async () => {
        if (!once) return;
        once = false;
        await what();
      });
    };

    test('holds while nobody has had it since', async () => {
      // Of the session in which it is asked, nothing comes into that.
      await using made = await start({ dirty: [`set timezone = 'Asia/Tokyo'`, 'set datestyle = German'] });
      await made.up(FIRST);
      expect(await made.up(NEXT)).toMatchObject({ outcome: 'applied', dataApiCalls: 1 + 2 });
    });

    test('is read again where another run has had it since', async () => {
      await using made = await start();
      await made.up(FIRST);
      between(made, () => made.up({ ...FIRST, '0003_y': 'insert into t values (3);' }));
      const report = await made.up({ ...NEXT, '0003_y': 'insert into t values (3);' });
      expect(report).toMatchObject({ outcome: 'applied', applied: ['0002_x'], problems: [] });
      expect(await made.sql('select n from t order by n')).toEqual([[1], [3]]);
    });

    test('is read again where somebody has resolved a statement since', async () => {
      await using made = await start();
      await made.up(FIRST);
      const files: Files = {
        ...FIRST,
        '0002_x': `-- migrate:up transaction:false\ncreate table u (n int);\ninsert into w values (2);\ninsert into t values (3);`,
      };
      expect((await made.up(files)).outcome).toBe('failed');
      between(made, () => made.resolve(files, '0002_x', 2, 'done'));
      expect(await made.up(files)).toMatchObject({ outcome: 'applied', problems: [] });
      expect(await made.sql('select n from t')).toEqual([[3]]);
    });

    test('is read again where a run holds it that has died', async () => {
      await using made = await start();
      await made.up(FIRST);
      await made.raw.query(
        `update schema_migrations_lease set run_id = 'dead', expires_at = now() - interval '1 s' where id = 'lease'`,
      );
      expect(await made.up(NEXT)).toMatchObject({ outcome: 'applied', dataApiCalls: 1 + 3 });
    });
  });
});
