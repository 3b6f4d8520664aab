import { Duration } from 'aws-cdk-lib';
import { beforeAll, describe, expect, test } from 'vitest';
import { RESOURCE_TYPE } from '../../lambda/contract.ts';
import { WHOLE } from '../faults/random.ts';
import { until } from '../support/until.ts';
import { type Assembly, type Files, stamped, synthesize } from './assembly.ts';
import type { Invocation } from './aws.ts';
import type { DeployedStack } from './stack.ts';
import { scaleLease, startWorld, type World } from './world.ts';

/** Milliseconds that a second takes, of the function, of the state machine and of the Data API: 45 s are 0.45, a slice of 5 minutes is 3 s. */
const SECOND = 10;

/** Seconds of the database, which has no clock to scale. */
const minutes = (count: number) => (count * 60 * SECOND) / 1000;

/** Eight of them in `npm test`, all forty in `npm run test:faults`. */
const IN_ALL = WHOLE ? 40 : 8;

const first: Files = {
  '001_log.sql': `CREATE TABLE log (n int); CREATE TABLE big (id int); INSERT INTO big VALUES (1);
    CREATE FUNCTION slow(int) RETURNS int IMMUTABLE LANGUAGE plpgsql AS 'BEGIN PERFORM pg_catalog.pg_sleep(${minutes(IN_ALL / 4)}); RETURN $1; END';`,
};
/** Three quarters of the time in one transaction, the rest in an index that is built. None of it may be done twice. */
const long: Files = {
  ...first,
  '002_long.sql': `INSERT INTO log VALUES (1); ${`SELECT pg_sleep(${minutes(IN_ALL / 16)}); `.repeat(12)} INSERT INTO log VALUES (2);`,
  '003_steps.sql':
    '-- migrate:up transaction:false\nINSERT INTO log VALUES (3);\nCREATE INDEX CONCURRENTLY i ON big (slow(id));\nINSERT INTO log VALUES (4);',
  '004_last.sql': 'INSERT INTO log VALUES (5);',
};
/** One statement after the other, of half a minute each. */
const steps: Files = {
  ...first,
  '002_steps.sql': `-- migrate:up transaction:false\n${Array.from(
    { length: IN_ALL },
    (_, n) => `INSERT INTO log SELECT ${n} FROM pg_sleep(${minutes(0.5)});`,
  ).join('\n')}`,
};

const start = () => startWorld({ second: SECOND });
/** Of which CloudFormation gives up before all is done. */
const timeout = Duration.minutes(5);
let one: Assembly;
let all: Assembly;
let limited: Assembly;
let oneByOne: Assembly;

// Before the tests, whose clocks go on while it blocks.
beforeAll(() => {
  one = synthesize(first);
  all = synthesize(long);
  limited = synthesize(long, { timeout });
  oneByOne = synthesize(steps);
});

/** A stack of which the first migration is deployed, in a database by whose clock a lease is as short as everything else. */
async function deployed(world: World, before = one): Promise<DeployedStack> {
  const stack = world.stack();
  expect((await stack.create(before)).status).toBe('CREATE_COMPLETE');
  await scaleLease(world, SECOND);
  world.aws.invocations.length = 0;
  return stack;
}

/** The slices of a stack's function, in order. */
const slices = (world: World, { hook }: DeployedStack): Invocation[] =>
  world.aws.invocations.filter(({ name, event }) => name === hook.spec.name && event.Work === 'migrate');

/** Until a slice of that number works on that migration. */
const atWork = (world: World, stack: DeployedStack, slice: number, migration: string) =>
  until(`slice ${slice} at work on ${migration}`, async () => {
    const found = await world.rows(
      `select from pg_stat_activity where datname = current_database() and state = 'active' and query like '%aurora-migrations%name:${migration}%' and pid <> pg_backend_pid()`,
    );
    return slices(world, stack).length >= slice && found.length > 0;
  });

async function appliedOnce(world: World): Promise<void> {
  expect(await world.rows('select n from log order by n')).toEqual([1, 2, 3, 4, 5].map(n => ({ n })));
  // What was cut off says so, and is gone on with.
  const attempts = await world.rows<{ name: string; status: string }>(
    `select name, status from schema_migrations where version <> '000' and error_code is distinct from 'interrupted' order by name`,
  );
  expect(attempts.map(({ name, status }) => `${name} ${status}`)).toEqual(
    ['001_log', '002_long', '003_steps', '004_last'].map(name => `${name} applied`),
  );
  expect(await world.rows('select indisvalid from pg_index')).not.toContainEqual({ indisvalid: false });
  expect(await world.rows(`select run_id from schema_migrations_lease where id = 'lease'`)).toEqual([{ run_id: null }]);
  world.local.log.assertNoWriteRetried();
}

const scenarios: Readonly<Record<string, (world: World) => Promise<void>>> = {
  async 'goes on slice by slice, each within the time of the function, and ends well'(world) {
    const stack = await deployed(world);
    const { status, responses } = await stack.update(all);
    expect(status).toBe('UPDATE_COMPLETE');
    expect(responses[0]).toMatchObject({
      Status: 'SUCCESS',
      Data: { Applied: '4', Pending: '0', Latest: '004_last' },
    });
    expect(responses[0]!.seconds).toBeGreaterThan(IN_ALL * 60);
    expect(slices(world, stack).length).toBeGreaterThanOrEqual(IN_ALL / 5);
    // One that takes longer is killed, and the deploy fails: so does Lambda.
    for (const { seconds } of slices(world, stack)) expect(seconds).toBeLessThan(stack.hook.spec.timeoutSeconds);
    await appliedOnce(world);
  },

  async 'of statements that go one by one: each slice ends between two of them'(world) {
    const stack = await deployed(world);
    const { responses } = await stack.update(oneByOne);
    expect(responses).toMatchObject([{ Status: 'SUCCESS', Data: { Applied: '2', Pending: '0' } }]);
    expect(slices(world, stack).length).toBeGreaterThanOrEqual(IN_ALL / 10);
    for (const { seconds } of slices(world, stack)) expect(seconds).toBeLessThan(stack.hook.spec.timeoutSeconds);
    expect(await world.rows('select n from log order by n')).toEqual(Array.from({ length: IN_ALL }, (_, n) => ({ n })));
  },

  async 'a slice is killed and its answer lost on the way: the next ones end it'(world) {
    const stack = await deployed(world);
    const deploy = stack.update(all);
    await atWork(world, stack, 2, '002_long');
    world.aws.killWaiter();
    stack.hook.kill();
    expect((await deploy).responses).toMatchObject([{ Status: 'SUCCESS', Data: { Applied: '4', Pending: '0' } }]);
    await appliedOnce(world);
  },

  async 'a slice is killed while an index is built: the deploy fails, and the next one takes what the build has come to'(
    world,
  ) {
    const stack = await deployed(world);
    const deploy = stack.update(all);
    await atWork(world, stack, 2, '003_steps');
    stack.hook.kill();
    const { status, responses } = await deploy;
    expect(status).toBe('UPDATE_ROLLBACK_COMPLETE');
    expect(responses).toMatchObject([
      { Status: 'FAILED', Reason: expect.stringContaining('Runtime exited with error') },
      {
        Status: 'SUCCESS',
        Data: { Applied: '1', Notes: expect.stringContaining('002_long applied, but not in this folder') },
      },
    ]);
    const again = await stack.update(stamped(all, 'again'));
    expect(again.responses).toMatchObject([{ Status: 'SUCCESS', Data: { Applied: '4', Pending: '0' } }]);
    await appliedOnce(world);
    const built = world.local.log.entries.filter(({ sql }) => /\*\/\s+CREATE INDEX CONCURRENTLY/.test(sql ?? ''));
    expect(built).toHaveLength(1);
  },

  async 'a request that a newer one supersedes stops with its slice, and the newer one ends it'(world) {
    const stack = await deployed(world);
    stack.install(all);
    const given = stack.request('Update');
    await atWork(world, stack, 2, '002_long');
    // CloudFormation has given it up, and deploys anew; nothing stops the waiter of the first.
    const [newer, older] = await Promise.all([stack.request('Update'), given]);
    expect(older).toMatchObject({
      Status: 'FAILED',
      Reason: expect.stringContaining('A newer request of the same deploy hook has taken over'),
    });
    expect(newer).toMatchObject({ Status: 'SUCCESS', Data: { Applied: '4', Pending: '0' } });
    await appliedOnce(world);
  },
};

// They wait nearly all of the time.
describe.concurrent('in a database and an AWS of its own', () => {
  test.each(Object.entries(scenarios).filter(([name]) => WHOLE || name.startsWith('a slice is killed and')))(
    `a deploy of ${IN_ALL} minutes: %s`,
    { timeout: 180_000 },
    async (_, play) => {
      await using world = await start();
      await play(world);
    },
  );

  test('a deploy whose time is over is answered before CloudFormation gives it up, and told what was done and what is left', {
    timeout: 120_000,
  }, async () => {
    await using world = await start();
    const stack = await deployed(world);
    const { status, responses } = await stack.update(limited);
    expect(status).toBe('UPDATE_ROLLBACK_COMPLETE');
    expect(responses[0]).toMatchObject({
      Status: 'FAILED',
      Reason: expect.stringMatching(
        /^Not all migrations were applied within \d of 5 minutes: 1 applied, the newest 001_log; 3 left: 002_long, 003_steps, 004_last\./,
      ),
    });
    const resource = Object.values(limited.template.Resources).find(({ Type }) => Type === RESOURCE_TYPE)!;
    expect(responses[0]!.seconds).toBeLessThan(Number(resource.Properties.ServiceTimeout));
    // What still ran was not stopped. With the time for it, the next deploy ends it.
    const again = await stack.update(all);
    expect(again.responses).toMatchObject([{ Status: 'SUCCESS', Data: { Applied: '4', Pending: '0' } }]);
    await appliedOnce(world);
  });
});
