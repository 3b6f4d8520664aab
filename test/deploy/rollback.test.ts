import { beforeAll, describe, expect, test } from 'vitest';
import { type Assembly, type Files, stamped, synthesize } from './assembly.ts';
import { useWorld } from './world.ts';

const base = {
  '001_users.sql': 'CREATE TABLE users (id int PRIMARY KEY);\n',
  '002_answer.sql': "CREATE OR REPLACE FUNCTION answer() RETURNS int LANGUAGE sql AS 'SELECT 41';\n",
};
const edited = { ...base, '002_answer.sql': base['002_answer.sql'].replace('41', '42') };
const more = { ...base, '003_posts.sql': 'CREATE TABLE posts (id int);\n' };

const world = useWorld();
const assemblies = new Map<Files, Assembly>();
const of = (files: Files) => assemblies.get(files)!;

beforeAll(() => {
  for (const files of [base, edited, more]) assemblies.set(files, synthesize(files));
});

const answer = async () => (await world.rows<{ answer: number }>('select answer()'))[0]!.answer;

describe('a failed migration', () => {
  const bad: Files = {
    ...more,
    '004_bad.sql': `CREATE TABLE half (id int);

DO $$ BEGIN
  RAISE EXCEPTION '%', repeat('long "' || chr(10) || chr(7) || ' ü ', 1500) USING HINT = 'Say less.', DETAIL = 'row (secret)';
END $$;
`,
  };

  test('fails the deploy, says all that is needed in few bytes, and the rollback changes nothing', async () => {
    const stack = world.stack();
    await stack.create(of(base));
    const { status, responses } = await stack.update(synthesize(bad));
    expect(status).toBe('UPDATE_ROLLBACK_COMPLETE');
    const [failure, rollback] = responses;
    expect(failure!.Status).toBe('FAILED');
    expect(failure!.bytes).toBeLessThan(4096);
    expect(failure!.Reason).toMatch(/004_bad\.sql:3:1: long "/);
    expect(failure!.Reason).toContain('(SQLSTATE P0001, statement 2)');
    expect(failure!.Reason).toContain('Hint: Say less.');
    expect(failure!.Reason).toContain(
      '\nIt was rolled back completely. A function or trigger refused this: do what its message says, in the rows or in the file, and run again.\n',
    );
    expect(failure!.Reason).toContain('1 before it was applied and stays.');
    expect(failure!.Reason).toContain(`Logs: /aws/lambda/${stack.hook.spec.name}\n`);
    expect(failure!.Reason).not.toContain('secret');
    expect(JSON.stringify(stack.hook.log)).not.toContain('row (secret)');
    expect(rollback!.Status).toBe('SUCCESS');
    expect(await world.tables()).toEqual(['posts', 'users']);
    expect(await world.attempts()).toEqual([
      '001_users applied',
      '002_answer applied',
      '003_posts applied',
      '004_bad failed',
    ]);
  }, 240_000);

  test('of a new stack: what was applied before it stays, the Delete that follows is answered', async () => {
    const stack = world.stack();
    const { status, responses } = await stack.create(synthesize({ ...base, '003_no.sql': 'SELECT 1/0;\n' }));
    expect(status).toBe('ROLLBACK_COMPLETE');
    expect(responses.map(({ Status }) => Status)).toEqual(['FAILED', 'SUCCESS']);
    expect(responses[0]!.Reason).toMatch(/003_no\.sql:1:1: division by zero \(SQLSTATE 22012, statement 1\)\n/);
    expect(await world.tables()).toEqual(['users']);
  }, 240_000);

  test('what stops the plan is said before anything is applied', async () => {
    const stack = world.stack();
    await stack.create(of(base));
    const changed = { ...more, '001_users.sql': 'CREATE TABLE users (id bigint PRIMARY KEY);\nDROP TABLE posts;\n' };
    const { status, responses } = await stack.update(synthesize(changed));
    expect(status).toBe('UPDATE_ROLLBACK_COMPLETE');
    expect(responses[0]!.Reason).toMatch(
      /001_users\.sql:\d+: 001_users was changed after it was applied.*Undo the edit/s,
    );
    expect(await world.tables()).toEqual(['users']);
  }, 240_000);
});

describe('a rollback changes nothing', () => {
  test('after a later resource failed', async () => {
    const stack = world.stack();
    await stack.create(of(base));
    const { status, responses } = await stack.update(of(more), { laterFails: true });
    expect(status).toBe('UPDATE_ROLLBACK_COMPLETE');
    expect(responses.map(({ Status }) => Status)).toEqual(['SUCCESS', 'SUCCESS']);
    expect(responses[1]!.Data!.Notes).toContain('The database is ahead: 003_posts');
    expect(await world.tables()).toEqual(['posts', 'users']);
    // And the deploy that follows finds it applied.
    expect((await stack.update(of(more))).responses[0]!.Data).toMatchObject({ Applied: '3', Pending: '0' });
    expect((await world.attempts()).filter(line => line.startsWith('003'))).toEqual(['003_posts applied']);
  });

  test('after a changed migration had been applied again', async () => {
    const stack = world.stack();
    await stack.create(of(base));
    const { status, responses } = await stack.update(of(edited), { laterFails: true });
    expect(status).toBe('UPDATE_ROLLBACK_COMPLETE');
    expect(await answer()).toBe(42);
    expect(responses[1]!.Data!.Notes).toContain('The stack is rolling back: nothing was applied');
    expect(world.aws.described).toBe(2);
  });

  test('an event that says so by hand reverts nothing', async () => {
    const stack = world.stack();
    const down = { ...base, '003_a.sql': 'CREATE TABLE a (id int);\n-- migrate:down\nDROP TABLE a;\n' };
    for (const props of [{}, { onRollback: 'revert' } as const]) {
      const older = synthesize(base, props);
      if (Object.keys(props).length === 0) await stack.create(synthesize(down, props));
      await stack.update(older);
      const { ResourceProperties, ...request } = world.aws.invocations.findLast(
        ({ name }) => name === stack.hook.spec.name,
      )!.event;
      const forged = { ...request, ResourceProperties, RequestType: 'Update', Work: 'revert', StartedAt: Date.now() };
      for (const StackId of [stack.id, 'arn:aws:cloudformation:us-east-1:000000000000:stack/other/1']) {
        const { failed, value } = await stack.hook.act({ ...forged, StackId });
        expect(failed).toBe(true);
        expect(value.errorMessage).toContain('nothing was reverted');
      }
    }
    expect(await world.tables()).toContain('a');
  }, 240_000);

  test("with onRollback: 'revert' what is newer is undone, newest first, and recorded", async () => {
    const down = (name: string) =>
      `-- migrate:up\nCREATE TABLE ${name} (id int);\n-- migrate:down\nDROP TABLE ${name};\n`;
    const files = { ...base, '003_a.sql': down('a'), '004_b.sql': down('b') };
    const props = { onRollback: 'revert' } as const;
    const stack = world.stack();
    await stack.create(synthesize(base, props));
    const { status, responses } = await stack.update(synthesize(files, props), { laterFails: true });
    expect(status).toBe('UPDATE_ROLLBACK_COMPLETE');
    expect(responses[1]!.Data!.Notes).toBe('The stack is rolling back: 004_b, 003_a was reverted');
    expect(await world.tables()).toEqual(['users']);
    expect((await world.attempts()).slice(2)).toEqual([
      '003_a applied',
      '004_b applied',
      '004_b reverted',
      '003_a reverted',
    ]);
  }, 240_000);
});

describe('what is no rollback', () => {
  test.each([
    ['a deploy from a machine whose clock is behind', '2026-01-01T00:00:00.000Z', '1999-01-01T00:00:00.000Z'],
    ['a deploy after one from a clock far ahead', '2999-01-01T00:00:00.000Z', '2026-01-01T00:00:00.000Z'],
  ])('%s', async (_, before, after) => {
    const stack = world.stack();
    await stack.create(stamped(of(base), before));
    await stack.update(stamped(of(more), after));
    expect(await world.tables()).toEqual(['posts', 'users']);
  });

  test('an older commit deployed on purpose', async () => {
    const stack = world.stack();
    await stack.create(of(edited));
    expect(await answer()).toBe(42);
    expect((await stack.update(of(base))).status).toBe('UPDATE_COMPLETE');
    expect(await answer()).toBe(41);
  });

  test('a restored snapshot', async () => {
    const stack = world.stack();
    await stack.create(of(more));
    await world.rows(`drop table posts; delete from schema_migrations where name = '003_posts'`);
    await stack.update(stamped(of(more), '2026-12-24T00:00:00.000Z'));
    expect(await world.tables()).toEqual(['posts', 'users']);
  });

  test('a git revert of a migration: reported, and nothing is undone', async () => {
    const stack = world.stack();
    await stack.create(of(more));
    const { responses } = await stack.update(of(base));
    expect(responses[0]!.Data!.Notes).toContain('The database is ahead: 003_posts');
    expect(await world.tables()).toEqual(['posts', 'users']);
  });

  test('a deploy after a rollback, of which CloudFormation still tells for a moment', async () => {
    const stack = world.stack();
    await stack.create(of(base));
    await stack.update(of(more), { describes: 'UPDATE_ROLLBACK_COMPLETE' });
    expect(await world.tables()).toEqual(['posts', 'users']);
  });

  test('two stacks on one database, one of them rolling back', async () => {
    const [a, b] = [world.stack('a'), world.stack('b')];
    await a.create(of(base));
    await b.create(of(base));
    world.aws.stacks.set(a.id, 'UPDATE_ROLLBACK_IN_PROGRESS');
    expect((await b.update(of(more))).status).toBe('UPDATE_COMPLETE');
    expect(await world.tables()).toEqual(['posts', 'users']);
  });

  test('CloudFormation that cannot be asked: what is pending is applied, what was changed is not, and it says so', async () => {
    const stack = world.stack();
    await stack.create(of(base));
    const files = { ...edited, '003_posts.sql': more['003_posts.sql'] };
    const { status, responses } = await stack.update(synthesize(files), { describes: 'denied' });
    expect(status).toBe('UPDATE_COMPLETE');
    expect(await world.tables()).toEqual(['posts', 'users']);
    expect(await answer()).toBe(41);
    expect(responses[0]!.Data!.Notes).toMatch(
      /^Whether the stack rolls back could not be asked \(AccessDenied\w*\): changed migrations were left as they are/,
    );
  }, 240_000);
});
