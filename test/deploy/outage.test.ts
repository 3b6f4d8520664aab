import { Duration } from 'aws-cdk-lib';
import { beforeAll, describe, expect, test } from 'vitest';
import type { FaultName } from '../../lib/local/index.ts';
import { until } from '../support/until.ts';
import { type Assembly, synthesize } from './assembly.ts';
import { scaleLease, startWorld } from './world.ts';

/** Milliseconds that a second takes: the three minutes of patience with a cluster are 1.8 s, a slice is 3 s. */
const SECOND = 10;

const first = { '001_log.sql': 'CREATE TABLE log (n int);' };
const files = { ...first, '002_a.sql': 'INSERT INTO log VALUES (2);', '003_b.sql': 'INSERT INTO log VALUES (3);' };
let one: Assembly;
let all: Assembly;
let limited: Assembly;
// Before the tests, whose clocks go on while it blocks.
beforeAll(() => {
  one = synthesize(first);
  all = synthesize(files);
  limited = synthesize(files, { timeout: Duration.minutes(10) });
}, 240_000);

describe.concurrent('in the middle of a slice', () => {
  async function deployed(second = SECOND) {
    const world = await startWorld({ second });
    const stack = world.stack();
    expect((await stack.create(one)).status).toBe('CREATE_COMPLETE');
    await scaleLease(world, second);
    world.aws.invocations.length = 0;
    return { world, stack, [Symbol.asyncDispose]: () => world[Symbol.asyncDispose]() };
  }

  test.each<[what: string, fault: FaultName]>([
    ['the writer goes away', 'writer-unavailable'],
    ['the service is not there', 'unavailable'],
    ['the cluster is paused', 'resuming'],
    ['there are too many requests', 'throttled'],
  ])('%s, for longer than the slice waits: the one after it does the work', { timeout: 120_000 }, async (_, fault) => {
    await using made = await deployed();
    const { world, stack } = made;
    const { faults } = world.local;
    const slices = () =>
      world.aws.invocations.filter(({ name, event }) => name === stack.hook.spec.name && event.Work === 'migrate');
    // The lease is taken again after a lost answer, and then the history cannot be read, until the slice has ended.
    faults.add({ fault: 'reset', sql: 'name:003_b' });
    faults.after({ sql: 'WITH at_work', call: 2 }, () => faults.add({ fault, times: 0 }));
    const updating = stack.update(all);
    await until('the end of the first slice', () => slices()[0]?.seconds !== undefined, { during: updating });
    faults.clear();
    const { status, responses } = await updating;
    expect(responses).toMatchObject([{ Status: 'SUCCESS', Data: { Applied: '3', Pending: '0', Latest: '003_b' } }]);
    expect(status).toBe('UPDATE_COMPLETE');
    expect(slices().length).toBeGreaterThan(1);
    expect(await world.rows('select n from log order by n')).toEqual([{ n: 2 }, { n: 3 }]);
    expect(await world.attempts()).toEqual(['001_log applied', '002_a applied', '003_b applied']);
    world.local.log.assertNoWriteRetried();
  });

  test('the writer goes away and stays away: the last answer comes in time, and says what was heard last', {
    timeout: 120_000,
  }, async () => {
    // A new function has to start and to plan within half of the five minutes: on a busy machine that takes seconds.
    await using made = await deployed(4 * SECOND);
    const { world, stack } = made;
    const { faults } = world.local;
    faults.after({ sql: 'name:002_a' }, () => faults.add({ fault: 'writer-unavailable', times: 0 }));
    stack.install(limited);
    const response = await stack.request('Update');
    expect(response.Status).toBe('FAILED');
    expect(response.Reason).toMatch(
      /^Not all migrations were applied within \d+ of 10 minutes\. What is applied stays, .*\nThe last that was heard: \S/,
    );
    expect(response.seconds).toBeLessThan(15 * 60);
    expect(await world.attempts()).toEqual(['001_log applied', '002_a applied']);
  });
});
