import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Database } from '../../lib/core/database.ts';
import type { ManifestReader } from '../../lib/core/manifest.ts';
import type { Report } from '../../lib/core/report.ts';
import { announce, migrate, revert } from '../../lib/runner/index.ts';
import { fingerprint } from '../support/fingerprint.ts';
import { type Bench, bench, type Files, manifestOf, template } from '../support/migrations.ts';
import { describeMysql, fingerprintMysql, mysqlBench, manifestOf as mysqlManifestOf } from '../support/mysql.ts';
import { SWEPT, type Sweepable, type Swept, type SweptFault, sweep } from '../support/sweep.ts';
import { SEED, sample, WHOLE } from './random.ts';

/** Whoever waits for a run that died does not wait long. */
const SHORT = { leaseMs: 300, lockTimeoutMs: 500 };

/** DDL and DML, in one transaction and statement by statement. None of it may be done twice. The last one fails. */
const GOOD: Files = {
  '0001_log': 'create table log(n int); insert into log values (1);',
  '0002_ddl':
    'create table t(id int primary key, n int); insert into t select g, g from generate_series(1, 20) g; insert into log values (2);',
  '0003_dml': 'update t set n = n + 1; insert into log values (3);',
  '0004_steps': `-- migrate:up transaction:false
    insert into log values (4);
    create index concurrently i on t(n);
    update t set n = n * 2;
    drop index concurrently i;
    create index concurrently j on t(n, id);
    insert into log values (5);`,
  '0005_alter': 'alter table t add column x int not null default 7; create view v as select sum(n) from t;',
};
const FAILS: Files = { ...GOOD, '0006_last': 'insert into log values (6); update t set n = n / (x - 7);' };
const MENDED: Files = { ...GOOD, '0006_last': 'insert into log values (6); update t set n = n / (x - 6);' };

const GOOD_MYSQL: Files = {
  '0001_log': 'create table log(n int); insert into log values (1);',
  '0002_ddl':
    'create table t(id int primary key, n int); insert into t values (1, 1), (2, 2), (3, 3); insert into log values (2);',
  '0003_dml': 'update t set n = n + 1; insert into log values (3);',
  '0004_steps':
    'insert into log values (4); alter table t add index i (n); update t set n = n * 2; create procedure p() select 1; drop index i on t; insert into log values (5);',
  '0005_alter': 'alter table t add column x int not null default 7; create view v as select sum(n) from t;',
};
const FAILS_MYSQL: Files = {
  ...GOOD_MYSQL,
  '0006_last': 'insert into log values (6); insert into t values (1, 1, 1);',
};
const MENDED_MYSQL: Files = {
  ...GOOD_MYSQL,
  '0006_last': 'insert into log values (6); insert into t values (9, 1, 1);',
};

/** One of each kind, where all of them have been tried on nearly the same calls. */
const KINDS: readonly SweptFault[] = SWEPT.filter(
  ({ fault, when }) =>
    ['killed', 'reset', 'duplicate'].includes(fault) ||
    (['throttled', 'opaque', 'client-timeout'].includes(fault) && (when === 'before') !== (fault === 'opaque')),
);

/** What the sweep needs of an engine. */
interface Way<B extends Sweepable> {
  readonly start: () => Promise<B>;
  readonly reset?: (bench: B) => Promise<void>;
  readonly fails: ManifestReader;
  readonly mended: ManifestReader;
  readonly schema: (bench: B) => Promise<string[]>;
  /** The error of the last migration, in the database's own words. */
  readonly error: string;
  /** An attempt that was cut off still says `running` beside the one that took over. To be mended: such a row is not true. */
  readonly leavesRunning?: boolean;
}

interface Bare extends Sweepable {
  up(files: ManifestReader, options?: object): Promise<Report>;
  sql(text: string): Promise<unknown[][]>;
}

/** Attempts that count: what failed or was cut off has as many as it took. */
async function inForce<B extends Bare>({ sql }: B, { leavesRunning }: Way<B>): Promise<unknown[][]> {
  return sql(
    `select name, status, checksum, statements, statements_applied from schema_migrations h where status <> 'failed' ${
      leavesRunning
        ? `and not (status = 'running' and exists (select 1 from schema_migrations l where l.name = h.name and l.attempt > h.attempt))`
        : ''
    } order by name, attempt`,
  );
}

async function endOf<B extends Bare>(made: B, way: Way<B>) {
  return {
    history: await inForce(made, way),
    log: await made.sql('select n from log order by n'),
    schema: await way.schema(made),
  };
}

const errorOf = (report: Report) =>
  report.migrations.find(({ error }) => error)?.error?.message ?? JSON.stringify(report.problems);

/** The next deploy fails as a clean one does, and the one after it, with the file mended, ends in the same database as a clean one. */
async function endsRight<B extends Bare>(
  made: B,
  way: Way<B>,
  clean: Awaited<ReturnType<typeof endOf<B>>>,
  { end }: Swept<Report>,
): Promise<void> {
  if ('thrown' in end) throw end.thrown;
  if ('value' in end) expect(errorOf(end.value)).toContain(way.error);
  const again = await made.up(way.fails, SHORT);
  expect(errorOf(again)).toContain(way.error);
  const last = await made.up(way.mended, SHORT);
  expect(last.problems).toEqual([]);
  expect(last.outcome).toBe('applied');
  expect(last.counts).toMatchObject({ applied: 7, pending: 0, failed: 0 });
  expect(await endOf(made, way)).toEqual(clean);
  const failed = await made.sql(
    `select name, coalesce(error_code, '') from schema_migrations where status = 'failed' and error_code <> 'interrupted'`,
  );
  // One for each run that got so far, never one more.
  expect(failed.length).toBeGreaterThan(0);
  expect(failed.length).toBeLessThanOrEqual(2);
  for (const [name] of failed) expect(name).toBe('0006_last');
  expect(await made.sql(`select run_id from schema_migrations_lease where id = 'lease'`)).toEqual([[null]]);
  expect(made.local.openTransactions()).toBe(0);
  made.local.log.assertNoWriteRetried();
}

function tell(what: string, { calls, points, runs }: Awaited<ReturnType<typeof sweep>>): void {
  const faults = points / calls;
  console.log(`${what}: ${calls} calls × ${faults} faults = ${points} points, ${runs} tried (FAULTS_SEED=${SEED})`);
}

async function sweepOf<B extends Bare>(
  what: string,
  way: Way<B>,
  run: (bench: B, database: Database) => Promise<Report>,
  { faults = SWEPT, most = Number.POSITIVE_INFINITY } = {},
) {
  const made = await way.start();
  await made.up(way.fails, SHORT);
  await made.up(way.mended, SHORT);
  const clean = await endOf(made, way);
  await made.stop();
  const swept = await sweep({
    start: way.start,
    ...(way.reset && { reset: way.reset }),
    run,
    faults,
    choose: sample(12, most),
    inspect: (bench, swept) => endsRight(bench, way, clean, swept),
  });
  tell(what, swept);
  return swept;
}

describe('PostgreSQL: whatever happens to whichever call, in the end all is done once', { timeout: 900_000 }, () => {
  let way: Way<Bench>;
  let empty: { name: string; drop(): Promise<void> };
  beforeAll(async () => {
    empty = await template(async () => {});
    const reset = async ({ raw }: Bench) => {
      await raw.query('drop schema public cascade; create schema public');
    };
    way = {
      async start() {
        const made = await bench({ template: empty.name, poolSize: 2, auto: false });
        await reset(made);
        return made;
      },
      reset,
      fails: await manifestOf(FAILS),
      mended: await manifestOf(MENDED),
      schema: ({ raw }) => fingerprint(raw),
      error: 'division by zero',
    };
  });
  afterAll(async () => {
    await empty.drop();
  });

  test('a first run', async () => {
    const swept = await sweepOf('PostgreSQL, a first run', way, (made, database) =>
      made.up(way.fails, { ...SHORT, database }),
    );
    expect(swept.points).toBeGreaterThan(500);
  });

  test('a deploy: announced, then worked on', async () => {
    const request = {
      hook: 'stack/hook',
      requestId: 'request',
      requestedBy: 'CloudFormation Update request',
      ...SHORT,
    };
    await sweepOf(
      'PostgreSQL, a deploy',
      way,
      async ({ runner }, database) => {
        const options = { ...(await runner(way.fails)), ...request, database };
        expect(await announce(options)).toBe(true);
        return migrate(options);
      },
      { faults: KINDS, most: 120 },
    );
  });

  test('undoing', async () => {
    const files: Files = {
      '0001_log': GOOD['0001_log']!,
      '0002_a':
        '-- migrate:up\ncreate table a(id int); insert into log values (2);\n-- migrate:down\ndrop table a; insert into log values (-2);',
      '0003_b': '-- migrate:up\ninsert into log values (3);\n-- migrate:down\ninsert into log values (-3);',
    };
    const made = await template(async ({ up }) => {
      await up(files);
    });
    const swept = await sweep({
      start: () => bench({ template: made.name, poolSize: 2, auto: false }),
      run: async ({ runner }, database) =>
        revert({ ...(await runner(files)), ...SHORT, requestedBy: 'test', database, what: { steps: 2 } }),
      choose: sample(8),
      async inspect(one, { end }) {
        if ('thrown' in end) throw end.thrown;
        if ('value' in end) expect(end.value).toMatchObject({ outcome: 'reverted', reverted: ['0003_b', '0002_a'] });
        // Once more, to the same place: what is undone already is not undone again.
        await revert({ ...(await one.runner(files)), ...SHORT, requestedBy: 'test', what: { to: '0001' } });
        expect(await one.sql('select n from log order by n')).toEqual([[-3], [-2], [1], [2], [3]]);
        expect(await one.value(`select to_regclass('a')`)).toBeNull();
        expect(
          await one.sql(
            `select name, status from schema_migrations where name in ('0002_a', '0003_b') order by name, attempt`,
          ),
        ).toEqual(
          ['0002_a', '0003_b'].flatMap(name => [
            [name, 'applied'],
            [name, 'reverted'],
          ]),
        );
        one.local.log.assertNoWriteRetried();
      },
    });
    await made.drop();
    tell('PostgreSQL, undoing', swept);
  });
});

describeMysql('MySQL: the same', { timeout: WHOLE ? 900_000 : 120_000 }, () => {
  test.each([
    ['with the procedure', true, 120],
    ['without it', false, 60],
  ])('%s', async (what, witness, most) => {
    await sweepOf(
      `MySQL, ${what}`,
      {
        // Idle transactions of a dead run end soon.
        start: () => mysqlBench({ witness, clocks: { transactionIdle: 0.3 } }),
        fails: await mysqlManifestOf(FAILS_MYSQL),
        mended: await mysqlManifestOf(MENDED_MYSQL),
        schema: ({ raw, name }) => fingerprintMysql(raw, name),
        error: "Duplicate entry '1' for key 't.PRIMARY'",
        leavesRunning: !witness,
      },
      (made, database) => made.up(FAILS_MYSQL, { ...SHORT, database }),
      { faults: KINDS, most },
    );
  });
});
