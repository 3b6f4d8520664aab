import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { RunEvent } from '../../lib/core/report.ts';
import { announce, migrate } from '../../lib/runner/index.ts';
import { type Bench, bench, type Files, template } from '../support/migrations.ts';
import { describeMysql, mysqlBench } from '../support/mysql.ts';
import { clientOf, mortal } from '../support/sweep.ts';

/** The 45 seconds of a call are 0.45 here. */
const clocks = { scale: 0.01 };
const SHORT = { leaseMs: 300 };

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

const start = () => bench({ template: installed.name, poolSize: 3, clocks });

/** Calls that ended with the timeout. */
const timeouts = ({ local }: Bench) =>
  local.log.entries.filter(({ outcome }) => outcome === 'StatementTimeoutException').length;

const last = (made: Bench) =>
  made.sql(
    `select status, statements_applied, coalesce(error_code, ''), coalesce(error_message, '') from schema_migrations where name = '0002_x' order by attempt`,
  );

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

describe('PostgreSQL: a statement that outlives its call', () => {
  describe.each(ways)('%s', (way, head) => {
    test.each(statements)('%s: applied, once', async (_, sql, done) => {
      const made = await start();
      const files = { ...FIRST, '0002_x': `${head}insert into log values (1);\n${sql};\ninsert into log values (2);` };
      const heard: RunEvent[] = [];
      const report = await made.up(files, { ...SHORT, on: event => heard.push(event) });
      expect(report).toMatchObject({ outcome: 'applied', applied: ['0002_x'], problems: [] });
      expect(timeouts(made)).toBeGreaterThan(0);
      expect(await made.value(done)).toBe(1);
      expect(await made.sql('select n from log order by n')).toEqual([[1], [2]]);
      expect((await last(made)).filter(([status]) => status === 'applied')).toEqual([['applied', 3, '', '']]);
      // Who waits says for what, and for how long already.
      expect(heard.filter(({ event }) => event === 'waiting')).toContainEqual(
        expect.objectContaining({ what: expect.stringMatching(/name:0002_x.*, \d+ s/) }),
      );
      made.local.log.assertNoWriteRetried();
      if (way === 'in one transaction') expect(await last(made)).toHaveLength(1);
    });

    test.each(failing.filter(([what]) => head === '' || what !== 'a whole migration'))(
      "%s: failed, in the database's own words",
      async (_, sql, code, message) => {
        const made = await start();
        const files = {
          ...FIRST,
          '0002_x': `${head}insert into log values (1);\n${sql};\ninsert into log values (2);`,
        };
        const report = await made.up(files, SHORT);
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
    const made = await start();
    const files = { ...FIRST, '0002_x': 'create index concurrently i on t(slow(n, 0.6));' };
    const report = await made.up(files, SHORT);
    expect(report).toMatchObject({ outcome: 'applied', applied: ['0002_x'] });
    expect(timeouts(made)).toBe(1);
    expect(
      await made.sql(`select indexrelid::regclass::text, indisvalid from pg_index where indrelid = 't'::regclass`),
    ).toEqual([
      ['once', true],
      ['i', true],
    ]);
    expect(made.local.log.entries.filter(({ sql }) => /create index concurrently/.test(sql ?? ''))).toHaveLength(1);
  });

  test('CREATE INDEX CONCURRENTLY that fails at last: the run says so, and does not build it for ever', async () => {
    const made = await start();
    const files = { ...FIRST, '0002_x': 'create index concurrently i on t(slow_error(n));' };
    const report = await made.up(files, { ...SHORT, budgetMs: 20_000 });
    expect(report).toMatchObject({ outcome: 'failed', applied: [] });
    expect(report.migrations[2]!.error).toMatchObject({ statement: 1, message: expect.stringMatching(/index/) });
    const built = made.local.log.entries.filter(({ sql }) => /\*\/ create index concurrently/.test(sql ?? ''));
    expect(built.length).toBeLessThanOrEqual(2);
    // Mended, the leftover gives way.
    const report2 = await made.up({ ...FIRST, '0002_x': 'create index concurrently i on t(n);' }, SHORT);
    expect(report2).toMatchObject({ outcome: 'applied' });
    expect(await made.value(`select indisvalid from pg_index where indexrelid = 'i'::regclass`)).toBe(true);
  });

  test('while an index is built, the phase is told', async () => {
    const made = await start();
    const heard: string[] = [];
    await made.up(
      { ...FIRST, '0002_x': 'create index concurrently i on t(slow(n, 0.8));' },
      { ...SHORT, on: event => event.event === 'waiting' && heard.push(event.what) },
    );
    expect(heard.join('\n')).toMatch(/name:0002_x statement:1.*, \d+ s.*(building|waiting|validation)/);
  });
});

describe('PostgreSQL: forty minutes, in slices of five', () => {
  /** Scaled to 4 s and 0.5 s. */
  const LONG: Files = {
    ...FIRST,
    '0002_x': `insert into log values (1); ${'select pg_sleep(0.4); '.repeat(8)} insert into log values (2);`,
    '0003_y':
      '-- migrate:up transaction:false\ninsert into log values (3);\ncreate index concurrently i on t(slow(n, 0.8));\ninsert into log values (4);',
  };
  const request = {
    hook: 'stack/hook',
    requestId: 'one',
    requestedBy: 'CloudFormation Update one',
    ...SHORT,
    budgetMs: 500,
  };

  async function once(made: Bench): Promise<void> {
    expect(await made.sql('select n from log order by n')).toEqual([[1], [2], [3], [4]]);
    expect(
      await made.sql(
        `select name, count(*)::int from schema_migrations where status = 'applied' and name in ('0002_x', '0003_y') group by name order by name`,
      ),
    ).toEqual([
      ['0002_x', 1],
      ['0003_y', 1],
    ]);
    expect(await made.value(`select count(*)::int from schema_migrations where status = 'running'`)).toBe(0);
    expect(await made.value(`select bool_and(indisvalid) from pg_index where indrelid = 't'::regclass`)).toBe(true);
    made.local.log.assertNoWriteRetried();
  }

  test('each says "not yet" in time, one of them is killed, and all is applied once', { timeout: 60_000 }, async () => {
    const made = await start();
    const options = { ...(await made.runner(LONG)), ...request };
    expect(await announce(options)).toBe(true);
    const said: string[] = [];
    for (let slice = 1; slice < 60; slice++) {
      const began = Date.now();
      const death = new AbortController();
      const kill = slice === 3;
      if (kill) setTimeout(() => death.abort(), 200);
      const database = mortal(clientOf(made.local), death.signal);
      const report = await Promise.race([
        migrate({ ...options, database }),
        new Promise<null>(resolve => death.signal.addEventListener('abort', () => resolve(null))),
      ]);
      said.push(report === null ? 'killed' : (report.problems[0]?.code ?? report.outcome));
      if (report?.outcome === 'applied' || report?.outcome === 'nothing-to-do') break;
      if (report) expect(['lease-held', 'out-of-time']).toContain(report.problems[0]?.code);
      // The budget, a call that had just begun, and a pause.
      expect(Date.now() - began).toBeLessThan(4000);
    }
    expect(said).toContain('killed');
    expect(said.at(-1)).toMatch(/applied|nothing-to-do/);
    expect(said.length).toBeGreaterThan(4);
    await once(made);
  });

  test('a request that was superseded meanwhile does nothing any more; the newer one ends it', {
    timeout: 60_000,
  }, async () => {
    const made = await start();
    const options = { ...(await made.runner(LONG)), ...request };
    const newer = { ...options, requestId: 'two', requestedBy: 'CloudFormation Update two', budgetMs: 30_000 };
    expect(await announce(options)).toBe(true);
    expect((await migrate(options)).problems[0]?.code).toBe('lease-held');
    expect(await announce(newer)).toBe(true);
    expect(await announce(options)).toBe(false);
    const [old, end] = await Promise.all([migrate(options), migrate(newer)]);
    expect(old.problems[0]?.code).toBe('superseded');
    expect(end.problems).toEqual([]);
    expect(end.outcome).toBe('applied');
    await once(made);
  });
});

describe('PostgreSQL: what a dead run left', () => {
  test('its build lives: nobody competes with it; it died: the leftover is built again', {
    timeout: 60_000,
  }, async () => {
    const files = { ...FIRST, '0002_x': 'create index concurrently i on t(slow(n, 1.2));' };
    for (const dies of [false, true]) {
      const made = await start();
      const death = new AbortController();
      made.local.faults.before({ pattern: '\\*/ create index concurrently' }, () => death.abort());
      void made.up(files, { ...SHORT, database: mortal(made.client(), death.signal) });
      await new Promise(resolve => death.signal.addEventListener('abort', resolve));
      const working = `from pg_stat_activity where datname = current_database() and query like '%*/ create index%' and state = 'active' and pid <> pg_backend_pid()`;
      while ((await made.value(`select count(*)::int ${working}`)) === 0)
        await new Promise(resolve => setTimeout(resolve, 20));
      await new Promise(resolve => setTimeout(resolve, 400));
      if (dies) await made.sql(`select pg_terminate_backend(pid) ${working}`);
      const heard: string[] = [];
      const report = await made.up(files, {
        ...SHORT,
        on: event => event.event === 'waiting' && heard.push(event.what),
      });
      expect(report).toMatchObject({ outcome: 'applied', problems: [] });
      expect(
        await made.sql(
          `select indisvalid from pg_index where indrelid = 't'::regclass and indexrelid <> 'once'::regclass`,
        ),
      ).toEqual([[true]]);
      if (!dies) expect(heard.join('\n')).toContain('name:0002_x statement:1');
      const built = made.local.log.entries.filter(({ sql }) => /\*\/ create index concurrently/.test(sql ?? ''));
      expect(built).toHaveLength(dies ? 2 : 1);
    }
  });
});

describeMysql('MySQL: a statement that outlives its call', () => {
  const first = {
    '0001_first': 'create table t(id int primary key, n int); insert into t values (1, 1); create table log(n int);',
  };

  test.each([['with the procedure', true]])(
    '%s: ends as applied, once, or failed in the words of the database',
    { timeout: 60_000 },
    async (_, witness) => {
      const made = await mysqlBench({ witness, clocks });
      const files = {
        ...first,
        '0002_x':
          'insert into log values (1); update t set n = n + 1 + sleep(0.8); alter table t add column x int; insert into log values (2);',
      };
      const report = await made.up(files, SHORT);
      expect(report.problems).toEqual([]);
      expect(report.outcome).toBe('applied');
      expect(await made.sql('select n from t')).toEqual([[2]]);
      expect(await made.sql('select n from log order by n')).toEqual([[1], [2]]);
      const failed = await made.up({ ...files, '0003_y': 'insert into t select 1, sleep(0.8), 0;' }, SHORT);
      expect(failed.outcome).toBe('failed');
      expect(failed.migrations.find(({ error }) => error)?.error?.message).toContain("Duplicate entry '1'");
      expect(made.local.log.entries.some(({ outcome }) => outcome === 'StatementTimeoutException')).toBe(true);
      made.local.log.assertNoWriteRetried();
    },
  );

  // Not so without the procedure: what the run notes meanwhile meets the statement that still works in a deadlock (1213), and the run stops.
});
