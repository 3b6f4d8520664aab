import pg from 'pg';
import { describe, expect, test } from 'vitest';
import type { RunEvent } from '../../lib/core/report.ts';
import { revert } from '../../lib/runner/index.ts';
import { type Bench, copiesOf, states } from '../support/migrations.ts';
import { serverVersion } from '../support/postgresql.ts';
import { until } from '../support/until.ts';

const SERVER = await serverVersion();

const FIRST = {
  '0001_first':
    'create table t(id int, n int); insert into t select g, g from generate_series(1, 50) g; create table log(n int);',
};
const start = copiesOf(FIRST);
const stepwise = (...statements: string[]) => ({
  ...FIRST,
  '0002_x': `-- migrate:up transaction:false\n${statements.map(one => `${one};`).join('\n')}\n`,
});
const row = ({ sql }: Bench) =>
  sql(
    `select attempt, status, statements, statements_applied, error_code, error_statement from schema_migrations where name = '0002_x' order by 1`,
  );

// At the same time: much of it is waiting for what was sent to be gone.
describe.concurrent('a stepwise migration', () => {
  test('CREATE INDEX CONCURRENTLY among others, each with its checkpoint', async () => {
    await using made = await start();
    const files = stepwise(
      'insert into log values (1)',
      'create index concurrently i on t(n)',
      'insert into log values (2)',
      'vacuum t',
      'drop index concurrently i',
      'create index concurrently if not exists j on public.t(id)',
      'select * from t',
    );
    const heard: string[] = [];
    const report = await made.up(files, {
      on: event => event.event === 'statement' && heard.push(`${event.statement}/${event.of}`),
    });
    expect(report).toMatchObject({ outcome: 'applied', applied: ['0002_x'] });
    expect(report.migrations[2]).toMatchObject({
      state: 'applied',
      mode: 'stepwise',
      statements: 7,
      statementsApplied: 7,
      attempt: 1,
    });
    expect(heard).toEqual(['1/7', '2/7', '3/7', '4/7', '5/7', '6/7', '7/7']);
    expect(await made.sql('select n from log order by 1')).toEqual([[1], [2]]);
    expect(
      await made.sql(`select indexrelid::regclass::text, indisvalid from pg_index where indrelid = 't'::regclass`),
    ).toEqual([['j', true]]);
    expect(await made.up(files)).toMatchObject({ outcome: 'nothing-to-do', dataApiCalls: 1 });
  });

  test('only CONCURRENTLY: no option is needed', async () => {
    await using made = await start();
    const report = await made.up({ ...FIRST, '0002_x': 'create index concurrently i on t(n);' });
    expect(report.migrations[2]).toMatchObject({ state: 'applied', mode: 'stepwise' });
  });

  test('that fails at statement 3: two are committed, it says so, and goes on there when it was fixed', async () => {
    await using made = await start();
    const report = await made.up(
      stepwise(
        'insert into log values (1)',
        'insert into log values (2)',
        'insert into nowhere values (3)',
        'insert into log values (4)',
      ),
    );
    expect(report).toMatchObject({ outcome: 'failed', applied: [] });
    expect(report.migrations[2]).toMatchObject({ state: 'failed', statementsApplied: 2 });
    expect(report.migrations[2]?.error).toMatchObject({
      code: '42P01',
      statement: 3,
      line: 4,
      column: 13,
      remedy: expect.stringMatching(/Statements 1 to 2 are committed.*from statement 3/),
    });
    expect(await row(made)).toEqual([[1, 'failed', 4, 2, '42P01', 3]]);
    expect(
      states(
        await made.status(
          stepwise('insert into log values (1)', 'insert into log values (2)', 'x') &&
            // A file that does not even parse any more is the compiler's; status is asked with the mended one.
            stepwise(
              'insert into log values (1)',
              'insert into log values (2)',
              'insert into log values (3)',
              'insert into log values (4)',
            ),
        ),
      ),
    ).toMatchObject({ '0002_x': 'failed' });

    const mended = stepwise(
      'insert into log values (1)',
      'insert into log values (2)',
      'insert into log values (33)',
      'insert into log values (4)',
    );
    expect((await made.plan(mended)).steps).toEqual([
      { migration: '0002_x', reason: 'resumed', mode: 'stepwise', from: 3, statements: 4 },
    ]);
    expect(await made.up(mended)).toMatchObject({ outcome: 'applied' });
    expect(await made.sql('select n from log order by 1')).toEqual([[1], [2], [4], [33]]);
    expect(await row(made)).toEqual([
      [1, 'failed', 4, 2, '42P01', 3],
      [2, 'applied', 4, 4, null, null],
    ]);
    expect(await made.up(mended)).toMatchObject({ outcome: 'nothing-to-do' });
  });

  test('whose committed statement was edited meanwhile stops, and says which', async () => {
    await using made = await start();
    await made.up(stepwise('insert into log values (1)', 'insert into log values (2)', 'select 1/0'));
    const report = await made.up(stepwise('insert into log values (1)', 'insert into log values (22)', 'select 1'));
    expect(report).toMatchObject({
      outcome: 'stopped',
      applied: [],
      problems: [
        {
          code: 'edited-half-done',
          migration: '0002_x',
          message: expect.stringMatching(/2 of its statements.*statement 2 was edited/),
          remedy: expect.any(String),
        },
      ],
    });
    expect(await made.sql('select n from log order by 1')).toEqual([[1], [2]]);
  });

  test('comments may be edited while it is half done', async () => {
    await using made = await start();
    await made.up(stepwise('insert into log values (1)', 'select 1/0'));
    const report = await made.up(stepwise('/* one */ insert  into log values (1)', 'insert into log values (2)'));
    expect(report.outcome).toBe('applied');
    expect(await made.sql('select n from log order by 1')).toEqual([[1], [2]]);
  });

  test('that fails at its first statement leaves nothing committed, and is tried anew', async () => {
    await using made = await start();
    const report = await made.up(stepwise('select 1/0', 'insert into log values (2)'));
    expect(report.migrations[2]?.error?.remedy).toContain('Nothing of it was committed');
    expect(await made.up(stepwise('insert into log values (1)', 'insert into log values (2)'))).toMatchObject({
      outcome: 'applied',
    });
  });

  test('what it SETs counts for the statements after it, and is gone afterwards', async () => {
    await using made = await start({ poolSize: 1 });
    const report = await made.up(
      stepwise(
        `set search_path = s`,
        'create schema s',
        'create table in_s()',
        `set work_mem = '1MB'`,
        `create table w as select current_setting('work_mem') m`,
        `select pg_catalog.set_config('search_path', 'public', false)`,
        'create table in_public()',
      ),
    );
    expect(report.outcome).toBe('applied');
    expect(
      await made.sql(
        `select schemaname || '.' || tablename from pg_tables where tablename in ('in_s', 'in_public', 'w') order by 1`,
      ),
    ).toEqual([['public.in_public'], ['s.in_s'], ['s.w']]);
    expect(await made.value('select m from s.w')).toBe('1MB');
    const [now] = await made.database.execute({
      sql: `select current_setting('work_mem'), current_setting('search_path')`,
      effect: 'read',
    });
    expect(now).toEqual(['4MB', '"$user", public']);
  });

  test('resumes with the SETs before it', async () => {
    await using made = await start();
    await made.up(stepwise('create schema s', 'set search_path = s', 'select 1/0'));
    expect(await made.up(stepwise('create schema s', 'set search_path = s', 'create table in_s()'))).toMatchObject({
      outcome: 'applied',
    });
    expect(await made.value(`select to_regclass('s.in_s')::text`)).toBe('s.in_s');
  });

  test('a statement that drops the tracking tables fails, and is recorded as such', async () => {
    await using made = await start();
    const report = await made.up(
      stepwise('insert into log values (1)', `do $$begin execute 'drop table schema_migrations cascade'; end$$`),
    );
    expect(report).toMatchObject({ outcome: 'failed' });
    expect(report.migrations[2]?.error).toMatchObject({ code: '42P01', statement: 2 });
    expect(await row(made)).toEqual([[1, 'failed', 2, 1, '42P01', 2]]);
  });

  test('what only the server knows to be impossible in a transaction is sent alone', async () => {
    await using made = await start();
    await made.raw.query(
      'create procedure commits() language plpgsql as $$begin insert into log values (10); commit; insert into log values (11); end$$',
    );
    const report = await made.up(
      stepwise('insert into log values (1)', 'call commits()', 'insert into log values (2)'),
    );
    expect(report.outcome).toBe('applied');
    expect(await made.sql('select n from log order by 1')).toEqual([[1], [2], [10], [11]]);
  });
});

describe.concurrent('the truth is looked up', () => {
  test('an index that was not built to its end is dropped and built again', async () => {
    await using made = await start();
    await made.raw.query('insert into t values (1, 1)');
    const files = stepwise(
      'insert into log values (1)',
      'create unique index concurrently i on t(n)',
      'insert into log values (2)',
    );
    const report = await made.up(files);
    expect(report.migrations[2]?.error).toMatchObject({ code: '23505', statement: 2, line: 3 });
    expect(await made.value(`select indisvalid from pg_index where indexrelid = 'i'::regclass`)).toBe(false);
    await made.raw.query('delete from t where ctid = (select max(ctid) from t where n = 1)');
    expect(await made.up(files)).toMatchObject({ outcome: 'applied' });
    expect(await made.value(`select indisvalid from pg_index where indexrelid = 'i'::regclass`)).toBe(true);
    expect(await made.sql('select n from log order by 1')).toEqual([[1], [2]]);
  });

  test('IF NOT EXISTS does not keep an invalid one', async () => {
    await using made = await start();
    await made.raw.query('insert into t values (1, 1)');
    await made.raw.query('create unique index concurrently i on t(n)').catch(() => undefined);
    await made.raw.query('delete from t where ctid = (select max(ctid) from t where n = 1)');
    expect(await made.up(stepwise('create unique index concurrently if not exists i on t(n)'))).toMatchObject({
      outcome: 'applied',
    });
    expect(await made.value(`select indisvalid from pg_index where indexrelid = 'i'::regclass`)).toBe(true);
  });

  test('an index of the same name in another schema is somebody else’s', async () => {
    await using made = await start();
    await made.raw.query('create schema s; create table s.t(n int); insert into s.t values (1), (1)');
    await made.raw.query('create unique index concurrently i on s.t(n)').catch(() => undefined);
    expect(await made.up(stepwise('create index concurrently i on t(n)'))).toMatchObject({ outcome: 'applied' });
    expect(
      await made.sql(
        `select indexrelid::regclass::text, indisvalid from pg_index where indexrelid::regclass::text ~ 'i$' and indrelid in ('t'::regclass, 's.t'::regclass) order by 1`,
      ),
    ).toEqual([
      ['i', true],
      ['s.i', false],
    ]);
  });

  test('a run whose time is over stops between two statements, and the next ones go on there', async () => {
    await using made = await start();
    const files = stepwise(...[1, 2, 3, 4, 5, 6].map(n => `insert into log values (${n})`));
    // The time is over while the third is at work, however busy the machine is.
    const [began, budgetMs] = [Date.now(), 2500];
    made.local.faults.before({ pattern: 'statement:3 ' }, () =>
      until('the end of the budget', () => Date.now() > began + budgetMs + 500),
    );
    const first = await made.up(files, { budgetMs });
    expect(first).toMatchObject({ outcome: 'stopped', problems: [{ code: 'out-of-time' }], applied: [] });
    const { statementsApplied: done } = first.migrations[2]!;
    expect(done).toBeGreaterThan(0);
    expect(done).toBeLessThan(6);
    expect(await row(made)).toEqual([[1, 'failed', 6, done, 'interrupted', done! + 1]]);
    expect(await made.value(`select run_id from schema_migrations_lease where id = 'lease'`)).toBeNull();
    expect(await made.up(files)).toMatchObject({ outcome: 'applied', applied: ['0002_x'] });
    expect(await made.sql('select n from log order by n')).toEqual([1, 2, 3, 4, 5, 6].map(n => [n]));
  });

  test('told to end, it ends after the statement it is at', async () => {
    await using made = await start();
    const files = stepwise(...[1, 2, 3].map(n => `insert into log select ${n} from pg_sleep(0.1)`));
    const told = new AbortController();
    const on = (event: RunEvent) => event.event === 'statement' && event.statement === 2 && told.abort();
    const first = await made.up(files, { on, signal: told.signal });
    expect(first).toMatchObject({ outcome: 'stopped', problems: [{ code: 'interrupted' }] });
    expect(await row(made)).toEqual([[1, 'failed', 3, 2, 'interrupted', 3]]);
    expect(first.migrations[2]!.error).toMatchObject({
      message: 'the run ended before this migration did',
      remedy: '2 of its statements are committed: run again, it goes on from there',
    });
    expect(await made.up(files)).toMatchObject({ outcome: 'applied' });
    expect(await made.sql('select n from log order by n')).toEqual([[1], [2], [3]]);
  });

  test('cut off before its first statement was done, its file is not to be mended', async () => {
    await using made = await start();
    const files = stepwise('select 1 / 0');
    await made.up(files);
    await made.sql(`update schema_migrations set error_code = 'interrupted' where name = '0002_x'`);
    const { migrations } = await made.status(files);
    expect(migrations[2]!.error).toMatchObject({ remedy: 'Run again: it goes on with what is left' });
  });

  test('so does an undoing', async () => {
    await using made = await start();
    const down = [1, 2, 3].map(n => `insert into log select ${-n} from pg_sleep(${n === 1 ? 2.2 : 0});`).join('\n');
    const files = {
      ...FIRST,
      '0002_x': `create table x();\n-- migrate:down transaction:false\n${down}\ndrop table x;`,
    };
    await made.up(files);
    const undo = async (options: object) =>
      revert({ ...(await made.runner(files)), requestedBy: 'test', what: { steps: 1 }, ...options });
    expect(await undo({ budgetMs: 2000 })).toMatchObject({ outcome: 'stopped', problems: [{ code: 'out-of-time' }] });
    expect(await made.sql('select n from log where n < 0')).toEqual([[-1]]);
    expect(await undo({})).toMatchObject({ outcome: 'reverted', reverted: ['0002_x'] });
    expect(await made.sql('select n from log where n < 0 order by n')).toEqual([[-3], [-2], [-1]]);
  });

  type LostAnswer = readonly [what: string, prepare: string, statement: string, done: string];
  const PARTITIONED = 'create table p(k int) partition by list (k); create table p1 partition of p for values in (1)';
  const DETACH: LostAnswer = [
    'DETACH PARTITION CONCURRENTLY',
    PARTITIONED,
    'alter table p detach partition p1 concurrently',
    `select not relispartition from pg_class where relname = 'p1'`,
  ];

  test.runIf(SERVER < 14)(
    'DETACH PARTITION CONCURRENTLY before PostgreSQL 14: what the server says of it',
    async () => {
      await using made = await start();
      await made.raw.query(PARTITIONED);
      const report = await made.up(stepwise('insert into log values (1)', DETACH[2]));
      expect(report.outcome).toBe('failed');
      expect(report.migrations.at(-1)!.error).toMatchObject({ code: '42601', statement: 2 });
      expect(await made.value(`select relispartition from pg_class where relname = 'p1'`)).toBe(true);
    },
  );

  const lostAnswers: readonly LostAnswer[] = [
    [
      'CREATE INDEX CONCURRENTLY',
      '',
      'create index concurrently i on t(n)',
      `select indisvalid from pg_index where indexrelid = 'i'::regclass`,
    ],
    [
      'DROP INDEX CONCURRENTLY',
      'create index i on t(n)',
      'drop index concurrently i',
      `select to_regclass('i') is null`,
    ],
    [
      'REINDEX INDEX CONCURRENTLY',
      'create index i on t(n)',
      'reindex index concurrently i',
      `select count(*) = 1 from pg_class where relname like 'i%' and relkind = 'i' and relnamespace = 'public'::regnamespace`,
    ],
    [
      'REINDEX TABLE CONCURRENTLY',
      'create index i on t(n)',
      'reindex table concurrently t',
      `select count(*) = 1 from pg_index where indrelid = 't'::regclass`,
    ],
    ['VACUUM', '', 'vacuum t', 'select true'],
    // It came with PostgreSQL 14.
    ...(SERVER < 14 ? [] : [DETACH]),
    ['CREATE DATABASE', '', 'create database NAME', `select count(*) = 1 from pg_database where datname = 'NAME'`],
  ];
  const bothWays = lostAnswers.flatMap(([what, ...rest]) =>
    (['before', 'after'] as const).map(when => [what, when, ...rest] as const),
  );
  test.each(bothWays)(
    '%s: the answer is lost %s it ran, it is done once',
    async (what, when, prepare, statement, done) => {
      await using made = await start();
      const name = `lost_${process.pid}_${when}`;
      await made.raw.query(prepare);
      made.local.faults.add({
        fault: 'gateway-timeout',
        when,
        pattern: `^/\\* aurora-migrations [^*]*\\*/\\s*${statement.slice(0, 10)}`,
      });
      const report = await made.up(
        stepwise('insert into log values (1)', statement.replace('NAME', name), 'insert into log values (2)'),
      );
      expect(report.problems, what).toEqual([]);
      expect(report.outcome, what).toBe('applied');
      expect(await made.value(done.replace('NAME', name)), what).toBe(true);
      expect(await made.sql('select n from log order by 1')).toEqual([[1], [2]]);
      expect(made.local.log.entries.filter(entry => entry.faults.length > 0)).toHaveLength(1);
      if (statement.includes('NAME')) await made.raw.query(`drop database ${name}`);
    },
  );

  test.each([
    ['done', [[1], [10], [2]]],
    ['not-done', [[1], [10], [10], [2]]],
  ] as const)(
    'a statement of which nothing tells whether it was done: it stops and asks, and resolve answers %s',
    async (as, log) => {
      await using made = await start();
      const files = stepwise(
        'insert into log values (1)',
        'do $$begin insert into log values (10); commit; end$$',
        'insert into log values (2)',
      );
      made.local.faults.add({ fault: 'reset', when: 'after', pattern: '^/\\* aurora-migrations [^*]*\\*/\\s*do' });
      const report = await made.up(files);
      expect(report).toMatchObject({ outcome: 'failed' });
      const { error } = report.migrations[2]!;
      expect(error).toMatchObject({
        code: 'unknown-outcome',
        statement: 2,
        remedy: expect.stringMatching(/resolve --migration 0002_x --statement 2 --as done.*--as not-done/),
      });
      // Asked again it says the same, and does nothing.
      expect((await made.up(files)).migrations[2]?.error).toMatchObject({ code: 'unknown-outcome', statement: 2 });
      await expect(made.resolve(files, '0002_x', 3, as)).rejects.toMatchObject({ code: 'not-there' });
      await expect(made.resolve(files, '0001_first', 1, as)).rejects.toMatchObject({ code: 'not-there' });
      await expect(made.resolve(files, '0002_x', 2 ** 40, as)).rejects.toMatchObject({ code: 'not-there' });
      expect(await made.resolve(files, '0002_x', 2, as)).toMatchObject({
        name: '0002_x',
        statementsApplied: as === 'done' ? 2 : 1,
      });
      expect(await made.up(files)).toMatchObject({ outcome: 'applied' });
      expect((await made.sql('select n from log')).map(one => one)).toEqual(log);
    },
  );

  test('what is half done and has lost its file is told, not passed over', async () => {
    await using made = await start();
    const files = stepwise('insert into log values (1)', 'select 1/0', 'insert into log values (2)');
    expect(await made.up(files)).toMatchObject({ outcome: 'failed' });
    const told = expect.stringMatching(
      /^0002_x is half done \(statements executed: 1\), and is not in this deploy: division by zero /,
    );
    expect((await made.plan(FIRST)).notes).toEqual([told]);
    expect((await made.status(FIRST)).migrations.at(-1)).toMatchObject({ name: '0002_x', state: 'failed', file: null });
    expect(await made.up({ ...FIRST, '0003_y': 'select 1;' })).toMatchObject({ outcome: 'applied', notes: [told] });
    // Once it is done, it is one of which the database is ahead.
    await made.up(stepwise('insert into log values (1)', 'select 1', 'insert into log values (2)'));
    expect((await made.plan(FIRST)).notes).toEqual([expect.stringMatching(/^The database is ahead: 0002_x/)]);
  });

  // Only the server knows that it ends transactions.
  const commits = `create procedure p() language plpgsql as 'begin insert into log values (10); commit; insert into log values (11); end'`;
  const elsewhere = `create schema app; create table app.log(n int)`;

  test('a statement that turns out to run by itself is not run without the settings before it', async () => {
    await using made = await start();
    await made.raw.query(`${commits}; ${elsewhere}`);
    const files = stepwise('set search_path = app, public', 'call p()', 'insert into log values (2)');
    const { outcome, migrations } = await made.up(files);
    expect(outcome).toBe('failed');
    expect(migrations.at(-1)?.error).toMatchObject({
      code: 'set-out-of-reach',
      message: expect.stringContaining('the setting of statement 1 does not reach it'),
      statement: 2,
      hint: expect.stringContaining('migration of its own'),
    });
    expect(await made.sql('select n from log union all select n from app.log')).toEqual([]);
    // As the hint says.
    const alone = '-- migrate:up transaction:false\nset search_path = app, public;\ninsert into log values (2);';
    const mended = { ...FIRST, '0002_x': alone, '0003_p': '-- migrate:up transaction:false\ncall public.p();' };
    expect(await made.up(mended)).toMatchObject({ outcome: 'applied' });
    expect(await made.sql('select n from log')).toEqual([[10], [11]]);
    expect(await made.sql('select n from app.log')).toEqual([[2]]);
  });

  test.each([
    ['are reset before it', ['set search_path = app, public', 'reset search_path', 'call p()']],
    ['say only how long it may take', [`set lock_timeout = '7s'`, 'call p()']],
    ['come after it', ['call p()', 'set search_path = app, public', 'select 1']],
  ])('it is where they %s', async (_, statements) => {
    await using made = await start();
    await made.raw.query(`${commits}; ${elsewhere}`);
    expect(await made.up(stepwise(...statements))).toMatchObject({ outcome: 'applied' });
    expect(await made.sql('select n from log')).toEqual([[10], [11]]);
  });

  test('what the file is not to blame for is not to be mended in it', async () => {
    await using made = await start();
    // Its owner may take the right from himself, and still give it to himself.
    await made.raw.query('create schema locked; revoke create on schema locked from current_user');
    const { migrations } = await made.up(stepwise('create table a(i int)', 'create table locked.b(i int)'));
    expect(migrations.at(-1)?.error).toMatchObject({
      code: '42501',
      remedy: expect.stringMatching(
        /^Statement 1 is committed\. Let the owner of the schema grant it to the user of the secret: `GRANT USAGE, CREATE ON SCHEMA locked TO …`/,
      ),
    });
  });

  test('the lease outlives a statement that took longer than it lasts', async () => {
    await using made = await start();
    // The second statement looks itself: whoever asks from outside may come when it is over.
    const left = `select expires_at - clock_timestamp() as lasts from schema_migrations_lease where id = 'lease'`;
    await made.up(stepwise('select pg_sleep(1.2)', `create table seen as ${left}`), { leaseMs: 1000 });
    expect(await made.value("select lasts > interval '0' from seen")).toBe(true);
  });

  test('what a dead run still executes is waited for', async () => {
    await using made = await start({ poolSize: 3 });
    await made.raw.query('begin; lock table t in share row exclusive mode');
    const other = new pg.Client(made.url);
    await other.connect();
    // As a run left it: a build that waits for a lock, the lease expired.
    const building = other.query(
      '/* aurora-migrations run:dead name:0002_x statement:1 */ create index concurrently i on t(n)',
    );
    const waits = `select count(*)::int from pg_locks l join pg_database d on d.oid = l.database
      where datname = current_database() and not granted and relation = 't'::regclass`;
    await until('a build that waits for its lock', async () => (await made.value(waits)) === 1);
    const heard: string[] = [];
    const running = made.up(stepwise('create index concurrently i on t(n)'), {
      on: event => event.event === 'waiting' && heard.push(event.what),
    });
    await until('a word about that build', () => heard.join().includes('a statement of an earlier run, name:0002_x'), {
      during: running,
    });
    await made.raw.query('commit');
    await building;
    expect(await running).toMatchObject({ outcome: expect.stringMatching(/applied|failed/) });
    await other.end();
  });
});
