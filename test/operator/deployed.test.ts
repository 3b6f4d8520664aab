import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { readThrough } from '../../lib/cli/deployed/reads.ts';
import { MigrationError } from '../../lib/core/errors.ts';
import { folder, inTemporaryFolder, type Ran, run } from '../cli/run.ts';
import { type Assembly, synthesize } from '../deploy/assembly.ts';
import type { DeployedStack } from '../deploy/stack.ts';
import { useWorld, type World } from '../deploy/world.ts';

const FILES = {
  '001_users.sql': 'CREATE TABLE users (id int);\n-- migrate:down\nDROP TABLE users;\n',
  '002_orders.sql': 'CREATE TABLE orders (id int);\n-- migrate:down\nDROP TABLE orders;\n',
};
const VARIABLES = [
  'AWS_ENDPOINT_URL_LAMBDA',
  'AWS_ENDPOINT_URL_CLOUDFORMATION',
  'AWS_ACCESS_KEY_ID',
  'AWS_SECRET_ACCESS_KEY',
  'AWS_REGION',
] as const;
const before = VARIABLES.map(name => [name, process.env[name]] as const);

inTemporaryFolder();
let assembly: Assembly;
let readOnly: Assembly;
let world: World;
let stack: DeployedStack;
/** CloudFormation as `--stack` asks it. */
let cloudFormation: Server;
let asked: URLSearchParams[] = [];

beforeAll(async () => {
  assembly = synthesize(FILES, { manualActions: 'all' });
  readOnly = synthesize(FILES);
  cloudFormation = createServer(async (request, response) => {
    let text = '';
    for await (const chunk of request) text += chunk;
    const query = new URLSearchParams(text);
    asked.push(query);
    const { status, body } = answer(query);
    response.writeHead(status, { 'content-type': 'text/xml' }).end(body);
  });
  await new Promise<void>(done => cloudFormation.listen(0, '127.0.0.1', done));
});
afterAll(() => {
  cloudFormation.close();
  for (const [name, value] of before) {
    if (value === undefined) delete process.env[name];
    else process.env[name] = value;
  }
});

/** Deploy for each test, or `once` for all of the suite. */
function deploy({ once = false } = {}): void {
  const own = useWorld({ once });
  beforeEach(() => {
    asked = [];
  });
  (once ? beforeAll : beforeEach)(async () => {
    world = own;
    stack = world.stack();
    await stack.create(assembly);
    process.env.AWS_ENDPOINT_URL_LAMBDA = world.aws.endpoint;
    process.env.AWS_ENDPOINT_URL_CLOUDFORMATION = `http://127.0.0.1:${(cloudFormation.address() as AddressInfo).port}`;
    process.env.AWS_ACCESS_KEY_ID = 'local';
    process.env.AWS_SECRET_ACCESS_KEY = 'local';
    process.env.AWS_REGION = 'us-east-1';
  });
}

/** The resources of the template in two pages, and of each its metadata. */
function answer(query: URLSearchParams): { status: number; body: string } {
  const resources = Object.entries(assembly.template.Resources);
  if (query.get('StackName') !== 'stack') {
    const message = `Stack with id ${query.get('StackName')} does not exist`;
    return {
      status: 400,
      body: `<ErrorResponse><Error><Type>Sender</Type><Code>ValidationError</Code><Message>${message}</Message></Error></ErrorResponse>`,
    };
  }
  if (query.get('Action') === 'ListStackResources') {
    const half = Math.ceil(resources.length / 2);
    const page = query.get('NextToken') ? resources.slice(half) : resources.slice(0, half);
    const members = page.map(
      ([id, { Type }]) =>
        `<member><LogicalResourceId>${id}</LogicalResourceId><PhysicalResourceId>${physicalId(id)}</PhysicalResourceId><ResourceType>${Type}</ResourceType></member>`,
    );
    const next = query.get('NextToken') ? '' : '<NextToken>2</NextToken>';
    return {
      status: 200,
      body: `<ListStackResourcesResponse><ListStackResourcesResult><StackResourceSummaries>${members.join('')}</StackResourceSummaries>${next}</ListStackResourcesResult></ListStackResourcesResponse>`,
    };
  }
  const [, resource] = resources.find(([id]) => id === query.get('LogicalResourceId'))!;
  const metadata = JSON.stringify((resource as { Metadata?: unknown }).Metadata ?? {}).replaceAll('"', '&quot;');
  return {
    status: 200,
    body: `<DescribeStackResourceResponse><DescribeStackResourceResult><StackResourceDetail><Metadata>${metadata}</Metadata></StackResourceDetail></DescribeStackResourceResult></DescribeStackResourceResponse>`,
  };
}

/** The harness calls its functions by their ARNs, and so are they named here. */
function physicalId(id: string): string {
  return [...world.aws.functions.keys()].find(arn => arn.includes(id)) ?? id;
}

const arn = () => [...world.aws.functions].find(([, each]) => each === stack.hook)![0];
const deployed = (...argv: string[]) => run([...argv, '--function', arn()]);
const direct = (...argv: string[]) => run([...argv, '--url', world.local.postgresUrl, '--dir', folder('sql', FILES)]);
const json = ({ stdout }: Ran) => JSON.parse(stdout);

describe('--function, what only looks', () => {
  deploy({ once: true });

  test('status: the table of a direct target, and its JSON', async () => {
    const [far, near] = [await deployed('status'), await direct('status')];
    expect(far).toMatchObject({ code: 0, stderr: '' });
    // The two are read a moment apart.
    const table = ({ stdout }: Ran) => stdout.replace(/(just now|\d+ (?:s|min) ago|when) +/g, 'when ').split('\n');
    const [title, ...rows] = table(far);
    expect(title).toMatch(/^function \S+$/);
    expect(rows).toEqual(table(near).slice(1));
    const files = (value: { migrations: { file: string | null }[] }) => ({
      ...value,
      migrations: value.migrations.map(one => ({ ...one, file: one.file?.split('/').at(-1) ?? null })),
    });
    expect(files(json(await deployed('status', '--json')))).toEqual(files(json(await direct('status', '--json'))));
    expect((await deployed('status', '--exit-code')).code).toBe(0);
  });

  test('diff: the dump comes through the function, the folder is the one here', async () => {
    const dir = ['--dir', folder('sql', FILES)];
    expect(await deployed('diff', ...dir)).toMatchObject({ code: 0, stdout: '' });
    const less = await deployed('diff', '--dir', folder('less', { '001_users.sql': FILES['001_users.sql'] }));
    expect(less.code).toBe(1);
    expect(less.stdout).toContain('@@ table public.orders: added @@');
    expect((await run(['diff', '--stack', 'stack', ...dir])).code).toBe(0);
    const dump = folder('dump', { 'dump.sql': (await deployed('dump')).stdout });
    expect(json(await deployed('diff', '--json', '--against', `${dump}/dump.sql`))).toMatchObject({ changes: [] });
  });

  test('plan: the same JSON, of this folder', async () => {
    const dir = ['--dir', folder('more', { ...FILES, '003_index.sql': 'CREATE INDEX i ON users (id);\n' })];
    const far = json(await deployed('plan', '--json', '--sql', ...dir));
    const near = json(await run(['plan', '--json', '--sql', '--url', world.local.postgresUrl, ...dir]));
    expect(far).toEqual(near);
    expect(far).toMatchObject({
      steps: [{ migration: '003_index', reason: 'pending' }],
      findings: [{ rule: 'require-concurrent-index-creation' }],
      dataApiCalls: 1,
    });
    expect((await run(['plan', '--stack', 'stack', ...dir])).stdout).toMatch(/^more → function \S+ of stack stack$/m);
  });

  test('plan --deployed: of the folder that it has with it, which nobody judges here', async () => {
    expect(json(await deployed('plan', '--deployed', '--json'))).toMatchObject({ steps: [], findings: null });
    expect(await deployed('plan', '--deployed', '--dir', 'x')).toMatchObject({ code: 2 });
    const direct = await run(['plan', '--deployed', '--url', world.local.postgresUrl]);
    expect(direct).toMatchObject({ code: 2, stderr: expect.stringContaining('Give --function or --stack too') });
  });

  test('plan: a function of an older version does not know what is asked', async () => {
    const older = async () => {
      throw new MigrationError({
        code: 'unknown-action',
        message: 'There is no action "read"',
        remedy: 'Actions: status',
      });
    };
    await expect(readThrough(older)).rejects.toMatchObject({
      code: 'old-function',
      message: expect.stringContaining('`plan --deployed`'),
    });
  });

  test('check: only what is not applied there is judged', async () => {
    const files = {
      ...FILES,
      '003_index.sql': 'CREATE INDEX i ON users (id);\n',
      '004_new.sql': 'DROP TABLE orders;\n',
    };
    const dir = ['--dir', folder('judged', files), '--json'];
    const rules = ({ stdout }: Ran) => JSON.parse(stdout).findings.map(({ rule }: { rule: string }) => rule);
    expect(rules(await deployed('check', ...dir))).toEqual(['require-concurrent-index-creation', 'ban-drop-table']);
    expect(rules(await run(['check', '--stack', 'stack', ...dir]))).toHaveLength(2);
    expect(await deployed('check', '--schema', 'other')).toMatchObject({ code: 2 });
  });

  test.each(['verify', 'dump'])('%s: the same JSON', async command => {
    const far = json(await deployed(command, '--json'));
    const near = json(
      await run([
        command,
        '--json',
        '--url',
        world.local.postgresUrl,
        ...(command === 'dump' ? [] : ['--dir', folder('sql', FILES)]),
      ]),
    );
    expect(far).toEqual(near);
  });

  test('history, also followed', async () => {
    const { code, stdout } = await deployed('history', '--limit', '1');
    expect(code).toBe(0);
    expect(stdout).toMatch(/002_orders/);
    const near = json(await run(['history', '--json', '--url', world.local.postgresUrl]));
    expect(json(await deployed('history', '--json'))).toEqual(near);
    const stop = new AbortController();
    const followed = await run(['history', '--follow', '--function', arn()], {
      signal: stop.signal,
      onWrite: text => text.includes('002_orders') && stop.abort('SIGINT'),
    });
    expect(followed).toMatchObject({ code: 0, stdout: expect.stringMatching(/✓ 001_users(.|\n)*✓ 002_orders/) });
  });

  test('what the function refuses is a problem, and so is a name that is none', async () => {
    const refused = await deployed('resolve', '--migration', '001_users', '--statement', '1', '--as', 'done', '--json');
    expect(refused.code).toBe(1);
    expect(json(refused).problems).toMatchObject([
      {
        code: 'not-there',
        message: expect.stringContaining('001_users does not stand at statement 1'),
        remedy: expect.stringContaining('aws logs tail'),
      },
    ]);
    const unknown = await deployed('down', '--to', '77');
    expect(unknown).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('There is no migration of version "77"'),
    });
    expect(unknown.stderr).toContain('the first is 001, the last 002');
  });

  test.each([
    ['--dir', 'x'],
    ['--url', 'postgres://h/x'],
    ['--on-changed', 'fail'],
  ])('%s is none of its business', async (option, value) => {
    expect(await deployed('up', option, value)).toMatchObject({ code: 2 });
  });
});

describe('--function, what changes something', () => {
  deploy();

  test('down and up', async () => {
    const dry = await deployed('down', '--dry-run');
    expect(dry.stdout).toContain('DROP TABLE orders;');
    const down = await deployed('down', '--to', '001');
    expect(down.code).toBe(0);
    expect(down.stdout).toMatch(/^1 undone in/m);
    expect(await world.tables()).toEqual(['users']);
    expect((await deployed('plan', '--deployed', '--sql')).stdout).toContain('CREATE TABLE orders');
    const up = await deployed('up');
    expect(up).toMatchObject({ code: 0, stdout: expect.stringMatching(/^1 applied in/m) });
    expect(json(await deployed('up', '--json'))).toMatchObject({ outcome: 'nothing-to-do' });
    expect(await world.tables()).toEqual(['orders', 'users']);
  });

  test('is refused by default, with both ways to do it', async () => {
    await stack.update(readOnly);
    const { code, stdout } = await deployed('down', '--to', '001', '--json');
    expect(code).toBe(1);
    expect(JSON.parse(stdout).problems).toEqual([
      {
        code: 'read-only',
        message: expect.stringMatching(/^By hand the function takes only actions that read .*, and revert is none\.$/),
        remedy: expect.stringMatching(
          /^Set manualActions: 'all' on the construct and deploy; or do it with your own rights .*: `aurora-migrations down --cluster-arn arn:\S+ --secret-arn arn:\S+ --database \w+`$/,
        ),
      },
    ]);
    expect((await deployed('up')).stderr).toContain("Set manualActions: 'all' on the construct and deploy");
    expect((await deployed('status')).code).toBe(0);
    expect(await world.tables()).toEqual(['orders', 'users']);
  });

  test('baseline, after the history was lost', async () => {
    await world.rows('drop table schema_migrations');
    const { code, stdout } = await deployed('baseline', '--to', '2');
    expect({ code, stdout }).toEqual({ code: 0, stdout: expect.stringContaining('2 taken over, none executed') });
  });

  test('a run that fails says why, and what is stored is not undone', async () => {
    await world.rows('drop table orders; create view orders as select 1 as one');
    const { code, stdout } = await deployed('down');
    expect(code).toBe(1);
    expect(stdout).toMatch(/^✗ 002_orders could not be undone at \S*002_orders\.sql:3:12, statement 1 of 1$/m);
    expect(stdout).toContain('42809   "orders" is not a table');
  });
});

describe('--stack', () => {
  deploy({ once: true });

  test('finds the function by the stack’s resources', async () => {
    const { code, stdout, stderr } = await run(['status', '--stack', 'stack']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/^function \S+ of stack stack\n/);
    expect(stdout).toMatch(/002_orders/);
    expect(asked.map(query => query.get('Action'))).toEqual([
      'ListStackResources',
      'ListStackResources',
      'DescribeStackResource',
    ]);
  });

  test('a stack that is not there', async () => {
    const { code, stderr } = await run(['status', '--stack', 'other']);
    expect(code).toBe(1);
    expect(stderr).toMatch(/The stack other is not there: .*Check its name and the region/);
  });
});
