import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { type FreshLocal, freshLocal } from '../support/postgresql.ts';
import { folder, inTemporaryFolder, run } from './run.ts';

inTemporaryFolder();

const VARIABLES = ['AWS_ENDPOINT_URL_RDS_DATA', 'AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY'] as const;
const before = VARIABLES.map(name => [name, process.env[name]] as const);
let local: FreshLocal;
let target: string[];

beforeAll(() => {
  folder('sql', { '001_a.sql': 'CREATE TABLE a (id int);\n' });
});
beforeEach(async () => {
  await local?.stop();
  local = await freshLocal();
  process.env.AWS_ENDPOINT_URL_RDS_DATA = local.endpoint;
  process.env.AWS_ACCESS_KEY_ID = 'local';
  process.env.AWS_SECRET_ACCESS_KEY = 'local';
  const { resourceArn, secretArn, database } = local.target;
  target = ['--cluster-arn', resourceArn, '--secret-arn', secretArn, '--database', database, '--dir', 'sql'];
});
afterAll(async () => {
  await local.stop();
  for (const [name, value] of before) {
    if (value === undefined) delete process.env[name];
    else process.env[name] = value;
  }
});

test('a cluster: endpoint and credentials are the SDK’s affair, the region stands in the ARN', async () => {
  const { code, stdout } = await run(['up', ...target]);
  expect(code).toBe(0);
  expect(stdout).toMatch(/^sql → test_\w+ on local\n/);
  expect(stdout).toMatch(/^2 applied in /m);
  expect((await run(['up', ...target])).stdout).toMatch(/^Nothing to do: 2 applied \(1 Data API call\)$/m);
});

test('a cluster that resumes is waited for, and that is said once', async () => {
  local.faults.add({ fault: 'resuming', times: 2 });
  const { code, stdout } = await run(['up', ...target]);
  expect(code).toBe(0);
  expect(stdout.match(/… waiting: .*resum.*\n/g)).toHaveLength(1);
  expect(stdout).toMatch(/^2 applied in /m);
});

test.each(['status', 'plan', 'history'])('so does %s, on stderr', async command => {
  local.faults.add({ fault: 'resuming', times: 1 });
  const { code, stdout, stderr } = await run([command, '--json', ...target]);
  expect(code).toBe(0);
  expect(stderr).toMatch(/^… waiting: .*resum.*\n$/);
  expect(() => JSON.parse(stdout)).not.toThrow();
});

test.each([
  ['forbidden', /not authorized/],
  ['endpoint-disabled', /Enable the Data API of the cluster/],
  ['invalid-secret', /secret/i],
] as const)('%s: what to do about it, exit code 1', async (fault, words) => {
  local.faults.add({ fault, times: 0 });
  const { code, stdout, stderr } = await run(['up', ...target]);
  expect(code).toBe(1);
  expect(stdout + stderr).toMatch(words);
  // More than the bare error: a remedy.
  expect((stdout + stderr).split('\n').length).toBeGreaterThan(1);
});

test('another run at work is waited for, and that is said', async () => {
  folder('slow', { '001_a.sql': 'SELECT pg_sleep(1.5);\n' });
  const slow = [...target.slice(0, -1), 'slow'];
  let second: ReturnType<typeof run> | undefined;
  const first = await run(['up', ...slow], {
    onWrite: text => {
      if (text.includes('000_create')) second ??= run(['up', ...slow]);
    },
  });
  // Whichever came first to the lease applied it, the other one waited and found it done.
  const [worked, waited] = [first, await second!].sort(
    (a, b) => Number(/✓ 001_a/.test(b.stdout)) - Number(/✓ 001_a/.test(a.stdout)),
  );
  expect([worked!.code, waited!.code]).toEqual([0, 0]);
  expect(worked!.stdout).toMatch(/✓ 001_a/);
  expect(waited!.stdout).not.toMatch(/✓ 001_a/);
  expect(waited!.stdout).toMatch(/… waiting: \S.*\n/);
});

test('an outcome that nobody can know: up says what to look at, resolve records it, up goes on', async () => {
  folder('doubt', {
    '001_a.sql':
      '-- migrate:up transaction:false\nCREATE TABLE a (id int);\nDO $$ BEGIN INSERT INTO a VALUES (1); COMMIT; END $$;\nINSERT INTO a VALUES (2);\n',
  });
  const doubt = [...target.slice(0, -1), 'doubt'];
  local.faults.add({ fault: 'reset', when: 'after', pattern: '^/\\* aurora-migrations .*DO \\$\\$ BEGIN' });
  const stopped = await run(['up', ...doubt]);
  expect(stopped.code).toBe(1);
  expect(stopped.stdout).toMatch(/Of 001_a, 1 statement of 3 is done and stays\./);
  expect(stopped.stdout).toMatch(/resolve/);

  const resolved = await run(['resolve', '--migration', '001_a', '--statement', '2', '--as', 'done', ...doubt]);
  expect(resolved.code, resolved.stderr).toBe(0);
  expect(resolved.stdout).toMatch(/^✓ statement 2 of 001_a is recorded as done; /);
  const after = await run(['up', ...doubt]);
  expect(after.code, after.stdout + after.stderr).toBe(0);
  expect((await local.raw.query('SELECT id FROM a ORDER BY 1')).rows).toEqual([{ id: 1 }, { id: 2 }]);
});
