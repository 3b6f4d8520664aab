import { describe, expect, test } from 'vitest';
import { parse } from '../../lib/cli/arguments.ts';
import { COMMANDS } from '../../lib/cli/index.ts';
import { place } from '../../lib/cli/project-folder.ts';
import { run } from './run.ts';

function parsed(line: string, env: Record<string, string> = {}) {
  const { command, values, arguments: words } = parse(line.split(' ').filter(Boolean), COMMANDS, env);
  return { command: command?.name, values, words };
}

describe('what a line asks for', () => {
  test.each([
    ['up', 'up', {}],
    ['up --dir db --json', 'up', { dir: 'db', json: true }],
    ['--dir db up', 'up', { dir: 'db' }],
    ['-d db up -v', 'up', { dir: 'db', verbose: true }],
    ['up --dir=--odd', 'up', { dir: '--odd' }],
    ['up --lock-timeout 500ms', 'up', { 'lock-timeout': 500 }],
    ['up --lock-timeout 1.5s', 'up', { 'lock-timeout': 1500 }],
    ['up --lock-timeout 2min', 'up', { 'lock-timeout': 120_000 }],
    ['history -n 3 -m 001_a', 'history', { limit: 3, migration: '001_a' }],
    ['up --help', 'up', { help: true }],
    ['help up', 'up', { help: true }],
    ['help', undefined, { help: true }],
    ['--version', undefined, { version: true }],
    ['', undefined, {}],
  ])('%s', (line, command, values) => {
    expect(parsed(line)).toEqual({ command, values, words: [] });
  });

  test('the words of a command', () => {
    expect(parse(['new', 'add users'], COMMANDS, {}).arguments).toEqual(['add users']);
    expect(parse(['new', '--', '--odd'], COMMANDS, {}).arguments).toEqual(['--odd']);
  });

  test('the environment stands in where nothing is given', () => {
    const env = { AURORA_MIGRATIONS_URL: 'postgres://env/x' };
    expect(parsed('up', env).values).toEqual({ url: 'postgres://env/x' });
    expect(parsed('up --url postgres://line/x', env).values).toEqual({ url: 'postgres://line/x' });
    expect(parsed('up --data here', env).values).toEqual({ data: 'here' });
    expect(parsed('check', env).values).toEqual({});
  });
});

describe('bad usage', () => {
  test.each([
    [
      'stauts',
      'there is no command "stauts". Did you mean "status"? The commands are new, import, adopt, check, plan, rehearse, up, down, status, history, baseline, resolve, verify, diff, dump, squash and serve.',
    ],
    [
      'frobnicate',
      'there is no command "frobnicate". The commands are new, import, adopt, check, plan, rehearse, up, down, status, history, baseline, resolve, verify, diff, dump, squash and serve.',
    ],
    [
      'check --jsn',
      '"check" has no option --jsn. Did you mean --json? The options of "check" are --dir, --engine, --schema, --table, --data, --url, --cluster-arn, --secret-arn, --database, --region, --profile, --function, --stack, --since, --strict, --notes, --format, --json, --verbose, --help and --version.',
    ],
    [
      'check --limit 3',
      '"check" has no option --limit. The options of "check" are --dir, --engine, --schema, --table, --data, --url, --cluster-arn, --secret-arn, --database, --region, --profile, --function, --stack, --since, --strict, --notes, --format, --json, --verbose, --help and --version.',
    ],
    [
      'check -x',
      '"check" has no option -x. The options of "check" are --dir, --engine, --schema, --table, --data, --url, --cluster-arn, --secret-arn, --database, --region, --profile, --function, --stack, --since, --strict, --notes, --format, --json, --verbose, --help and --version.',
    ],
    ['up --dir', '--dir needs a value. Write --dir FOLDER.'],
    ['up --dir=', '--dir needs a value. Write --dir FOLDER.'],
    ['up --dir --json', '--dir needs a value, and --json is an option. Write --dir=--json if you mean it.'],
    ['up --dir -v', '--dir needs a value, and -v is an option. Write --dir=-v if you mean it.'],
    ['up --json=yes', '--json takes no value. Write --json alone.'],
    ['up --on-changed reaply', '--on-changed cannot be "reaply". Did you mean reapply? Give reapply, fail or ignore.'],
    ['up --lock-timeout 5', '--lock-timeout cannot be "5". Give a time with its unit (500ms, 5s, 2min).'],
    ['history --limit 0', '--limit cannot be "0". Give a whole number from 1.'],
    ['history --limit many', '--limit cannot be "many". Give a whole number from 1.'],
    ['new', '"new" needs NAME. Write new "name".'],
    ['new add users', '"new" takes no further argument, and "users" is one. Put quotes around it: "add users".'],
    ['up now', '"up" takes no further argument, and "now" is one. Take it out.'],
  ])('%s', (line, message) => {
    expect(() => parsed(line)).toThrow(expect.objectContaining({ name: 'UsageError', message }));
  });

  test.each([
    ['no command', [], /^Usage: aurora-migrations COMMAND/],
    [
      'an unknown command',
      ['stauts'],
      /^aurora-migrations: there is no command "stauts"\.\nDid you mean "status"\? The commands/,
    ],
    ['an unknown option', ['up', '--jsn'], /See "aurora-migrations up --help"\.\n$/],
    [
      'resolve without all three',
      ['resolve', '--migration', 'x'],
      /does not say all three: of which statement, and what became of it\.\nGive --migration NAME, --statement N and --as done or not-done/,
    ],
    ['a name of no letters', ['new', '!?'], /gives no name for a file\.\nUse letters/],
    ['baseline to nowhere', ['baseline'], /needs --to VERSION or --from TOOL\.\nGive the newest version/],
    ['serve of a function', ['serve', '--function', 'x'], /has no option --function/],
    ['down in two ways', ['down', '--to', '0', '--steps', '2'], /are two ways to say how far\.\nGive one of them/],
    [
      'serve of a cluster',
      [...'serve --cluster-arn a --secret-arn b --database c'.split(' ')],
      /has no option --cluster-arn/,
    ],
    [
      'the superuser of a server',
      ['serve', '--superuser', '--url', 'postgres://h/x'],
      /--superuser is for the embedded database\.\nName the user in the --url/,
    ],
    [
      'a region of nothing',
      ['status', '--region', 'x'],
      /--region belongs to a cluster or a function\.\nGive --cluster-arn/,
    ],
    [
      'a table of a function',
      ['status', '--function', 'x', '--table', 'y'],
      /is what the construct was told.*\nLeave it out/,
    ],
    ['a password in a stray word', ['up', 'postgres://app:secret@h/db'], /"postgres:\/\/app:\*\*\*@h\/db" is one/],
  ])('%s: exit code 2, on stderr', async (_, argv, message) => {
    const { code, stdout, stderr } = await run(argv);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(message);
  });
});

test('with --json, bad usage is a problem too', async () => {
  const { code, stdout } = await run(['status', '--json', '--region', 'x']);
  expect(code).toBe(2);
  expect(JSON.parse(stdout)).toEqual({
    problems: [
      {
        code: 'bad-usage',
        message: '--region belongs to a cluster or a function',
        remedy: 'Give --cluster-arn, --function or --stack too',
      },
    ],
  });
});

describe('the database that is meant', () => {
  const ARN = 'arn:aws:rds:eu-central-1:123456789012:cluster:main';

  test.each([
    [{}, { kind: 'embedded', folder: '.aurora-migrations', database: 'app' }],
    [
      { data: 'x', database: 'y' },
      { kind: 'embedded', folder: 'x', database: 'y' },
    ],
    [{ url: 'postgres://u@h/db' }, { kind: 'server', url: 'postgres://u@h/db', database: 'db' }],
    [{ url: 'postgresql://u@h' }, { kind: 'server', url: 'postgresql://u@h', database: 'u' }],
    [
      { url: 'postgres://h/db', database: 'y' },
      { kind: 'server', url: 'postgres://h/db', database: 'y' },
    ],
    [
      { 'cluster-arn': ARN, 'secret-arn': 's', database: 'd' },
      { kind: 'cluster', resourceArn: ARN, secretArn: 's', database: 'd', region: 'eu-central-1' },
    ],
    [
      { 'cluster-arn': ARN, 'secret-arn': 's', database: 'd', region: 'us-east-2' },
      { kind: 'cluster', resourceArn: ARN, secretArn: 's', database: 'd', region: 'us-east-2' },
    ],
  ])('%o', (values, where) => {
    expect(place(values)).toEqual(where);
  });

  test.each([
    [{ url: 'postgres://h/x', data: 'd' }, '--data and --url are two databases. Give one of them.'],
    [{ url: 'postgres://h/x', 'cluster-arn': ARN }, '--url and --cluster-arn are two databases. Give one of them.'],
    [{ 'secret-arn': 's' }, '--secret-arn belongs to a cluster. Give --cluster-arn too.'],
    [
      { 'cluster-arn': ARN, database: 'd' },
      '--cluster-arn needs --secret-arn. Give the secret with name and password of a user.',
    ],
    [{ 'cluster-arn': ARN, 'secret-arn': 's' }, '--cluster-arn needs --database. Give the name of the database in it.'],
    [
      { url: 'mariadb://u:secret@h/x', database: 'd' },
      '--url is not the URL of a server. Write it as postgres://user@host:5432/database or mysql://user@host:3306/database; the password stands behind the user (user:password@host), or in PGPASSWORD.',
    ],
  ])('%o', (values, message) => {
    expect(() => place(values)).toThrow(expect.objectContaining({ name: 'UsageError', message }));
  });
});

describe('help', () => {
  test.each(COMMANDS.map(({ name }) => name))(
    '%s: usage, options and examples that can be parsed, within 100 columns',
    async name => {
      const { code, stdout, stderr } = await run([name, '--help']);
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      expect(stdout).toMatch(new RegExp(`^Usage: aurora-migrations ${name}`));
      for (const { line } of COMMANDS.find(command => command.name === name)!.examples) {
        expect(stdout).toContain(`  aurora-migrations ${line}\n`);
        const words = [...line.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain!);
        expect(parse(words, COMMANDS, {}).command?.name).toBe(name);
      }
      const prose = stdout.split('\nExamples:')[0]!;
      for (const text of prose.split('\n')) expect(text.length).toBeLessThanOrEqual(100);
    },
  );

  test('the first screen fits into 100 by 30', async () => {
    const { code, stdout } = await run(['--help']);
    expect(code).toBe(0);
    const lines = stdout.trimEnd().split('\n');
    expect(lines.length).toBeLessThanOrEqual(30);
    for (const line of lines) expect(line.length).toBeLessThanOrEqual(100);
  });

  test('--version', async () => {
    expect(await run(['--version'])).toEqual({
      code: 0,
      stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/),
      stderr: '',
    });
  });
});
