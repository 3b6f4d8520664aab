import { expect, onTestFinished, test } from 'vitest';
import type { Activity } from '../../lib/core/report.ts';
import { mysqlSchema } from '../../lib/engine/mysql/schema/index.ts';
import { plan, status } from '../../lib/runner/index.ts';
import { verify } from '../../lib/runner/verify.ts';
import { expectNoCountAfterDown } from '../support/after-down.ts';
import { connectTo, describeMysql, mysqlBench } from '../support/mysql.ts';
import { until } from '../support/until.ts';

const OLD = { '001_users': 'create table users (id int);' };
const schema = mysqlSchema();

describeMysql('what is wrong in a MySQL database is seen by code that does not have it', () => {
  test('a failed migration: its cause, and what to do; until something was applied', async () => {
    const made = await mysqlBench();
    await made.up(OLD);
    expect((await status(await made.runner(OLD))).dataApiCalls).toBe(1);
    await made.up({ ...OLD, '002_bad': 'insert into nowhere values (1);' });
    const next = 'Nothing of it was committed. Fix its file and deploy it again, or leave it out';
    const runner = await made.runner(OLD);
    expect((await status(runner)).migrations.at(-1)).toMatchObject({
      name: '002_bad',
      state: 'failed',
      file: null,
      error: { message: expect.stringContaining('nowhere'), remedy: next },
    });
    expect(await plan(runner)).toMatchObject({ failed: ['002_bad'], notes: [expect.stringContaining(next)] });
    expect((await verify({ ...runner, schema })).findings).toMatchObject([{ code: 'failed', migration: '002_bad' }]);
    await made.up({ ...OLD, '003_good': 'create table good (id int);' });
    expect((await status(await made.runner(OLD))).counts).toMatchObject({ failed: 0, missing: 1 });
  });

  test('one that is half done: how far it got', async () => {
    const made = await mysqlBench();
    await made.up(OLD);
    await made.up({ ...OLD, '002_half': 'create table a (id int);\ninsert into nowhere values (1);' });
    const found = await status(await made.runner(OLD));
    expect(found.migrations.at(-1)).toMatchObject({
      state: 'failed',
      statementsApplied: 1,
      error: { remedy: expect.stringMatching(/^1 of its statements is committed\. Deploy its fixed file again/) },
    });
  });

  test('a run at work: its migration and statement, who began it and since when', async () => {
    const made = await mysqlBench();
    await made.up(OLD);
    const files = { ...OLD, '002_slow': 'update users set id = id + 1;\ninsert into users values (1);' };
    const holder = await connectTo(made.name);
    onTestFinished(() => holder.end());
    await holder.query('insert into users values (1); begin; select id from users for update');
    const run = made.up(files, { requestedBy: 'cli:grace', lockTimeoutMs: 40_000 });
    const runner = { ...(await made.runner(files)), database: made.client() };
    let running: Activity | null = null;
    const isSeen = async () => {
      ({ running } = await status(runner));
      return running !== null && running.statement !== null;
    };
    await until('a statement at work', isSeen, { during: run });
    expect(running).toMatchObject({
      interrupted: false,
      migration: '002_slow',
      statement: 1,
      requestedBy: 'cli:grace',
    });
    expect(Math.abs(Date.parse(running!.since) - Date.now())).toBeLessThan(20_000);
    // As a run that died: its statement goes on.
    await made.sql(
      `update schema_migrations_lease set expires_at = utc_timestamp() - interval 1 minute where id = 'lease'`,
    );
    expect((await plan(runner)).running).toMatchObject({ interrupted: true, migration: '002_slow', statement: 1 });
    await holder.query('commit');
    await run;
    expect((await status(runner)).running).toBeNull();
  });

  test('after `down`, nothing says how many statements are done', async () => {
    await expectNoCountAfterDown(await mysqlBench());
  });
});
