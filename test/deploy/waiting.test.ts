import { Duration } from 'aws-cdk-lib';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Fault } from '../../lib/local/index.ts';
import { until } from '../support/until.ts';
import { type Assembly, stamped, synthesize } from './assembly.ts';
import { DeployedFunction } from './function.ts';
import type { Deploy, DeployedStack } from './stack.ts';
import { useWorld } from './world.ts';

/** Milliseconds that a second takes: five minutes are three seconds. */
const SECOND = 10;

const users = { '001_users.sql': 'CREATE TABLE users (id int);\n' };
const posts = { ...users, '002_posts.sql': 'CREATE TABLE posts (id int);\n' };
let one: Assembly;
let two: Assembly;
let limited: Assembly;
// Before the tests, whose clocks go on while it blocks.
beforeAll(() => {
  one = synthesize(users);
  two = synthesize(posts);
  limited = synthesize(posts, { timeout: Duration.minutes(10) });
});

const world = useWorld({ second: SECOND });
const lines = ({ log }: DeployedFunction, event: string) =>
  (log as unknown as Line[]).filter(line => line.event === event);
interface Line {
  readonly event?: string;
  readonly what?: string;
  readonly seconds?: number;
  readonly errorCode?: string;
}
/** Calls that met the fault. */
const refused = () => world.local.log.entries.filter(({ faults }) => faults.some(fault => !fault.startsWith('hook')));

const notAuthorized = 'User: arn:aws:sts::1:assumed-role/x is not authorized to perform: secretsmanager:GetSecretValue';
const REFUSALS: Readonly<Record<string, Fault['fault']>> = {
  ForbiddenException: 'forbidden',
  SecretsErrorException: { name: 'SecretsErrorException', status: 400, message: `${notAuthorized} on resource: y` },
  BadRequestException: { name: 'BadRequestException', status: 400, message: notAuthorized },
};

/** Deploys two migrations, and lets the fault begin at a place of the deploy. */
const PLACES: Readonly<Record<string, (begin: () => void, what?: Assembly) => Promise<[DeployedFunction, Deploy]>>> = {
  async 'on Create'(begin, what = two) {
    const stack = world.stack();
    begin();
    return deployed(stack, stack.create(what));
  },
  async 'on Update'(begin, what = two) {
    const stack = world.stack();
    await stack.create(one);
    begin();
    return deployed(stack, stack.update(what));
  },
  async 'in isComplete'(begin, what = two) {
    const stack = world.stack();
    await stack.create(one);
    // The last call of onEvent.
    world.local.faults.after({ sql: 'excluded.request_id' }, begin);
    return deployed(stack, stack.update(what));
  },
};

/** The function of a deploy that has begun: a rollback brings another one back. */
async function deployed({ hook }: DeployedStack, deploy: Promise<Deploy>): Promise<[DeployedFunction, Deploy]> {
  return [hook, await deploy];
}

async function expectApplied(hook: DeployedFunction, { responses }: Deploy, what: string): Promise<void> {
  expect(responses).toMatchObject([{ Status: 'SUCCESS', Data: { Applied: '2', Pending: '0', Latest: '002_posts' } }]);
  expect(await world.attempts()).toEqual(['001_users applied', '002_posts applied']);
  const waits = lines(hook, 'waiting').filter(line => line.what === what);
  // Between two slices it is the problem that ended the slice.
  const between = lines(hook, 'problem').filter(line => line.errorCode === 'not-ready');
  expect(waits.length + between.length, 'a line a wait').toBe(refused().length);
  expect(waits.length).toBeGreaterThan(0);
  world.local.log.assertNoWriteRetried();
}

/** The deploy fails five minutes after the first refusal, says what to do, and rolls back. */
function expectGivenUp(hook: DeployedFunction, { status, responses }: Deploy, remedy: string): void {
  const [failure, rollback] = responses;
  expect(failure!.Status).toBe('FAILED');
  const said = failure!.Reason.split('\n');
  expect(said[0]).toContain(remedy);
  expect(said[1]).toBe('The function retried it for up to 5 minutes.');
  // By the function's own clock; no wait is longer than six seconds, and none begins later.
  const { seconds } = lines(hook, 'waiting').at(-1)!;
  expect(seconds).toBeGreaterThan(200);
  expect(seconds).toBeLessThanOrEqual(300);
  // The last call is that of the rollback, which does not wait.
  const waited = refused().length - 1;
  expect(lines(hook, 'waiting').length).toBe(waited - 1);
  expect(rollback!.Status).toBe('SUCCESS');
  expect(status).toMatch(/ROLLBACK_COMPLETE$/);
}

const rights = 'the rights of this function';
const allow = 'Allow the five rds-data actions on the cluster and reading its secret.';
const [first, ...others] = Object.keys(REFUSALS);
const everywhere = Object.keys(PLACES).map(place => [first!, place] as const);
const once = Object.keys(REFUSALS).flatMap(name => Object.keys(PLACES).map(place => [name, place] as const));

describe('a right that was just given', () => {
  test.each(once)('%s once, %s: the deploy goes on', { timeout: 60_000 }, async (name, place) => {
    const [hook, deploy] = await PLACES[place]!(() => world.local.faults.add({ fault: REFUSALS[name]! }));
    await expectApplied(hook, deploy, rights);
  });

  test.each(everywhere)('%s for 60 s, %s: the deploy goes on', { timeout: 60_000 }, async (name, place) => {
    const fault = { fault: REFUSALS[name]!, milliseconds: 60 * SECOND };
    const [hook, deploy] = await PLACES[place]!(() => world.local.faults.add(fault));
    await expectApplied(hook, deploy, rights);
  });

  test.each([...everywhere, ...others.map(name => [name, 'on Create'] as const)])(
    '%s for ever, %s: the deploy fails within six minutes, and its rollback needs no database',
    { timeout: 60_000 },
    async (name, place) => {
      const [hook, deploy] = await PLACES[place]!(() => world.local.faults.add({ fault: REFUSALS[name]!, times: 0 }));
      expectGivenUp(hook, deploy, allow);
    },
  );

  test('for the second time, long after onEvent was refused: five minutes again', { timeout: 60_000 }, async () => {
    const { faults } = world.local;
    const [, deploy] = await PLACES['on Create']!(() => {
      faults.add({ fault: 'forbidden' });
      faults.before({ call: 2 }, () => {
        faults.add({ fault: 'no-writer', milliseconds: 310 * SECOND });
        setTimeout(() => faults.add({ fault: 'forbidden', milliseconds: 200 * SECOND }), 312 * SECOND);
      });
    });
    expect(deploy.responses).toMatchObject([{ Status: 'SUCCESS', Data: { Applied: '2' } }]);
    expect(refused().at(-1)!.faults).toEqual(['forbidden before']);
  });
});

describe('a Data API that was just enabled', () => {
  const asBadRequest = { name: 'BadRequestException', status: 400, message: 'HttpEndPoint is not enabled for arn:y' };

  test.each(['on Create', 'on Update'])('is off for 30 s, %s: the deploy goes on', { timeout: 60_000 }, async place => {
    const begin = () => world.local.faults.add({ fault: 'endpoint-disabled', milliseconds: 30 * SECOND });
    const [hook, deploy] = await PLACES[place]!(begin);
    await expectApplied(hook, deploy, 'the Data API to be enabled');
  });

  test.each(['endpoint-disabled', asBadRequest] as const)(
    'stays off: the deploy fails within six minutes',
    { timeout: 60_000 },
    async fault => {
      const [hook, deploy] = await PLACES['on Update']!(() => world.local.faults.add({ fault, times: 0 }));
      expectGivenUp(hook, deploy, 'Enable the Data API of the cluster (enableDataApi: true).');
    },
  );
});

describe('a writer that is not there yet', () => {
  test.each([200, 20 * 60])('for %i s: the deploy goes on', { timeout: 120_000 }, async seconds => {
    const begin = () => world.local.faults.add({ fault: 'no-writer', milliseconds: seconds * SECOND });
    const [hook, deploy] = await PLACES['on Create']!(begin);
    await expectApplied(hook, deploy, 'the writer instance of the cluster');
  });

  test('for ever: the deploy fails when its time is over, and says why', { timeout: 120_000 }, async () => {
    const begin = () => world.local.faults.add({ fault: 'no-writer', times: 0 });
    const [, { responses }] = await PLACES['on Create']!(begin, limited);
    expect(responses[0]!.Status).toBe('FAILED');
    expect(responses[0]!.Reason).toMatch(
      /^Not all migrations were applied within \d+ of 10 minutes\. .*\nThe last that was heard: The database is not ready: Cannot find DBInstance in DBCluster\./,
    );
  });
});

describe('a function with other code than the template', () => {
  const cause = /`cdk deploy --hotswap`, `cdk watch` or an update by hand has changed the code of the function/;
  const waysOut = /Change a file of the folder .* and run `cdk deploy`.* or put the code back that was deployed last/;

  test('after a hotswap: three deploys of the old folder fail and name it', { timeout: 60_000 }, async () => {
    const stack = world.stack();
    await stack.create(one);
    const hotswapped = withCodeOf(one, two);
    for (const stamp of ['a', 'b', 'c']) {
      const { status, responses } = await stack.update(stamped(hotswapped, stamp));
      expect(responses.map(({ Status }) => Status)).toEqual(['FAILED', 'SUCCESS']);
      expect(responses[0]!.Reason).toMatch(cause);
      expect(responses[0]!.Reason).toMatch(waysOut);
      expect(status).toBe('UPDATE_ROLLBACK_COMPLETE');
    }
    expect(await world.tables()).toEqual(['users']);
    // The way out.
    expect((await stack.update(two)).responses).toMatchObject([{ Status: 'SUCCESS', Data: { Applied: '2' } }]);
  });
});

describe('the previous code of the function', () => {
  // Some polls within a minute, on a busy machine too.
  const world = useWorld({ second: 100 });

  test('is waited for, where Lambda serves it for a moment', { timeout: 60_000 }, async () => {
    const stack = world.stack();
    await stack.create(one);
    const previous = stack.hook.spec;
    stack.install(two);
    const { functions, invocations } = world.aws;
    const [arn, current] = [...functions].find(([, each]) => each === stack.hook)!;
    const late = new DeployedFunction(previous);
    functions.set(arn, late);
    invocations.length = 0;
    const updating = stack.request('Update');
    const polls = () => invocations.filter(({ name, event }) => name === previous.name && event.Work === 'plan');
    await until('two polls', () => polls().length > 1, { during: updating });
    functions.set(arn, current);
    expect(await updating).toMatchObject({ Status: 'SUCCESS', Data: { Applied: '2' } });
    await late.stop();
    const waits = late.log.filter(line => (line as { event?: string }).event === 'waiting');
    expect(waits.length).toBeGreaterThan(1);
    expect(waits[0]).toMatchObject({ what: 'Lambda to serve the code of this deploy' });
  });
});

/** The template of one deploy, with the code of another in its function. */
function withCodeOf({ template, asset }: Assembly, other: Assembly): Assembly {
  const codeOf = (of: Assembly['template']) =>
    Object.entries(of.Resources).find(([, { Properties }]) => Properties.Handler === 'index.handler')!;
  const [id, hook] = codeOf(template);
  const { Code } = codeOf(other.template)[1].Properties;
  const Resources = { ...template.Resources, [id]: { ...hook, Properties: { ...hook.Properties, Code } } };
  return { template: { Resources }, asset };
}
