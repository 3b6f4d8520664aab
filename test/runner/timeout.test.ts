import { describe, expect, test, vi } from 'vitest';
import { logRun } from '../../lambda/log.ts';
import { progress } from '../../lib/cli/progress.ts';
import type { RunEvent } from '../../lib/core/report.ts';
import { fakeScreen } from '../cli/fixtures.ts';
import { SHORT_CALLS } from '../support/clocks.ts';
import { type Bench, copiesOf, type Files } from '../support/migrations.ts';
import { mortal, SHORT } from '../support/sweep.ts';
import { until } from '../support/until.ts';

/** The lease is as long as always, but where a run dies: a busy machine needs its time between two calls. */
const QUICK = { lockTimeoutMs: 500 };

/** One row: an expression that sleeps is evaluated once. Both functions lie to PostgreSQL, so that an index may use them. */
const FIRST: Files = {
  '0001_first': `create table t(id int, n int); insert into t values (1, 1); create table log(n int);
    create function slow(int, float) returns int immutable language plpgsql as 'begin perform pg_catalog.pg_sleep($2); return $1; end';
    create function slow_error(int) returns int immutable language plpgsql as 'begin perform pg_catalog.pg_sleep(0.7); return $1 / 0; end';
    create unique index once on t(id);`,
};

/** Twenty pages of one row each. */
const WIDE = `create table wide(id int, filler text); alter table wide alter filler set storage plain;
  insert into wide select g, repeat('x', 5000) from generate_series(1, 20) g`;

const start = copiesOf(FIRST, { poolSize: 3, clocks: SHORT_CALLS });

/** Where a call has to be made in a transaction of the Data API, after what makes its session fit for it. */
async function startBounded(): Promise<Bench> {
  const made = await start();
  await made.raw.query(`alter database ${new URL(made.url).pathname.slice(1)} set statement_timeout = '30s'`);
  return made;
}

/** Calls that ended with the timeout. */
const timeouts = ({ local }: Bench) =>
  local.log.entries.filter(({ outcome }) => outcome === 'StatementTimeoutException').length;

const last = (made: Bench) =>
  made.sql(
    `select status, statements_applied, coalesce(error_code, ''), coalesce(error_message, '') from schema_migrations where name = '0002_x' order by attempt`,
  );

/** How often the index was begun. */
const builds = ({ local }: Bench) =>
  local.log.entries.filter(({ sql }) => /\*\/\s*create index concurrently/.test(sql ?? '')).length;

const indexes = ({ sql }: Bench) =>
  sql(`select indisvalid from pg_index where indrelid = 't'::regclass and indexrelid <> 'once'::regclass`);

const ways = [
  ['in one transaction', ''],
  ['statement by statement', '-- migrate:up transaction:false\n'],
] as const;

const statements = [
  [
    'ALTER',
    'alter table t add column s text default (pg_sleep(2.5)::text)',
    `select count(*)::int from pg_attribute where attrelid = 't'::regclass and attname = 's'`,
  ],
  ['UPDATE', 'update t set n = slow(n, 2.5) + 1', 'select n - 1 from t'],
  ['CREATE INDEX', 'create index i on t(slow(n, 2.5))', `select count(*)::int from pg_class where relname = 'i'`],
  [
    'several',
    'update t set n = slow(n, 0.2) + 1; alter table t add column s text default (pg_sleep(2.5)::text)',
    'select n - 1 from t',
  ],
] as const;

const failing = [
  ['ALTER', 'alter table t add column s int default slow_error(1)', '22012', 'division by zero'],
  ['UPDATE', 'update t set n = slow_error(n)', '22012', 'division by zero'],
  [
    'a whole migration',
    'insert into t values (2, 2); select pg_sleep(0.4); select pg_sleep(0.4); insert into t values (1, 9)',
    '23505',
    'duplicate key value violates unique constraint "once"',
  ],
] as const;

// They wait most of the time: several at once.
describe.concurrent('PostgreSQL: a statement that outlives its call', () => {
  describe.each(ways)('%s', (_, head) => {
    const around = (sql: string): Files => ({
      ...FIRST,
      '0002_x': `${head}insert into log values (1);\n${sql};\ninsert into log values (2);`,
    });

    test.each(statements)('%s: applied, once', async (_what, sql, done) => {
      await using made = await start();
      const heard: RunEvent[] = [];
      const report = await made.up(around(sql), { ...QUICK, on: event => heard.push(event) });
      expect(report).toMatchObject({ outcome: 'applied', applied: ['0002_x'], problems: [] });
      if (head === '' || !sql.includes(';')) expect(timeouts(made)).toBeGreaterThan(0);
      expect(await made.value(done)).toBe(1);
      expect(await made.sql('select n from log order by n')).toEqual([[1], [2]]);
      expect((await last(made)).filter(([status]) => status === 'applied')).toHaveLength(1);
      if (head === '') expect(await last(made)).toHaveLength(1);
      // Who waits says for what, and for how long already.
      if (timeouts(made) > 0) {
        expect(heard).toContainEqual(
          expect.objectContaining({
            event: 'waiting',
            what: expect.stringMatching(/^a statement of this run, name:0002_x.*, \d+ s/),
          }),
        );
      }
      made.local.log.assertNoWriteRetried();
    });

    test.each(failing.filter(([what]) => head === '' || what !== 'a whole migration'))(
      "%s: failed, in the database's own words",
      async (_what, sql, code, message) => {
        await using made = await start();
        const report = await made.up(around(sql), QUICK);
        expect(report).toMatchObject({ outcome: 'failed', applied: [], problems: [] });
        expect(report.migrations[2]).toMatchObject({ state: 'failed', error: { code, message } });
        expect(timeouts(made)).toBeGreaterThan(0);
        // Tried once.
        expect((await last(made)).filter(([status, , error]) => status === 'failed' && error === code)).toHaveLength(1);
        expect(await made.sql('select n from log')).toHaveLength(head === '' ? 0 : 1);
      },
    );
  });

  test('CREATE INDEX CONCURRENTLY: waited for, not built twice', async () => {
    await using made = await start();
    const report = await made.up({ ...FIRST, '0002_x': 'create index concurrently i on t(slow(n, 0.6));' }, QUICK);
    expect(report).toMatchObject({ outcome: 'applied', applied: ['0002_x'] });
    expect(timeouts(made)).toBeGreaterThan(0);
    expect(await indexes(made)).toEqual([[true]]);
    expect(builds(made)).toBe(1);
  });

  test('CREATE INDEX CONCURRENTLY that fails at last: the run says so, and does not build it for ever', async () => {
    await using made = await start();
    const files = { ...FIRST, '0002_x': 'create index concurrently i on t(slow_error(n));' };
    const report = await made.up(files, { ...QUICK, budgetMs: 40_000 });
    expect(report).toMatchObject({ outcome: 'failed', applied: [] });
    expect(report.migrations[2]!.error).toMatchObject({ statement: 1, message: expect.stringMatching(/index/) });
    expect(builds(made)).toBeLessThanOrEqual(2);
    // Mended, the leftover gives way.
    const mended = await made.up({ ...FIRST, '0002_x': 'create index concurrently i on t(n);' }, QUICK);
    expect(mended).toMatchObject({ outcome: 'applied' });
    expect(await indexes(made)).toEqual([[true]]);
  });

  test("while an index is built, how far it is stands on the terminal and in the function's log", async () => {
    await using made = await start();
    await made.raw.query(WIDE);
    const screen = fakeScreen({ live: true, width: 200 });
    const shown = progress(screen);
    const files = { ...FIRST, '0002_x': 'create index concurrently i on wide(slow(id, 0.2));' };
    const lines: string[] = [];
    const write = vi.spyOn(process.stdout, 'write').mockImplementation(line => lines.push(String(line)) > 0);
    const logged = logRun('request');
    const on = (event: RunEvent) => {
      shown.on(event);
      logged(event);
    };
    const report = await made.up(files, { ...QUICK, on }).finally(() => write.mockRestore());
    shown.end();
    expect(report).toMatchObject({ outcome: 'applied', problems: [] });
    expect(screen.written).toMatch(/name:0002_x statement:1, \d+ s, building index: scanning table \d+ %/);
    const percents = [...screen.written.matchAll(/scanning table (\d+) %/g)].map(([, percent]) => Number(percent));
    expect(percents).toEqual(percents.toSorted((one, other) => one - other));
    expect(new Set(percents).size).toBeGreaterThan(1);
    const told = lines.filter(line => /"event":"waiting".*scanning table \d+ %/.test(line));
    expect(told.length).toBeGreaterThan(1);
    expect(JSON.parse(told[0]!)).toMatchObject({ level: 'INFO', event: 'waiting', request: 'request' });
  });
});

describe.concurrent('PostgreSQL: a statement that outlives its call, where a statement_timeout is set', () => {
  const applies = ({ local }: Bench) =>
    local.log.entries.filter(({ sql, transactionId }) => transactionId && /run_1/.test(sql ?? ''));

  describe.each(ways)('%s', (_, head) => {
    test.each(statements.filter(([what]) => /ALTER|several/.test(what)))(
      '%s: applied, once, with its locks gone at once',
      async (_what, sql, done) => {
        await using made = await startBounded();
        const heard: RunEvent[] = [];
        const files = {
          ...FIRST,
          '0002_x': `${head}insert into log values (1);\n${sql};\ninsert into log values (2);`,
        };
        const report = await made.up(files, { ...QUICK, on: event => heard.push(event), progressMs: 100 });
        expect(report).toMatchObject({ outcome: 'applied', applied: ['0002_x'], problems: [] });
        if (head === '' || !sql.includes(';')) expect(timeouts(made)).toBe(1);
        expect(await made.value(done)).toBe(1);
        expect(await made.sql('select n from log order by n')).toEqual([[1], [2]]);
        expect((await last(made)).filter(([status]) => status === 'applied')).toHaveLength(1);
        if (head === '') expect(applies(made)).toHaveLength(1);
        // Committed, none left to be given up.
        expect(made.local.openTransactions()).toBe(0);
        expect(heard).toContainEqual(expect.objectContaining({ event: 'working', migration: '0002_x' }));
        made.local.log.assertNoWriteRetried();
      },
    );

    test.each(failing.filter(([what]) => what === 'ALTER'))(
      "%s: failed, in the database's own words",
      async (_what, sql, code, message) => {
        await using made = await startBounded();
        const files = { ...FIRST, '0002_x': `${head}insert into log values (1);\n${sql};` };
        const report = await made.up(files, QUICK);
        expect(report.migrations[2]).toMatchObject({ state: 'failed', error: { code, message } });
        expect(timeouts(made)).toBe(1);
        expect(made.local.openTransactions()).toBe(0);
      },
    );
  });

  test('a run that is told to end meanwhile ends', async () => {
    await using made = await startBounded();
    const told = new AbortController();
    const running = made.up({ ...FIRST, '0002_x': 'select pg_sleep(3);' }, { ...QUICK, signal: told.signal });
    await until('a call that times out', () => timeouts(made) > 0, { during: running });
    told.abort();
    expect(await running).toMatchObject({ outcome: 'stopped', problems: [{ code: 'lease-held' }] });
  });

  test('on a connection that another has left read-only too', async () => {
    const dirty = ['set default_transaction_read_only = on'];
    await using made = await start({ poolSize: 1, dirty });
    const report = await made.up({ ...FIRST, '0002_x': 'select pg_sleep(0.8); insert into log values (1);' }, QUICK);
    expect(report).toMatchObject({ outcome: 'applied', problems: [] });
    expect(await made.sql('select n from log')).toEqual([[1]]);
    expect(await last(made)).toHaveLength(1);
  });
});

describe.concurrent('PostgreSQL: a statement within its call that goes on and on', () => {
  const heard = async (sql: string, prepare = '') => {
    await using made = await start({ clocks: {} });
    await made.raw.query(`${WIDE}; ${prepare}`);
    const events: RunEvent[] = [];
    const on = (event: RunEvent) => events.push(event);
    const report = await made.up({ ...FIRST, '0002_x': sql }, { on, progressMs: 100 });
    expect(report).toMatchObject({ outcome: 'applied', problems: [] });
    return events.filter(event => event.event === 'working');
  };

  test.each([
    ['CREATE INDEX', 'create index i on wide(slow(id, 0.05));', /^building index: scanning table \d+ %$/],
    ['REINDEX', 'reindex index j;', /^building index: scanning table \d+ %$/],
    [
      'CLUSTER',
      'alter table wide add check (slow(id, 0.02) > 0); cluster wide using k;',
      /^CLUSTER: (index scanning|seq scanning|sorting|writing new|rebuilding) /,
    ],
  ])('%s: with its phase and percent', async (_, sql, progress) => {
    const working = await heard(sql, 'create index j on wide(slow(id, 0.1)); create index k on wide(id)');
    expect(working.length).toBeGreaterThan(2);
    expect(working).toContainEqual({
      event: 'working',
      migration: '0002_x',
      seconds: expect.any(Number),
      progress: expect.stringMatching(progress),
    });
  });

  test('one of which PostgreSQL tells nothing: that it goes on, and for how long', async () => {
    const working = await heard('select pg_sleep(1.2);');
    expect(working).toContainEqual({ event: 'working', migration: '0002_x', seconds: 1, progress: null });
  });

  test('a migration that takes no time says nothing, and nothing is asked', async () => {
    await using made = await start({ clocks: {} });
    const events: RunEvent[] = [];
    await made.up({ ...FIRST, '0002_x': 'select 1;' }, { on: event => events.push(event) });
    expect(events.map(({ event }) => event)).toEqual(['started', 'applied']);
    expect(
      made.local.log.entries.some(({ sql }) => /pg_stat_progress_vacuum/.test(sql ?? '') && !/at_work/.test(sql!)),
    ).toBe(false);
  });

  test('a database that does not answer to that changes nothing', async () => {
    await using made = await start({ clocks: {} });
    made.local.faults.add({ fault: 'opaque', pattern: '^SELECT coalesce\\(p.phase', times: 0 });
    const events: RunEvent[] = [];
    const on = (event: RunEvent) => events.push(event);
    const report = await made.up({ ...FIRST, '0002_x': 'select pg_sleep(0.5);' }, { on, progressMs: 100 });
    expect(report).toMatchObject({ outcome: 'applied', problems: [] });
    expect(events.filter(({ event }) => event === 'working')).toContainEqual(
      expect.objectContaining({ progress: null }),
    );
  });
});

describe.concurrent('PostgreSQL: what a dead run left', () => {
  const files = { ...FIRST, '0002_x': 'create index concurrently i on t(slow(n, 3));' };
  const working = `from pg_stat_activity where datname = current_database() and query like '%*/ create index%' and state = 'active' and pid <> pg_backend_pid()`;

  /** A run that dies while its index is built. */
  async function dead(made: Bench): Promise<void> {
    // Connected before there is something to see.
    await made.value('select 1');
    const death = new AbortController();
    made.local.faults.before({ pattern: '\\*/ create index concurrently' }, () => death.abort());
    void made.up(files, { ...SHORT, database: mortal(made.client(), death.signal) });
    await until(
      'the build of the dead run',
      async () => death.signal.aborted && (await made.value(`select count(*)::int ${working}`)) === 1,
    );
  }

  test('its build lives: nobody competes with it, and the next run takes what it comes to', async () => {
    await using made = await start();
    await dead(made);
    const heard: string[] = [];
    const on = (event: RunEvent) => event.event === 'waiting' && heard.push(event.what);
    expect(await made.up(files, { ...QUICK, on })).toMatchObject({ outcome: 'applied', problems: [] });
    expect(heard.join('\n')).toContain('a statement of an earlier run, name:0002_x statement:1');
    expect(await indexes(made)).toEqual([[true]]);
    expect(builds(made)).toBe(1);
  });

  test('its build died too: what it left is dropped and built again', async () => {
    await using made = await start();
    await dead(made);
    await until('the index of the dead run', async () => (await indexes(made)).length === 1);
    await made.sql(`select pg_terminate_backend(pid) ${working}`);
    expect(await made.up(files, QUICK)).toMatchObject({ outcome: 'applied', problems: [] });
    expect(await indexes(made)).toEqual([[true]]);
    expect(builds(made)).toBe(2);
    expect(made.local.log.entries.filter(({ sql }) => /DROP INDEX CONCURRENTLY/.test(sql ?? ''))).toHaveLength(1);
  });
});
