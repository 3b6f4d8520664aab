import { beforeAll, describe, expect, test } from 'vitest';
import { type Assembly, synthesize } from './assembly.ts';
import type { DeployedStack } from './stack.ts';
import { useWorld } from './world.ts';

const files = { '001_users.sql': 'CREATE TABLE users (id int);\n', '002_one.sql': 'SELECT 1;\n' };
let assembly: Assembly;
let readOnly: Assembly;

beforeAll(() => {
  assembly = synthesize(files, { manualActions: 'all' });
  readOnly = synthesize(files, { table: 'history' });
});

describe('aws lambda invoke', () => {
  const world = useWorld();

  test('status, plan, history and migrate answer JSON', async () => {
    const stack = world.stack();
    await stack.create(assembly);
    const { hook } = stack;
    const status = await hook.act({ action: 'status' });
    expect(status.value).toMatchObject({
      counts: { applied: 3, pending: 0 },
      migrations: [
        { name: '000_create_migrations_table' },
        { name: '001_users', state: 'applied' },
        { name: '002_one' },
      ],
      dataApiCalls: 1,
    });
    expect((await hook.act({ action: 'plan' })).value).toMatchObject({ steps: [], problems: [] });
    expect((await hook.act({ action: 'history', limit: 1 })).value).toMatchObject({ attempts: [{ name: '002_one' }] });
    expect((await hook.act({ action: 'history', migration: '001_users' })).value).toMatchObject({
      attempts: [{ name: '001_users', status: 'applied', hook: `${stack.id}/${stack.logicalId}` }],
    });

    await world.rows(`delete from schema_migrations where name = '002_one'`);
    expect((await hook.act({ action: 'migrate' })).value).toMatchObject({ outcome: 'applied', applied: ['002_one'] });
    const rows = await world.rows(`select hook, requested_by from schema_migrations where name = '002_one'`);
    expect(rows).toEqual([
      { hook: `${stack.id}/${stack.logicalId}`, requested_by: expect.stringMatching(/^by hand, invocation /) },
    ]);
  });
});

describe('by default', () => {
  const world = useWorld({ once: true });
  let stack: DeployedStack;
  beforeAll(async () => {
    stack = world.stack();
    await stack.create(readOnly);
  });

  test.each(['status', 'plan', 'history', 'verify', 'dump'])('%s answers', async action => {
    expect((await stack.hook.act({ action })).failed).toBe(false);
  });

  test.each([
    [{ action: 'migrate' }, 'up'],
    [{ action: 'revert', to: '0' }, 'down'],
    [{ action: 'revert', steps: 1, dryRun: true }, 'down'],
    [{ action: 'baseline', to: '002' }, 'baseline'],
    [{ action: 'resolve', migration: '001_users', statement: 1, as: 'done' }, 'resolve'],
  ])('%j is refused, with both ways to do it', async (request, command) => {
    await world.rows(`delete from history where name = '002_one'`);
    const calls = world.local.log.entries.length;
    const { failed, value } = await stack.hook.act(request);
    expect(failed).toBe(true);
    expect(value).toMatchObject({ errorType: 'read-only' });
    const { resourceArn, secretArn, database } = world.local;
    expect(value.errorMessage).toBe(
      `By hand the function takes only actions that read (status, plan, history, dump, verify, read), and ${request.action} is none. Set manualActions: 'all' on the construct and deploy; or do it with your own rights on the Data API, from the folder of the migrations: \`aurora-migrations ${command} --cluster-arn ${resourceArn} --secret-arn ${secretArn} --database ${database} --table history\`.`,
    );
    expect(world.local.log.entries.length, 'calls of the Data API').toBe(calls);
    expect(await world.attempts('history')).toEqual(['001_users applied']);
    expect(await world.tables()).toContain('users');
  });
});

describe('what is refused, with what to do instead', () => {
  const world = useWorld({ once: true });
  let stack: DeployedStack;
  beforeAll(async () => {
    stack = world.stack();
    await stack.create(assembly);
  });

  test('resolve says where it stands when there is nothing to resolve', async () => {
    const { failed, value } = await stack.hook.act({
      action: 'resolve',
      migration: '001_users',
      statement: 1,
      as: 'done',
    });
    expect(failed).toBe(true);
    expect(value.errorMessage).toContain('001_users does not stand at statement 1');
  });

  test.each([
    [
      {},
      'There is no action undefined. Actions: status, plan, history, migrate, revert, baseline, resolve, dump, verify, read, as in {"action": "status"}.',
    ],
    [{ action: 'toString' }, 'There is no action "toString". Actions: status, plan,'],
    [{ action: 'verify', verbose: true }, '"verbose" is unknown in {"action": "verify"}. verify takes no fields.'],
    [
      { action: 'revert', down: 1 },
      '"down" is unknown in {"action": "revert"}. Fields of revert: to (a text, optional), steps (a whole number above 0, optional), dryRun (true or false, optional).',
    ],
    [{ action: 'revert' }, 'Give to (the version that stays, "0" for none) or steps (how many)'],
    [{ action: 'revert', to: '1', steps: 1 }, 'How far to undo is to be said in one way'],
    [{ action: 'baseline' }, 'What the database has is to be said in one way'],
    [{ action: 'plan', sql: 'yes' }, 'sql is not true or false'],
    [
      { action: 'history', limit: '5' },
      'limit is not a whole number above 0 in {"action": "history"}. Fields of history: limit (a whole number above 0, optional), migration (a text, optional).',
    ],
    [{ action: 'resolve', as: 'maybe' }, 'migration is missing; statement is missing; as is not "done" or "not-done"'],
  ])('%j', async (request, message) => {
    const { failed, value } = await stack.hook.act(request);
    expect(failed).toBe(true);
    expect(value.errorMessage).toContain(message);
  });
});
