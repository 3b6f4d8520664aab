import { beforeAll, describe, expect, test } from 'vitest';
import { inTemporaryFolder } from '../cli/run.ts';
import { until } from '../support/until.ts';
import { whileRows } from '../support/while-rows.ts';
import { type Assembly, synthesize } from './assembly.ts';
import { expectToldByOldCode, useTerminal } from './terminal.ts';
import { useWorld } from './world.ts';

const OLD = { '001_users.sql': 'CREATE TABLE users (id int PRIMARY KEY, email text);\n' };
const BAD = { ...OLD, '002_posts.sql': 'CREATE TABLE posts (id int);\n\nINSERT INTO nowhere VALUES (1);\n' };
const CAUSE = 'relation "nowhere" does not exist';
const NEXT = 'Fix its file and deploy it again';

inTemporaryFolder();
const world = useWorld();
const terminal = useTerminal(() => world.aws);
let old: Assembly;
let bad: Assembly;
beforeAll(() => {
  old = synthesize(OLD);
  bad = synthesize(BAD);
});
describe('a deploy that failed and was rolled back', () => {
  test('the reason names the command that shows it; status, plan, verify and history of the old code say what and what to do', async () => {
    const stack = world.stack();
    await stack.create(old);
    const { status, responses } = await stack.update(bad);
    expect(status).toBe('UPDATE_ROLLBACK_COMPLETE');
    expect(responses[0]!.Reason).toContain('\nSee it with: aurora-migrations history --stack stack\n');
    expect(responses[1]!.Data!.Notes).toContain(`002_posts failed, and is not in this deploy: ${CAUSE}`);
    await expectToldByOldCode((...argv) => terminal(stack, ...argv), { cause: new RegExp(CAUSE), next: NEXT });
    const { words } = await terminal(stack, 'status');
    expect(words).toContain('failed, not in this deploy');
    expect(words).toContain('At line 3, statement 2');

    await stack.update(synthesize({ ...OLD, '002_posts.sql': 'CREATE TABLE posts (id int);\n' }));
    const { value } = await stack.hook.act({ action: 'status' });
    expect(value).toMatchObject({ counts: { failed: 0, applied: 3 }, running: null, dataApiCalls: 1 });
  }, 240_000);
});

test('an edited migration that is applied again, fails and is rolled back: the old code says so, until something is applied', async () => {
  const stack = world.stack();
  const view = (select: string) => `CREATE OR REPLACE VIEW v AS SELECT ${select};\n`;
  const old = { ...OLD, '002_posts.sql': view('1 AS a') };
  await stack.create(synthesize(old));
  const { status, responses } = await stack.update(synthesize({ ...old, '002_posts.sql': view('b') }));
  expect(status).toBe('UPDATE_ROLLBACK_COMPLETE');
  expect(responses[1]!.Data!.Notes).toContain('002_posts failed in another version than the one of this deploy');
  await expectToldByOldCode((...argv) => terminal(stack, ...argv), {
    cause: /column "b" does not exist/,
    next: 'Fix its file and deploy it again',
  });
  const { words } = await terminal(stack, 'status');
  expect(words).toContain('the earlier version is still applied');

  await stack.update(synthesize({ ...old, '003_more.sql': 'CREATE TABLE more (id int);\n' }));
  expect(await terminal(stack, 'status', '--exit-code')).toMatchObject({ code: 0 });
  expect(await terminal(stack, 'plan', '--deployed', '--exit-code')).toMatchObject({ code: 0 });
  expect(await terminal(stack, 'verify')).toMatchObject({ code: 0 });
}, 240_000);

test('a run at work is seen by who asks the function: what, by whom, since when', async () => {
  const stack = world.stack();
  await stack.create(old);
  const slow = synthesize({ ...OLD, '002_slow.sql': whileRows('users') });
  await world.local.raw.query("insert into users values (1, 'a')");
  const deploy = stack.update(slow);
  let running: { readonly migration: string | null } | null = null;
  const isSeen = async () => {
    const { value } = await stack.hook.act({ action: 'status' });
    running = value.running as typeof running;
    return running !== null && running.migration !== null;
  };
  await until('a migration at work', isSeen, { during: deploy });
  expect(running).toMatchObject({
    interrupted: false,
    migration: '002_slow',
    requestedBy: expect.stringMatching(/^CloudFormation Update /),
    since: expect.stringMatching(/^\d{4}-/),
    seconds: expect.any(Number),
  });
  expect((await terminal(stack, 'plan', '--deployed')).words).toMatch(
    /… A run is at work \(002_slow, for \d+ s, .*by CloudFormation Update/,
  );
  await world.local.raw.query('delete from users');
  expect((await deploy).status).toBe('UPDATE_COMPLETE');
}, 240_000);
