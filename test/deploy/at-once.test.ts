import { beforeAll, describe, expect, test } from 'vitest';
import { type Assembly, type Files, synthesize } from './assembly.ts';
import type { DeployedStack } from './stack.ts';
import { useWorld } from './world.ts';

const base: Files = { '001_users.sql': 'CREATE TABLE users (id int);\nINSERT INTO users VALUES (1);\n' };
const needs: Files = { ...base, '002_needs.sql': 'INSERT INTO needed VALUES (1);\n' };

const world = useWorld();
let one: Assembly;
let two: Assembly;

beforeAll(() => {
  one = synthesize(base);
  two = synthesize(needs);
});

/** The event that the waiter handed to isComplete of the latest request. */
function latestPoll(stack: DeployedStack): Record<string, unknown> {
  const polls = world.aws.invocations.filter(({ name, event }) => name === stack.hook.spec.name && 'Work' in event);
  return polls.at(-1)!.event;
}

/** The request of a poll, as onEvent got it. */
function requestOf({ Work: _, StartedAt: __, Data: ___, ...request }: Record<string, unknown>) {
  return request;
}

describe('the same event six times at once', () => {
  test('each migration once, and one answer', async () => {
    const stack = world.stack();
    const { status, responses } = await stack.create(one, { times: 6 });
    expect(status).toBe('CREATE_COMPLETE');
    expect(responses[0]!.Data).toMatchObject({ Applied: '1', Pending: '0' });
    expect(await world.rows('select * from users')).toEqual([{ id: 1 }]);
    expect(await world.attempts()).toEqual(['001_users applied']);
  }, 240_000);
});

describe('a late isComplete', () => {
  test('of a request that a Delete superseded refuses', async () => {
    const stack = world.stack();
    const { status } = await stack.create(two);
    expect(status).toBe('ROLLBACK_COMPLETE');
    const stale = world.aws.invocations.find(({ event }) => event.Work === 'migrate')!.event;
    await world.rows('create table needed (id int)');
    const { failed, value } = await stack.hook.act(stale);
    expect(failed).toBe(true);
    expect(value.errorMessage).toContain('A newer request of the same deploy hook has taken over');
    expect(await world.rows('select * from needed')).toEqual([]);
  });

  test('of a request that another one superseded refuses; the newer one works', async () => {
    const stack = world.stack();
    await stack.create(one);
    const event = { ...requestOf(latestPoll(stack)), RequestType: 'Update' };
    await world.rows('drop table users; truncate schema_migrations');
    // Two requests of which CloudFormation has given up the first.
    const [a, b] = ['request-a', 'request-b'].map(RequestId => ({ ...event, RequestId }));
    const announced = await stack.hook.act(a);
    expect(announced.value.Work).toBe('migrate');
    const newer = await stack.hook.act(b);
    expect(newer.value.Work).toBe('migrate');

    const refused = await stack.hook.act({ ...a, ...announced.value });
    expect(refused.failed).toBe(true);
    expect(refused.value.errorMessage).toContain('has taken over');
    expect(await world.tables()).toEqual([]);
    const late = await stack.hook.act(a);
    expect(late.value.errorMessage).toContain('an old request, delivered late');

    const worked = await stack.hook.act({ ...b, ...newer.value });
    expect(worked.value).toMatchObject({ IsComplete: true });
    expect(await world.tables()).toEqual(['users']);
  });

  test('of another manifest refuses', async () => {
    const stack = world.stack();
    await stack.create(one);
    const event = { ...latestPoll(stack), Work: 'migrate', ResourceProperties: { Digest: 'f'.repeat(64) } };
    // Lambda may briefly serve the previous code.
    expect((await stack.hook.act({ ...event, StartedAt: Date.now() })).value).toEqual({ IsComplete: false });
    const { failed, value } = await stack.hook.act({ ...event, StartedAt: Date.now() - 60_000 });
    expect(failed).toBe(true);
    expect(value.errorMessage).toMatch(/but the template of this deploy is for ffffffffffff: .* Nothing was applied/);
  });

  test('is not stale because another stack on the same database has deployed', async () => {
    const [a, b] = [world.stack('a'), world.stack('b')];
    await a.create(one);
    const request = { ...requestOf(latestPoll(a)), RequestId: 'request-a' };
    await world.rows('drop table users; truncate schema_migrations');
    const announced = await a.hook.act(request);
    expect(announced.value.Work).toBe('migrate');
    expect((await b.create(one)).status).toBe('CREATE_COMPLETE');
    await world.rows('drop table users; truncate schema_migrations');
    expect((await a.hook.act({ ...request, ...announced.value })).value).toMatchObject({ IsComplete: true });
    expect(await world.tables()).toEqual(['users']);
  });
});

describe('time', () => {
  const event = (stack: DeployedStack, more: Record<string, unknown>) => ({
    ...latestPoll(stack),
    Work: 'migrate',
    StartedAt: Date.now(),
    ...more,
  });

  // 150 s are put aside: the one has no time at all, the other none for a step.
  test.each([150_000, 150_001])('a slice of %i ms says "not yet", the next one goes on', async remainingMs => {
    const stack = world.stack();
    await stack.create(one);
    await world.rows('drop table users; truncate schema_migrations');
    const poll = event(stack, {});
    const short = await stack.hook.invoke(poll, remainingMs);
    expect(JSON.parse(short.payload)).toEqual({ IsComplete: false });
    expect(await world.tables()).toEqual([]);
    const long = await stack.hook.act(poll);
    expect(long.value).toMatchObject({ IsComplete: true, Data: { Applied: '1' } });
  });

  test('a run by hand that holds the lease is waited for, slice by slice', async () => {
    const stack = world.stack();
    await stack.create(one);
    await world.rows(
      `drop table users; truncate schema_migrations;
       update schema_migrations_lease set run_id = 'other', requested_by = 'somebody', expires_at = now() + interval '1 hour' where id = 'lease'`,
    );
    const slice = await stack.hook.invoke(event(stack, {}), 150_200);
    expect(JSON.parse(slice.payload)).toEqual({ IsComplete: false });
  });

  test('minute 55 fails the deploy, and tells what is left', async () => {
    const stack = world.stack();
    await stack.create(one);
    await world.rows('drop table users; truncate schema_migrations');
    const { failed, value } = await stack.hook.act(event(stack, { StartedAt: Date.now() - 54 * 60_000 }));
    expect(failed).toBe(true);
    expect(value.errorMessage).toMatch(
      /^Not all migrations were applied within 54 of 55 minutes: none is applied; 1 left: 001_users\./,
    );
    expect(await world.tables()).toEqual([]);
  });

  test('a function whose own timeout was made too short says so at last', async () => {
    const stack = world.stack();
    await stack.create(one);
    await world.rows('drop table users; truncate schema_migrations');
    const { failed, payload } = await stack.hook.invoke(event(stack, { StartedAt: Date.now() - 54 * 60_000 }), 120_000);
    expect(failed).toBe(true);
    expect(JSON.parse(payload).errorMessage).toMatch(
      /1 left: 001_users\..*The last that was heard: The timeout of the function leaves it no time.*Set it to 780 s again/s,
    );
    expect(await world.tables()).toEqual([]);
  });

  test('minute 55 is a success where what ran on in the database has come to its end', async () => {
    const stack = world.stack();
    await stack.create(one);
    const { value } = await stack.hook.act(event(stack, { StartedAt: Date.now() - 54 * 60_000 }));
    expect(value).toMatchObject({ IsComplete: true, Data: { Applied: '1', Pending: '0' } });
  });
});
