import { beforeAll, describe, expect, test } from 'vitest';
import type { Run } from '../../lib/engine/engine.ts';
import { newRun } from '../../lib/runner/lease.ts';
import { upScript } from '../../lib/runner/up-script.ts';
import { sample, WHOLE } from '../faults/random.ts';
import { fingerprint } from '../support/fingerprint.ts';
import { copiesOf, type Files, UNDISTURBED } from '../support/migrations.ts';
import { eachFaultOnce, LOST, mortal, quiet, survived, sweep } from '../support/sweep.ts';
import { until } from '../support/until.ts';

const FIRST = { '0001_first': 'create table log(n int);' };
/** Not to be done twice, none of them. */
const THREE: Files = {
  ...FIRST,
  '0002_a': 'create table a(id int); insert into log values (1);',
  '0003_b': 'insert into log values (2);',
  '0004_c': 'alter table a add column x int; insert into log values (3);',
};

const start = copiesOf(FIRST, { poolSize: 2, retries: { clusterBudgetMs: 5000, loadBudgetMs: 5000 } });

/** Each fault once, at another call; all points in `npm run test:faults`. */
const choose = WHOLE ? sample : eachFaultOnce;

/** As after `start`. */
async function reset({ raw }: Awaited<ReturnType<typeof start>>): Promise<void> {
  await raw.query(`drop table if exists a; drop index if exists i; truncate log; delete from schema_migrations where name > '0001_first';
    update schema_migrations_lease set run_id = null, requested_by = null, migration = null, acquired_at = null, expires_at = null where id = 'lease'`);
}

/** Rows of attempts that are not failures, and the schema. */
async function endOf({ sql, raw }: Awaited<ReturnType<typeof start>>) {
  return {
    rows: await sql(
      `select name, attempt, status, statements_applied, error_code from schema_migrations order by name, attempt`,
    ),
    log: await sql('select n from log order by n'),
    schema: await fingerprint(raw),
  };
}

describe('whatever call of a run is lost, the run ends as a clean one', () => {
  let clean: Awaited<ReturnType<typeof endOf>>;
  beforeAll(async () => {
    const made = await start();
    await made.up(THREE);
    clean = await endOf(made);
    await made.stop();
  });

  test('atomic migrations: history, acquire, apply, apply, apply and release', {
    timeout: 180_000,
  }, async () => {
    const swept = await sweep({
      start,
      reset,
      run: ({ up }, database) => up(THREE, { database }),
      faults: LOST,
      choose,
      async inspect(made, { end, fault }) {
        const report = survived(end);
        expect(report.problems).toEqual([]);
        expect(report.outcome).toBe('applied');
        expect(await endOf(made)).toEqual(clean);
        expect(made.local.openTransactions()).toBe(0);
        made.local.log.assertNoWriteRetried();
        // A request for the lease that arrives when the run is over takes it, until it ends by itself.
        if (['client-timeout', 'duplicate'].includes(fault.fault)) return;
        expect(await made.value(`select run_id from schema_migrations_lease where id = 'lease'`)).toBeNull();
      },
    });
    expect(swept.calls).toBe(5);
  });

  test('a stepwise migration with a statement that goes alone', { timeout: 180_000 }, async () => {
    const files: Files = {
      ...FIRST,
      '0002_x':
        '-- migrate:up transaction:false\ninsert into log values (1);\ncreate index concurrently i on log(n);\ninsert into log values (2);',
    };
    const swept = await sweep({
      start,
      reset,
      run: ({ up }, database) => up(files, { database }),
      faults: [
        { fault: 'reset', when: 'before' },
        { fault: 'gateway-timeout', when: 'after' },
        { fault: 'opaque', when: 'after' },
        { fault: 'duplicate', when: 'before' },
      ],
      choose,
      async inspect(made, { end }) {
        const report = survived(end);
        expect(report.problems).toEqual([]);
        expect(report.outcome).toBe('applied');
        expect(await made.sql('select n from log order by n')).toEqual([[1], [2]]);
        expect(await made.value(`select indisvalid from pg_index where indexrelid = 'i'::regclass`)).toBe(true);
        expect(
          await made.value(
            `select count(*)::int from schema_migrations where name = '0002_x' and status = 'applied' and statements_applied = 3`,
          ),
        ).toBe(1);
        made.local.log.assertNoWriteRetried();
      },
    });
    // history, acquire, run, in which schema, look, before, the statement, look, after, run with the lease given back
    expect(swept.calls).toBe(10);
  });

  test('the report tells what this run did, also of what it had to look up', async () => {
    const made = await start();
    made.local.faults.add({ fault: 'reset', when: 'after', sql: 'name:0003_b' });
    const report = await made.up(THREE);
    expect(report.migrations.map(({ state }) => state)).toEqual([
      'applied',
      'applied',
      'applied',
      'applied',
      'applied',
    ]);
    expect(report.applied).toEqual(['0002_a', '0003_b', '0004_c']);
    await made.stop();
  });
});

describe('a lost call that arrives late', () => {
  test('is fenced off by the new run id', async () => {
    const made = await start();
    // The first apply is answered with a cut connection before it runs, and arrives when the run has long been repeated.
    const { local } = made;
    local.faults.add(
      { fault: 'duplicate', milliseconds: 150, sql: 'name:0002_a' },
      { fault: 'reset', sql: 'name:0002_a' },
    );
    const report = await made.up(THREE);
    expect(report.outcome).toBe('applied');
    const late = () => local.log.entries.filter(({ duplicate }) => duplicate);
    await until('an answer to the late one', () => late().some(({ outcome }) => outcome !== 'running'));
    expect(late()).toMatchObject([{ outcome: 'ok' }]);
    expect(await made.sql('select n from log order by n')).toEqual([[1], [2], [3]]);
    expect(await made.value(`select count(*)::int from schema_migrations where name = '0002_a'`)).toBe(1);
    await made.stop();
  });

  test('does not begin its migration again', async () => {
    const made = await start();
    const { local } = made;
    // Once more when the first statement is done, and its run still at work.
    local.faults.add({ fault: 'duplicate', milliseconds: 30, pattern: 'name:0002_x.*run_1' });
    local.faults.before({ pattern: 'name:0002_x.*run_1', call: 2 }, () =>
      until('the end of the duplicate', () =>
        local.log.entries.some(({ duplicate, outcome }) => duplicate && outcome !== 'running'),
      ),
    );
    const steps = 'insert into log values (1);\ninsert into log values (2);\ninsert into log values (3);';
    const report = await made.up({ ...FIRST, '0002_x': `-- migrate:up transaction:false\n${steps}` });
    expect(report).toMatchObject({ outcome: 'applied', problems: [] });
    expect(await made.sql('select n from log order by n')).toEqual([[1], [2], [3]]);
    expect(
      await made.value(`select count(*)::int from schema_migrations where name = '0002_x' and status = 'applied'`),
    ).toBe(1);
    await made.stop();
  });

  test('does not let its migration fail once more', async () => {
    const made = await start();
    const { local } = made;
    local.faults.add({ fault: 'duplicate', when: 'after', sql: 'name:0002_x' });
    // Before the lease is given back.
    local.faults.after({ sql: 'name:0002_x' }, () => {
      local.faults.before({ times: 0 }, () =>
        until('the end of the duplicate', () =>
          local.log.entries.some(({ duplicate, outcome }) => duplicate && outcome !== 'running'),
        ),
      );
    });
    expect(await made.up({ ...FIRST, '0002_x': 'insert into log values (1); select 1 / 0;' })).toMatchObject({
      outcome: 'failed',
    });
    expect(await made.sql(`select attempt, status from schema_migrations where name = '0002_x'`)).toEqual([
      [1, 'failed'],
    ]);
    await made.stop();
  });

  test('and builds the same index: the two wait for each other, and the one that ends is taken', async () => {
    const made = await start();
    const { local } = made;
    await made.sql(
      `create function slow(int) returns int immutable language plpgsql as 'begin perform pg_catalog.pg_sleep(0.3); return $1; end'; insert into log values (1)`,
    );
    // The other one comes first: PostgreSQL ends the one that has waited longer, which is that of the run.
    const target = { pattern: '\\*/ create index' };
    local.faults.add({ fault: 'duplicate', ...target });
    const building = `select count(*)::int from pg_stat_progress_create_index where datname = current_database() and index_relid <> 0`;
    local.faults.before(target, () => until('the other build', async () => (await made.value(building)) === 1));
    const report = await made.up({ ...FIRST, '0002_x': 'create index concurrently i on log(slow(n));' });
    expect(report).toMatchObject({ outcome: 'applied', problems: [] });
    expect(
      local.log.entries.filter(({ sql, outcome }) => /\*\/ create index/.test(sql ?? '') && outcome !== 'ok'),
    ).toMatchObject([{ outcome: 'DatabaseErrorException' }]);
    expect(await made.value(`select indisvalid from pg_index where indexrelid = 'i'::regclass`)).toBe(true);
    await made.stop();
  });

  test.each([
    ['built', 'create index concurrently i on log(n)', 'create index'],
    ['dropped', 'drop index concurrently k', 'drop index'],
  ])('and has %s the index when the run comes to it', async (_, statement, words) => {
    const made = await start();
    const { local } = made;
    await made.sql('create index k on log(n)');
    const target = { pattern: `\\*/ ${words}` };
    local.faults.add({ fault: 'duplicate', ...target });
    local.faults.before(target, () =>
      until('the success of the duplicate', () =>
        local.log.entries.some(({ duplicate, outcome }) => duplicate && outcome === 'ok'),
      ),
    );
    expect(await made.up({ ...FIRST, '0002_x': `${statement};` })).toMatchObject({ outcome: 'applied', problems: [] });
    await made.stop();
  });

  test('and one that still runs is waited for, not competed with', async () => {
    const made = await start();
    made.local.faults.add(
      { fault: 'duplicate', milliseconds: 0, sql: 'name:0002_a' },
      { fault: 'reset', sql: 'name:0002_a' },
    );
    const files = { ...THREE, '0002_a': `create table a(id int); select pg_sleep(0.6); insert into log values (1);` };
    const report = await made.up(files);
    expect(report.outcome).toBe('applied');
    expect(await made.sql('select n from log order by n')).toEqual([[1], [2], [3]]);
    expect(await made.value(`select count(*)::int from schema_migrations where name = '0002_a'`)).toBe(1);
    await made.stop();
  });

  test('does nothing when its migration was applied and undone meanwhile', async () => {
    const made = await start();
    const { local } = made;
    const files = { ...FIRST, '0002_a': 'create table a(id int);\n-- migrate:down\ndrop table a;' };
    const death = new AbortController();
    let arrive = () => {};
    local.faults.before({ sql: 'name:0002_a' }, () => {
      death.abort();
      return new Promise<void>(resolve => {
        arrive = resolve;
      });
    });
    void made.up(files, { leaseMs: 300, database: mortal(made.client(), death.signal) });
    await until('the death of the first run', () => death.signal.aborted);
    expect(await made.up(files)).toMatchObject({ outcome: 'applied' });
    expect(await made.revert(files, { steps: 1 })).toMatchObject({ outcome: 'reverted' });
    arrive();
    await quiet(local);
    expect(await made.value(`select to_regclass('a')`)).toBeNull();
    expect(await made.sql(`select status from schema_migrations where name = '0002_a' order by attempt`)).toEqual([
      ['applied'],
      ['reverted'],
    ]);
    await made.stop();
  });
});

describe('a run after a lost answer', () => {
  test.each([
    ['', []],
    [', also where the first request for it was lost', [{ fault: 'reset', sql: 'WITH at_work', call: 2 }]],
  ] as const)('takes its own lease over, and does not wait for its end%s', async (_, more) => {
    const made = await start();
    made.local.faults.add({ fault: 'reset', when: 'after', sql: 'name:0003_b' }, ...more);
    const report = await made.up(THREE, { leaseMs: 600_000, budgetMs: 20_000 });
    expect(report).toMatchObject({ outcome: 'applied', problems: [] });
    await made.stop();
  });

  test.each([
    ['in one transaction', ''],
    ['statement by statement', '-- migrate:up transaction:false\n'],
  ])('is told by the function what is applied already, and what is locked: %s', async (_, head) => {
    const made = await start();
    const options = await made.runner({ ...FIRST, '0002_a': `${head}insert into log values (1);` });
    const { database, engine, migrations } = options;
    const migration = migrations.manifest.migrations.at(-1)!;
    const body = await migrations.body(migration.name);
    const next = async (before?: Run) => {
      const run = newRun({ ...options, requestedBy: 'test' }, before);
      expect(await engine.lease.acquire(database, run, null)).toEqual({ status: 'acquired', unchanged: false });
      return {
        run,
        apply: () => engine.executor.execute(database, { ...UNDISTURBED, run, ...upScript(migration, body) }),
      };
    };
    const first = await next();
    await made.raw.query(`begin; select from schema_migrations_lease where id = 'lease' for update`);
    expect(await first.apply()).toEqual({ status: 'busy' });
    await made.raw.query('commit');
    expect(await first.apply()).toMatchObject({ status: 'done' });
    const second = await next(first.run);
    expect(await second.apply()).toEqual({ status: 'already' });
    expect(await first.apply()).toEqual({ status: 'fenced' });
    expect(await made.sql('select n from log')).toEqual([[1]]);
    await made.stop();
  });
});
