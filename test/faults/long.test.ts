import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { progress } from '../../lib/cli/progress.ts';
import type { RunEvent } from '../../lib/core/report.ts';
import { fakeScreen } from '../cli/fixtures.ts';
import { type Bench, bench, type Files, template } from '../support/migrations.ts';
import { mortal } from '../support/sweep.ts';
import { until } from '../support/until.ts';
import { SHORT } from './sweep.ts';

/** The 45 seconds of a call are 0.45 here. */
const clocks = { scale: 0.01 };

/** One row: an expression that sleeps is evaluated once. Both functions lie to PostgreSQL, so that an index may use them. */
const FIRST: Files = {
  '0001_first': `create table t(id int, n int); insert into t values (1, 1); create table log(n int);
    create function slow(int, float) returns int immutable language plpgsql as 'begin perform pg_catalog.pg_sleep($2); return $1; end';
    create function slow_error(int) returns int immutable language plpgsql as 'begin perform pg_catalog.pg_sleep(0.7); return $1 / 0; end';
    create unique index once on t(id);`,
};

let installed: { name: string; drop(): Promise<void> };
beforeAll(async () => {
  installed = await template(async ({ up }) => {
    await up(FIRST);
  });
});
afterAll(() => installed.drop());

const start = () => bench({ template: installed.name, poolSize: 3, clocks, auto: false });

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
    'alter table t add column s text default (pg_sleep(0.8)::text)',
    `select count(*)::int from pg_attribute where attrelid = 't'::regclass and attname = 's'`,
  ],
  ['UPDATE', 'update t set n = slow(n, 0.8) + 1', 'select n - 1 from t'],
  ['CREATE INDEX', 'create index i on t(slow(n, 0.8))', `select count(*)::int from pg_class where relname = 'i'`],
  [
    'several',
    'update t set n = slow(n, 0.4) + 1; alter table t add column s text default (pg_sleep(0.4)::text)',
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
      const report = await made.up(around(sql), { ...SHORT, on: event => heard.push(event) });
      expect(report).toMatchObject({ outcome: 'applied', applied: ['0002_x'], problems: [] });
      if (head === '' || !sql.includes(';')) expect(timeouts(made)).toBeGreaterThan(0);
      expect(await made.value(done)).toBe(1);
      expect(await made.sql('select n from log order by n')).toEqual([[1], [2]]);
      expect((await last(made)).filter(([status]) => status === 'applied')).toHaveLength(1);
      if (head === '') expect(await last(made)).toHaveLength(1);
      // Who waits says for what, and for how long already.
      if (timeouts(made) > 0) {
        expect(heard).toContainEqual(
          expect.objectContaining({ event: 'waiting', what: expect.stringMatching(/name:0002_x.*, \d+ s/) }),
        );
      }
      made.local.log.assertNoWriteRetried();
    });

    test.each(failing.filter(([what]) => head === '' || what !== 'a whole migration'))(
      "%s: failed, in the database's own words",
      async (_what, sql, code, message) => {
        await using made = await start();
        const report = await made.up(around(sql), SHORT);
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
    const report = await made.up({ ...FIRST, '0002_x': 'create index concurrently i on t(slow(n, 0.6));' }, SHORT);
    expect(report).toMatchObject({ outcome: 'applied', applied: ['0002_x'] });
    expect(timeouts(made)).toBeGreaterThan(0);
    expect(await indexes(made)).toEqual([[true]]);
    expect(builds(made)).toBe(1);
  });

  test('CREATE INDEX CONCURRENTLY that fails at last: the run says so, and does not build it for ever', async () => {
    await using made = await start();
    const files = { ...FIRST, '0002_x': 'create index concurrently i on t(slow_error(n));' };
    const report = await made.up(files, { ...SHORT, budgetMs: 20_000 });
    expect(report).toMatchObject({ outcome: 'failed', applied: [] });
    expect(report.migrations[2]!.error).toMatchObject({ statement: 1, message: expect.stringMatching(/index/) });
    expect(builds(made)).toBeLessThanOrEqual(2);
    // Mended, the leftover gives way.
    const mended = await made.up({ ...FIRST, '0002_x': 'create index concurrently i on t(n);' }, SHORT);
    expect(mended).toMatchObject({ outcome: 'applied' });
    expect(await indexes(made)).toEqual([[true]]);
  });

  test('while an index is built, how far it is stands on the terminal', async () => {
    await using made = await start();
    // Twenty pages of one row each.
    await made.raw.query(`create table wide(id int, filler text); alter table wide alter filler set storage plain;
      insert into wide select g, repeat('x', 5000) from generate_series(1, 20) g`);
    const screen = fakeScreen({ live: true, width: 200 });
    const shown = progress(screen);
    const files = { ...FIRST, '0002_x': 'create index concurrently i on wide(slow(id, 0.1));' };
    const report = await made.up(files, { ...SHORT, on: shown.on });
    shown.end();
    expect(report).toMatchObject({ outcome: 'applied', problems: [] });
    expect(screen.written).toMatch(/name:0002_x statement:1, \d+ s, building index: scanning table \d+ %/);
    const percents = [...screen.written.matchAll(/scanning table (\d+) %/g)].map(([, percent]) => Number(percent));
    expect(percents).toEqual(percents.toSorted((one, other) => one - other));
    expect(new Set(percents).size).toBeGreaterThan(1);
  });
});

describe.concurrent('PostgreSQL: what a dead run left', () => {
  const files = { ...FIRST, '0002_x': 'create index concurrently i on t(slow(n, 1.2));' };
  const working = `from pg_stat_activity where datname = current_database() and query like '%*/ create index%' and state = 'active' and pid <> pg_backend_pid()`;

  /** A run that dies while its index is built. */
  async function dead(made: Bench): Promise<void> {
    const death = new AbortController();
    made.local.faults.before({ pattern: '\\*/ create index concurrently' }, () => death.abort());
    void made.up(files, { ...SHORT, database: mortal(made.client(), death.signal) });
    await until(async () => death.signal.aborted && (await made.value(`select count(*)::int ${working}`)) === 1);
  }

  test('its build lives: nobody competes with it, and the next run takes what it comes to', async () => {
    await using made = await start();
    await dead(made);
    const heard: string[] = [];
    const on = (event: RunEvent) => event.event === 'waiting' && heard.push(event.what);
    expect(await made.up(files, { ...SHORT, on })).toMatchObject({ outcome: 'applied', problems: [] });
    expect(heard.join('\n')).toContain('name:0002_x statement:1');
    expect(await indexes(made)).toEqual([[true]]);
    expect(builds(made)).toBe(1);
  });

  test('its build died too: what it left is dropped and built again', async () => {
    await using made = await start();
    await dead(made);
    await until(async () => (await indexes(made)).length === 1);
    await made.sql(`select pg_terminate_backend(pid) ${working}`);
    expect(await made.up(files, SHORT)).toMatchObject({ outcome: 'applied', problems: [] });
    expect(await indexes(made)).toEqual([[true]]);
    expect(builds(made)).toBe(2);
    expect(made.local.log.entries.filter(({ sql }) => /DROP INDEX CONCURRENTLY/.test(sql ?? ''))).toHaveLength(1);
  });
});
