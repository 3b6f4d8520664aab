import { describe, expect, test } from 'vitest';
import type { RunEvent } from '../../lib/runner/index.ts';
import { SHORT_CALLS } from '../support/clocks.ts';
import { connect, copiesOf, type Files, timesSent } from '../support/migrations.ts';
import { describeMysql, mysqlBench } from '../support/mysql.ts';

const FIRST: Files = { '0001_first': 'create table t(id int); create table log(n int);' };
const ROWS = `select attempt, status, error_code, error_statement from schema_migrations where name = '0002_x' order by 1`;
const STEPWISE = '-- migrate:up transaction:false\n';

const start = copiesOf(FIRST, { poolSize: 3 });

const lines = (values: unknown[][]) => values.map(row => row.join(' '));

describe.concurrent('a call that leaves no trace', () => {
  test.each([
    ['in one transaction', '', [`1 failed no-outcome `], null],
    [
      'statement by statement',
      STEPWISE,
      // The first call committed statement 1; those that were lost before they committed anything left no row.
      ['1 failed interrupted 2', '2 failed no-outcome 2'],
      2,
    ],
  ])('is sent three times, and then said to have failed: %s', async (_, head, rows, statement) => {
    await using made = await start();
    const files = {
      ...FIRST,
      '0002_x': `${head}insert into log values (1);\nselect pg_terminate_backend(pg_backend_pid());`,
    };
    const report = await made.up(files);
    expect(report).toMatchObject({ outcome: 'failed', applied: [], problems: [] });
    const { state, error } = report.migrations.at(-1)!;
    expect(state).toBe('failed');
    expect(error).toMatchObject({
      code: 'no-outcome',
      message: '3 calls in a row ended without an answer, and nothing tells of an end of it',
      remedy: expect.stringMatching(/^Look into the log of the database: /),
      file: '0002_x.sql',
      statement,
    });
    expect(
      lines(
        await made.sql(
          `select attempt, status, error_code, error_statement from schema_migrations where name = '0002_x' order by 1`,
        ),
      ),
    ).toEqual(rows);
    const { migrations } = await made.status(files);
    expect(migrations.at(-1)!.error).toMatchObject({ code: 'no-outcome', remedy: error!.remedy });
    expect(await made.value(`select run_id from schema_migrations_lease where id = 'lease'`)).toBeNull();
  });

  test('also where that cannot be written down', async () => {
    await using made = await start();
    made.local.faults.add({ fault: 'reset', sql: 'name:0002_x', times: 0 });
    const report = await made.up({ ...FIRST, '0002_x': 'insert into log values (1);' });
    expect(report.migrations.at(-1)!.error).toMatchObject({ code: 'no-outcome' });
    expect(await made.sql('select n from log')).toEqual([]);
  });

  test('twice is no reason to give up', async () => {
    await using made = await start();
    made.local.faults.add({ fault: 'reset', sql: 'name:0002_x', times: 2 });
    const files = { ...FIRST, '0002_x': 'insert into log values (1);' };
    expect(await made.up(files)).toMatchObject({ outcome: 'applied', problems: [] });
  });

  test('nor is any number of them, where each comes farther', async () => {
    await using made = await start();
    for (const statement of [1, 2, 3, 4]) {
      made.local.faults.add({ fault: 'reset', when: 'after', pattern: `name:0002_x statement:${statement} .*step_1` });
    }
    const steps = [1, 2, 3, 4].map(n => `insert into log values (${n});`).join('\n');
    const files = { ...FIRST, '0002_x': STEPWISE + steps };
    expect(await made.up(files)).toMatchObject({ outcome: 'applied', problems: [] });
    expect(await made.sql('select n from log order by n')).toEqual([[1], [2], [3], [4]]);
  });

  test('to undo a migration: recorded as failed', async () => {
    await using made = await start();
    const files = {
      ...FIRST,
      '0002_x': 'create table x();\n-- migrate:down\nselect pg_terminate_backend(pg_backend_pid());',
    };
    await made.up(files);
    made.local.log.clear();
    expect(await made.revert(files, { steps: 1 })).toMatchObject({
      outcome: 'failed',
      failure: { migration: '0002_x', code: 'no-outcome' },
    });
    // The fourth call records the failure and executes nothing.
    expect(timesSent(made, '0002_x')).toBe(4);
    expect(lines(await made.sql(ROWS))).toEqual(['1 applied  ', '2 failed no-outcome ']);
    expect(await made.status(files)).toMatchObject({
      migrations: [{}, {}, { state: 'applied', error: { code: 'no-outcome', statement: null } }],
    });
  });

  test('to undo a migration statement by statement: recorded as failed, and what is done stays known', async () => {
    await using made = await start();
    const down = (second: string) => ({
      ...FIRST,
      '0002_x': `create table x();\n-- migrate:down transaction:false\ninsert into log values (1);\n${second}\ndrop table x;`,
    });
    const files = down('select pg_terminate_backend(pg_backend_pid());');
    await made.up(files);
    expect(await made.revert(files, { steps: 1 })).toMatchObject({
      outcome: 'failed',
      failure: { migration: '0002_x', code: 'no-outcome', statement: 2 },
    });
    expect(lines(await made.sql(ROWS)).at(-1)).toMatch(/^\d failed no-outcome 2$/);
    expect(await made.revert(down('select 1;'), { steps: 1 })).toMatchObject({ outcome: 'reverted' });
    expect(await made.sql('select n from log')).toEqual([[1]]);
  });

  test('for want of a lock, and of the time to say so, is written down the second time, and who has the lock is told', async () => {
    await using made = await start({ clocks: SHORT_CALLS });
    const reader = await connect(made, 'report');
    await reader.query('begin; select * from t');
    const heard: string[] = [];
    const report = await made.up(
      { ...FIRST, '0002_x': 'select pg_sleep(0.4); alter table t add x int;' },
      { lockTimeoutMs: 200, on: (e: RunEvent) => void (e.event === 'waiting' && heard.push(e.what)) },
    );
    await reader.end();
    expect(report.outcome).toBe('failed');
    expect(report.migrations.at(-1)!.error).toMatchObject({
      code: '55P03',
      statement: 2,
      line: 1,
      remedy: expect.stringMatching(
        /^It was rolled back completely. Something holds a lock on what this statement changes: /,
      ),
    });
    expect(timesSent(made, '0002_x')).toBe(2);
    expect(heard.join('\n')).toMatch(/a lock on t, held by process \d+ \(\w+, report: /);
    expect(await made.sql(`select attempt, status from schema_migrations where name = '0002_x'`)).toEqual([
      [1, 'failed'],
    ]);
  });
});

describeMysql('on MySQL: a call that leaves no trace', () => {
  test.each([
    ['COMMIT AND CHAIN executed', true],
    ['COMMIT AND CHAIN refused', false],
  ])('is sent three times, and then said to have failed: %s', async (_, chains) => {
    const made = await mysqlBench({ chains });
    await made.up({ '0001_first': 'create table t (id int primary key);' });
    made.local.faults.add({ fault: 'reset', pattern: '^INSERT INTO .schema_migrations. ', times: 3 });
    const files = { '0001_first': 'create table t (id int primary key);', '0002_x': 'create table x (id int);' };
    const report = await made.up(files);
    expect(report).toMatchObject({ outcome: 'failed', problems: [] });
    expect(report.migrations.at(-1)!.error).toMatchObject({ code: 'no-outcome' });
    expect(await made.sql(`select attempt, status, error_code from schema_migrations where name = '0002_x'`)).toEqual([
      [1, 'failed', 'no-outcome'],
    ]);
    // As a lock is written down whose call was not heard.
    await made.raw.query(
      `update schema_migrations set error_code = 'HY000', error_message = 'Lock wait timeout exceeded (error 1205)' where name = '0002_x'`,
    );
    const { migrations } = await made.status(files);
    expect(migrations.at(-1)!.error!.remedy).toMatch(
      /^Nothing of it was committed. Something holds a lock on what this statement changes; /,
    );
  });
});

describeMysql('on MySQL: calls of a down script that leave no trace', () => {
  test('are recorded as its failure, and what is done stays known', async () => {
    const made = await mysqlBench();
    const files = (last: string) => ({
      '0001_t': `create table t (id int primary key);\n-- migrate:down\ncreate table log (n int);\n${last}\ndrop table t;`,
    });
    await made.up(files('delete from none;'));
    expect(await made.revert(files('delete from none;'), { steps: 1 })).toMatchObject({ failure: { statement: 2 } });
    made.local.faults.add({ fault: 'reset', pattern: 'name:0001_t statement:2 ', times: 3 });
    expect(await made.revert(files('delete from log;'), { steps: 1 })).toMatchObject({
      outcome: 'failed',
      failure: { migration: '0001_t', code: 'no-outcome' },
    });
    const last = `select status, statements_applied, error_code from schema_migrations where name = '0001_t' order by attempt desc limit 1`;
    expect(await made.sql(last)).toEqual([['failed', 1, 'no-outcome']]);
    expect(await made.revert(files('delete from log;'), { steps: 1 })).toMatchObject({ outcome: 'reverted' });
  });
});

describe.concurrent('an attempt that another run has cut off', () => {
  test('is no failure of its migration', async () => {
    await using made = await start();
    const steps = [1, 2, 3, 4].map(n => `insert into log values (${n});`).join('\n');
    const files = { ...FIRST, '0002_x': STEPWISE + steps };
    const { faults } = made.local;
    // The lease of the first ends while it has no answer; the second is told to end after a statement more.
    faults.after({ pattern: 'statement:2 .*run_1' }, async () => {
      faults.clear();
      await made.raw.query(`update schema_migrations_lease set expires_at = now() - interval '1 s' where id = 'lease'`);
      const stop = new AbortController();
      const on = (event: RunEvent) => void (event.event === 'statement' && event.statement === 3 && stop.abort());
      const other = await made.up(files, { database: made.client(), signal: stop.signal, requestedBy: 'other', on });
      expect(other).toMatchObject({ outcome: 'stopped', problems: [{ code: 'interrupted' }] });
    });
    faults.add({ fault: 'reset', when: 'after', pattern: 'statement:2 .*run_1' });
    expect(await made.up(files)).toMatchObject({ outcome: 'applied', applied: ['0002_x'], problems: [] });
    expect(await made.sql('select n from log order by n')).toEqual([[1], [2], [3], [4]]);
  });
});
