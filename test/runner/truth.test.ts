import pg from 'pg';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { Activity } from '../../lib/core/report.ts';
import { postgresqlSchema } from '../../lib/engine/postgresql/schema/index.ts';
import { history, plan, status } from '../../lib/runner/index.ts';
import { verify } from '../../lib/runner/verify.ts';
import { expectNoCountAfterDown } from '../support/after-down.ts';
import { type Bench, bench, type Files } from '../support/migrations.ts';
import { until } from '../support/until.ts';
import { whileRows } from '../support/while-rows.ts';

const OLD: Files = { '001_users': 'create table users (id int, email text);' };
const schema = postgresqlSchema();

async function asked(made: Bench, files: Files) {
  const runner = await made.runner(files);
  return {
    status: await status(runner),
    plan: await plan(runner),
    verify: await verify({ ...runner, schema }),
    history: await history(runner),
  };
}

describe('a migration that failed, and that this code does not have', () => {
  const BAD: Files = { ...OLD, '002_bad': 'create table bad (id int);\ninsert into nowhere values (1);' };

  test('is named by status, plan, verify and history, each with the cause and what to do', async () => {
    const made = await bench();
    await made.up(OLD);
    expect((await status(await made.runner(OLD))).dataApiCalls).toBe(1);
    await made.up(BAD);
    const found = await asked(made, OLD);
    const cause = /relation "nowhere" does not exist/;
    const next = 'Nothing of it was committed. Fix its file and deploy it again, or leave it out';
    expect(found.status.counts).toMatchObject({ applied: 2, failed: 1, missing: 0 });
    expect(found.status.migrations.at(-1)).toMatchObject({
      name: '002_bad',
      state: 'failed',
      file: null,
      version: null,
      error: { code: '42P01', message: expect.stringMatching(cause), statement: 2, remedy: next },
    });
    expect(found.plan).toMatchObject({ steps: [], problems: [], failed: ['002_bad'] });
    expect(found.plan.notes).toEqual([
      `002_bad failed, and is not in this deploy: relation "nowhere" does not exist (SQLSTATE 42P01, statement 2). ${next}`,
    ]);
    expect(found.verify.findings).toEqual([
      {
        code: 'failed',
        migration: '002_bad',
        message: '002_bad failed, and is not in this deploy: relation "nowhere" does not exist',
        remedy: next,
      },
    ]);
    expect(found.history[0]).toMatchObject({ name: '002_bad', errorCode: '42P01', remedy: next });
    expect(found.history[1]).toMatchObject({ name: '001_users', remedy: null });
  });

  test.each<[string, (made: Bench) => Promise<unknown>]>([
    ['applied', made => made.up({ ...OLD, '003_good': 'select 1;' })],
    [
      'undone',
      made =>
        made.revert({ ...OLD, '001_users': `${OLD['001_users']}\n-- migrate:down\ndrop table users;` }, { steps: 1 }),
    ],
  ])('until something was %s since', async (_, since) => {
    const made = await bench();
    await made.up(OLD);
    await made.up(BAD);
    await since(made);
    const { counts } = await status(await made.runner(OLD));
    expect(counts.failed).toBe(0);
    expect((await plan(await made.runner(OLD))).failed).toEqual([]);
  });

  test('half done: how far it got, for as long as it is', async () => {
    const made = await bench();
    await made.up(OLD);
    const half = {
      '002_half': '-- migrate:up transaction:false\ncreate table a (id int);\ninsert into nowhere values (1);',
    };
    await made.up({ ...OLD, ...half });
    await made.up({ ...OLD, '003_good': 'select 1;' });
    const found = await asked(made, { ...OLD, '003_good': 'select 1;' });
    const next = '1 of its statements is committed. Deploy its fixed file again: it goes on from there';
    expect(found.status.migrations.at(-1)).toMatchObject({
      name: '002_half',
      state: 'failed',
      statementsApplied: 1,
      error: { remedy: next },
    });
    expect(found.plan.notes).toEqual([
      `002_half is half done (statements executed: 1), and is not in this deploy: relation "nowhere" does not exist (SQLSTATE 42P01, statement 2). ${next}`,
    ]);
    expect(found.verify.findings.find(({ code }) => code === 'failed')?.message).toMatch(/^002_half is half done \(/);
  });

  test('an index that it left invalid: it is named without a call more, and no REINDEX that must fail', async () => {
    const made = await bench();
    await made.up({ ...OLD, '002_rows': "insert into users values (1, 'a'), (2, 'a');" });
    const files = { ...OLD, '002_rows': "insert into users values (1, 'a'), (2, 'a');" };
    await made.up({
      ...files,
      '003_index': '-- migrate:up transaction:false\ncreate unique index concurrently users_email on users (email);',
    });
    const found = await asked(made, files);
    const invalid = 'The index public.users_email is invalid, no query uses it: `verify` says what to do';
    expect(found.status.notes).toEqual([invalid]);
    expect(found.plan.notes).toEqual([
      expect.stringMatching(/^003_index failed, and is not in this deploy: /),
      invalid,
    ]);
    const remedy = found.verify.findings.find(({ code }) => code === 'index-invalid')!.remedy;
    expect(remedy).toMatch(
      /^DROP INDEX CONCURRENTLY public\.users_email -- and make it again when no two rows have one key/,
    );
    await made.sql('drop index users_email');
    expect((await status(await made.runner(files))).notes).toEqual([]);
  });
});

test('a failed attempt to apply an edited migration says that the earlier version is still applied', async () => {
  const made = await bench();
  const files = (sql: string) => ({ ...OLD, R__view: sql });
  await made.up(files('create or replace view v as select id from users;'));
  const failed = await made.up(files('create or replace view v as select nothing from users;'));
  const remedy = 'It was rolled back completely, and the earlier version is still applied. Fix the file and run again';
  expect(failed.migrations.at(-1)!.error!.remedy).toBe(remedy);
  const now = await status(await made.runner(files('create or replace view v as select nothing from users;')));
  expect(now.migrations.at(-1)!.error!.remedy).toBe(remedy);
  // The same of code that does not have it, which is what the history is to.
  const told =
    'Nothing of it was committed, and the earlier version is still applied. Fix its file and deploy it again';
  expect((await history({ ...(await made.runner(OLD)), limit: 1 }))[0]!.remedy).toBe(told);
  // And of the code of before: its file is right.
  const before = await status(await made.runner(files('create or replace view v as select id from users;')));
  expect(before.migrations.at(-1)).toMatchObject({ state: 'applied', error: { file: null, remedy: told } });
});

test('after `down`, nothing says how many statements are done', async () => {
  await expectNoCountAfterDown(await bench());
});

describe('what is at work', () => {
  const SLOW: Files = { ...OLD, '002_slow': whileRows('users') };
  const BUILD: Files = {
    ...OLD,
    '002_build': '-- migrate:up transaction:false\ncreate index concurrently users_email on users (email);',
  };

  /** Asks until something is at work. */
  async function seen(made: Bench, files: Files, during: Promise<unknown>, enough = (_: Activity) => true) {
    let running: Activity | null = null;
    const isSeen = async () => {
      ({ running } = await status(await made.runner(files)));
      return running !== null && running.migration !== null && enough(running);
    };
    await until('a migration at work', isSeen, { during });
    return running!;
  }

  test('a run in one transaction: its migration, who began it and since when, before its row is there', async () => {
    const made = await bench();
    await made.up(OLD);
    await made.sql("insert into users values (1, 'a')");
    const run = made.up(SLOW, { requestedBy: 'cli:grace' });
    const running = await seen(made, SLOW, run);
    expect(running).toMatchObject({
      interrupted: false,
      migration: '002_slow',
      statement: null,
      requestedBy: 'cli:grace',
    });
    expect(Math.abs(Date.parse(running.since) - Date.now())).toBeLessThan(20_000);
    expect((await plan(await made.runner(SLOW))).running).toMatchObject({ migration: '002_slow' });
    expect((await verify({ ...(await made.runner(SLOW)), schema })).notes[0]).toMatch(
      /^A run is at work \(002_slow, for \d+ s, by cli:grace\): what is found may be its doing$/,
    );
    await made.sql('delete from users');
    await run;
    expect((await status(await made.runner(SLOW))).running).toBeNull();
  });

  test('a statement by itself: its number, what it waits for; and when it outlives its run, that it does', async () => {
    const made = await bench();
    await made.up(OLD);
    const other = new pg.Client(made.url);
    await other.connect();
    onTestFinished(() => other.end());
    await other.query('begin; insert into users values (1)');
    const ending = new AbortController();
    const run = made.up(BUILD, { requestedBy: 'cli:grace', signal: ending.signal, lockTimeoutMs: 60_000 });
    const running = await seen(made, BUILD, run, ({ statement }) => statement !== null);
    expect(running).toMatchObject({
      interrupted: false,
      migration: '002_build',
      statement: 1,
      requestedBy: 'cli:grace',
    });
    // As a run that died without giving its lease back, and whose statement goes on.
    await made.sql(`update schema_migrations_lease set expires_at = now() - interval '1 minute' where id = 'lease'`);
    expect((await status(await made.runner(BUILD))).running).toMatchObject({
      interrupted: true,
      migration: '002_build',
      statement: 1,
      requestedBy: 'cli:grace',
      progress: expect.stringContaining('waiting for'),
    });
    await made.sql(`update schema_migrations_lease set run_id = null, requested_by = null where id = 'lease'`);
    expect((await plan(await made.runner(BUILD))).running).toMatchObject({
      interrupted: true,
      requestedBy: 'cli:grace',
    });
    await other.query('commit');
    ending.abort();
    await run;
  });
});
