import { Template } from 'aws-cdk-lib/assertions';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { beforeAll, describe, expect, test } from 'vitest';
import type { AuroraMigrationsProps } from '../../lib/cdk/index.ts';
import { AuroraMigrations } from '../cdk/built.ts';
import { ARNS, folder, newStack } from '../cdk/stacks.ts';
import { type Assembly, synthesize } from '../deploy/assembly.ts';
import { useWorld } from '../deploy/world.ts';
import { until } from '../support/until.ts';

const FILES = {
  '001_users.sql': 'CREATE TABLE users (id int PRIMARY KEY);\n',
  '002_rows.sql': 'INSERT INTO users VALUES (4711);\n-- migrate:down\nDELETE FROM users;\n',
};

function made(props: Partial<AuroraMigrationsProps> = {}): Template {
  const stack = newStack();
  const alarmTopic = props.alarmTopic && new Topic(stack, 'Topic');
  const engine = { engine: 'postgresql', database: 'app' } as const;
  new AuroraMigrations(stack, 'Migrations', {
    ...ARNS,
    ...engine,
    migrations: folder(),
    ...props,
    ...(alarmTopic && { alarmTopic }),
  });
  return Template.fromStack(stack);
}

describe('the construct', () => {
  test('an alarm and a saved query, no dashboard', () => {
    const template = made();
    template.hasResourceProperties('AWS::CloudWatch::Alarm', {
      Namespace: 'AuroraMigrations',
      MetricName: 'Failed',
      Threshold: 1,
      TreatMissingData: 'notBreaching',
      Dimensions: [{ Name: 'FunctionName' }],
    });
    template.hasResourceProperties('AWS::Logs::QueryDefinition', {
      Name: {
        'Fn::Join': [
          '',
          ['aurora-migrations/', { Ref: 'AWS::Region' }, '/Stack/StackMigrations71C9A0EB/migration history'],
        ],
      },
    });
    template.resourceCountIs('AWS::CloudWatch::Dashboard', 0);
  });

  test('a topic and a dashboard where they are wanted', () => {
    const template = made({ alarmTopic: true as never, dashboard: true });
    const [alarm] = Object.values(template.findResources('AWS::CloudWatch::Alarm'));
    expect(alarm!.Properties.AlarmActions).toHaveLength(1);
    const [dashboard] = Object.values(template.findResources('AWS::CloudWatch::Dashboard'));
    const text = JSON.stringify(dashboard);
    for (const title of ['Last runs', 'Failures', 'Duration of deploys', 'Applied and failed'])
      expect(text).toContain(title);
  });

  test('a baseline goes to the function', () => {
    made({ baseline: '001' }).hasResourceProperties('AWS::Lambda::Function', {
      Environment: { Variables: { BASELINE: '001' } },
    });
  });
});

/** The answer of a function may be here before the last line of its log: waits for a line that says this. */
const heard = (log: readonly unknown[], what: string) =>
  until(`a line with ${what}`, () => JSON.stringify(log).includes(what));

describe('the log', () => {
  const world = useWorld();
  let assembly: Assembly;
  beforeAll(() => {
    assembly = synthesize(FILES, { manualActions: 'all' });
  });
  type Line = Record<string, unknown>;
  // The SDK's own warning is for Node.js 20, which runs the tests; the deployed function has a newer one.
  const lines = (log: readonly unknown[]) =>
    (log as Line[]).filter(({ message }) => !String(message).includes('NodeVersionSupportWarning'));

  test('each line in Lambda’s format, in words, and the last one the verdict with metrics', async () => {
    const stack = world.stack();
    await stack.create(assembly);
    await heard(stack.hook.log, '"verdict"');
    const log = lines(stack.hook.log);
    for (const line of log) {
      expect(line).toMatchObject({
        timestamp: expect.stringMatching(/^\d{4}-.*Z$/),
        level: expect.stringMatching(/^(INFO|WARN|ERROR)$/),
        requestId: expect.stringMatching(/^[0-9a-f-]{36}$/),
        message: expect.stringMatching(/\w+ \w+/),
        event: expect.any(String),
      });
    }
    expect(log).toContainEqual(
      expect.objectContaining({
        event: 'applied',
        name: '002_rows',
        attempt: 1,
        status: 'applied',
        executionTimeMs: expect.any(Number),
      }),
    );
    expect(log.filter(({ event }) => event === 'verdict')).toHaveLength(1);
    expect(log.at(-1)).toMatchObject({
      event: 'verdict',
      message: expect.stringMatching(/^Done in .*: 2 applied, the newest 002_rows, none pending$/),
      FunctionName: stack.hook.spec.name,
      Failed: 0,
      Pending: 0,
      Duration: expect.any(Number),
      _aws: {
        CloudWatchMetrics: [
          {
            Namespace: 'AuroraMigrations',
            Dimensions: [['FunctionName']],
            Metrics: [{ Name: 'Failed' }, { Name: 'Duration' }, { Name: 'Pending' }],
          },
        ],
      },
    });
    expect(log.map(({ Applied }) => Applied ?? 0).reduce((a, b) => Number(a) + Number(b), 0)).toBe(2);
  });

  test('a failure: the words of the deploy, counted, no SQL and no row values', async () => {
    const stack = world.stack();
    const failing = synthesize({ ...FILES, '003_again.sql': '-- secret comment\nINSERT INTO users VALUES (4711);\n' });
    const { responses } = await stack.create(failing);
    await heard(stack.hook.log, '"verdict"');
    const log = lines(stack.hook.log);
    const verdict = log.find(({ event }) => event === 'verdict')!;
    expect(verdict).toMatchObject({ level: 'ERROR', Failed: 1 });
    expect(verdict.message).toBe('003_again failed (23505): see above');
    // Once: with the SQLSTATE, and with what the deploy says.
    const errors = log.filter(({ level, event }) => level === 'ERROR' && event !== 'verdict');
    expect(errors).toHaveLength(1);
    expect(errors[0]!.message).toContain(
      'duplicate key value violates unique constraint "users_pkey" (SQLSTATE 23505). ',
    );
    expect(responses[0]!.Reason).toContain('(SQLSTATE 23505, statement 1)');
    expect(log).toContainEqual(
      expect.objectContaining({
        event: 'failed',
        name: '003_again',
        status: 'failed',
        errorCode: '23505',
        errorStatement: 1,
        errorLine: 2,
      }),
    );
    expect(JSON.stringify(log)).not.toMatch(/4711|secret comment/);
  });

  test('what a person asks for wrongly is no failure', async () => {
    const stack = world.stack();
    await stack.create(assembly);
    await stack.hook.act({ action: 'nothing' });
    await heard(stack.hook.log, '"refused"');
    const refused = lines(stack.hook.log).at(-1)!;
    expect(refused).toMatchObject({ level: 'ERROR', event: 'refused' });
    expect(refused).not.toHaveProperty('_aws');
    await stack.hook.act({ action: 'revert', steps: 1 });
    await heard(stack.hook.log, 'by hand');
    expect(lines(stack.hook.log).at(-1)).toMatchObject({
      event: 'verdict',
      message: expect.stringMatching(/^1 reverted in .*, by hand$/),
      Failed: 0,
    });
  });

  test('a database that was there before is taken over on the first deploy', async () => {
    const stack = world.stack();
    await world.rows('create table users (id int primary key)');
    const { status } = await stack.create(synthesize(FILES, { baseline: '001' }));
    expect(status).toBe('CREATE_COMPLETE');
    expect(await world.attempts()).toEqual(['001_users baselined', '002_rows applied']);
  });
});
