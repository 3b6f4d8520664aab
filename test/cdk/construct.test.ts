import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CfnOutput, CfnResource, Duration, Stack } from 'aws-cdk-lib';
import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import { AccountPrincipal } from 'aws-cdk-lib/aws-iam';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { DatabaseCluster, DatabaseClusterFromSnapshot } from 'aws-cdk-lib/aws-rds';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { describe, expect, test, vi } from 'vitest';
import { exampleApp } from '../../lib/cdk/example-app.ts';
import { callInChild } from '../../lib/cdk/package.ts';
import { BUILT_CLI } from '../support/built.ts';
import { AuroraMigrations } from './built.ts';
import { ARNS, ENGINE, folder, inVpc, newApp, newCluster, newStack } from './stacks.ts';

const TYPE = 'Custom::AuroraMigrations';
const migrations = folder();

/** Statements of the policy that the hook's role has, without those for its logs. */
function rights(template: Template): Record<string, unknown>[] {
  const policies = Object.values(template.findResources('AWS::IAM::Policy')) as unknown as {
    Properties: { PolicyName: string; PolicyDocument: { Statement: Record<string, unknown>[] } };
  }[];
  return policies.find(({ Properties }) => /HookRoleDefaultPolicy/.test(Properties.PolicyName))!.Properties
    .PolicyDocument.Statement;
}

function variables(template: Template): Record<string, unknown>[] {
  const hooks = template.findResources('AWS::Lambda::Function', { Properties: { Handler: 'index.handler' } });
  return Object.values(hooks).map(hook => hook.Properties.Environment.Variables);
}

describe('with a new cluster', () => {
  const stack = newStack();
  const cluster = newCluster(stack, { defaultDatabaseName: 'app' });
  const hook = new AuroraMigrations(stack, 'Migrations', { cluster, migrations });
  const service = new CfnResource(stack, 'Service', { type: 'AWS::ECS::Service' });
  hook.before(service).grantInvoke(new AccountPrincipal('222222222222'));
  new CfnOutput(stack, 'Out', { value: `${hook.latest} ${hook.applied} ${hook.pending}` });
  const template = Template.fromStack(stack);
  const [id, resource] = Object.entries(template.findResources(TYPE))[0]!;

  test('the resource waits for the writer instance, its logs and its rights', () => {
    const writer = Object.keys(template.findResources('AWS::RDS::DBInstance'));
    const logs = Object.keys(template.findResources('AWS::Logs::LogGroup'));
    expect(resource.DependsOn).toEqual(expect.arrayContaining([...writer, ...logs]));
    expect(resource.DependsOn).toEqual(expect.arrayContaining([expect.stringMatching(/HookWriteLogs/)]));
    expect(resource.DependsOn).toEqual(expect.arrayContaining([expect.stringMatching(/HookRoleDefaultPolicy/)]));
  });

  test('may use the Data API of the cluster, read the secret, describe its own stack, and nothing else', () => {
    const secret = Object.keys(template.findResources('AWS::SecretsManager::SecretTargetAttachment'))[0]!;
    expect(rights(template)).toEqual([
      {
        Effect: 'Allow',
        Action: [
          'rds-data:BatchExecuteStatement',
          'rds-data:BeginTransaction',
          'rds-data:CommitTransaction',
          'rds-data:ExecuteStatement',
          'rds-data:RollbackTransaction',
        ],
        Resource: stack.resolve(cluster.clusterArn),
      },
      { Effect: 'Allow', Action: 'cloudformation:DescribeStacks', Resource: { Ref: 'AWS::StackId' } },
      {
        Effect: 'Allow',
        Action: ['secretsmanager:GetSecretValue', 'secretsmanager:DescribeSecret'],
        Resource: { Ref: secret },
      },
    ]);
  });

  test('writes into its own log group only, under the name that CDK tells in errors', () => {
    const [functionId] = Object.keys(
      template.findResources('AWS::Lambda::Function', { Properties: { Handler: 'index.handler' } }),
    );
    const groups = Object.values(template.findResources('AWS::Logs::LogGroup'));
    expect(groups.map(group => group.Properties)).toEqual([
      { LogGroupName: { 'Fn::Join': ['', ['/aws/lambda/', { Ref: functionId }]] }, RetentionInDays: 365 },
    ]);
    template.resourcePropertiesCountIs(
      'AWS::IAM::Policy',
      { PolicyDocument: { Statement: [{ Action: ['logs:CreateLogStream', 'logs:PutLogEvents'] }] } },
      1,
    );
    template.hasResourceProperties('AWS::IAM::Role', { ManagedPolicyArns: Match.absent() });
  });

  test('turns the Data API on', () => {
    template.hasResourceProperties('AWS::RDS::DBCluster', { EnableHttpEndpoint: true });
  });

  test('tells the function what the construct knows', () => {
    expect(variables(template)).toEqual([
      {
        CLUSTER_ARN: stack.resolve(cluster.clusterArn),
        SECRET_ARN: stack.resolve(cluster.secret!.secretArn),
        ENGINE: 'postgresql',
        DATABASE: 'app',
        TIMEOUT_MS: '3300000',
        HOOK: { 'Fn::Join': ['', [{ Ref: 'AWS::StackId' }, `/${id}`]] },
      },
    ]);
  });

  test('the properties say what CloudFormation must notice: target, options, folder and deploy', () => {
    expect(resource.Properties).toEqual({
      ServiceToken: expect.anything(),
      ServiceTimeout: '3600',
      Digest: expect.stringMatching(/^[0-9a-f]{64}$/),
      Latest: '001_users',
      ClusterArn: stack.resolve(cluster.clusterArn),
      SecretArn: stack.resolve(cluster.secret!.secretArn),
      Database: 'app',
      Options: expect.stringMatching(/^[0-9a-f]{64}$/),
      Stamp: expect.stringMatching(/^20\d\d-.*Z$/),
    });
  });

  test("the waiter lasts as long as CloudFormation's hour", () => {
    expect(resource.Properties.ServiceTimeout).toBe('3600');
    const [machine] = Object.values(template.findResources('AWS::StepFunctions::StateMachine'));
    const text = JSON.stringify(machine!.Properties.DefinitionString);
    const [, interval, attempts] = /IntervalSeconds\\":(\d+),\\"MaxAttempts\\":(\d+)/.exec(
      text.replaceAll('\\\\', '\\'),
    )!;
    expect(Number(interval) * Number(attempts)).toBe(3600);
  });

  test('what comes after it waits; its attributes can be referred to', () => {
    template.hasResource('AWS::ECS::Service', { DependsOn: [id] });
    template.hasOutput('Out', {
      Value: {
        'Fn::Join': [
          '',
          [
            { 'Fn::GetAtt': [id, 'Latest'] },
            ' ',
            { 'Fn::GetAtt': [id, 'Applied'] },
            ' ',
            { 'Fn::GetAtt': [id, 'Pending'] },
          ],
        ],
      },
    });
    template.hasResourceProperties('AWS::Lambda::Permission', { Principal: '222222222222' });
  });
});

describe('with other clusters', () => {
  test('from a snapshot, imported, by ARN: each with what is known of it; two constructs in one stack', () => {
    const stack = newStack();
    const secret = Secret.fromSecretCompleteArn(stack, 'Theirs', ARNS.secret);
    const restored = new DatabaseClusterFromSnapshot(stack, 'Restored', {
      ...inVpc(stack),
      snapshotIdentifier: 'yesterday',
    });
    const imported = DatabaseCluster.fromDatabaseClusterAttributes(stack, 'Imported', {
      clusterIdentifier: 'theirs',
      engine: ENGINE,
      secret,
    });
    new AuroraMigrations(stack, 'A', { cluster: restored, migrations, secret });
    new AuroraMigrations(stack, 'B', { cluster: imported, migrations, database: 'app', table: 'b_migrations' });
    new AuroraMigrations(stack, 'C', {
      ...ARNS,
      migrations,
      schema: 'ops',
      table: 'c_migrations',
      onChanged: 'fail',
      outOfOrder: 'fail',
      onRollback: 'revert',
      lockTimeout: Duration.seconds(2),
      timeout: Duration.minutes(10),
      logRetention: RetentionDays.ONE_WEEK,
    });
    const template = Template.fromStack(stack);
    const [a, b, c] = variables(template);
    expect(a).toMatchObject({ ENGINE: 'postgresql', SECRET_ARN: ARNS.secret });
    expect(a).not.toHaveProperty('DATABASE');
    expect(b).toMatchObject({ ENGINE: 'postgresql', DATABASE: 'app', TRACKING_TABLE: 'b_migrations' });
    expect(c).toEqual({
      CLUSTER_ARN: ARNS.cluster,
      SECRET_ARN: ARNS.secret,
      TRACKING_SCHEMA: 'ops',
      TRACKING_TABLE: 'c_migrations',
      ON_CHANGED: 'fail',
      OUT_OF_ORDER: 'fail',
      ON_ROLLBACK: 'revert',
      LOCK_TIMEOUT_MS: '2000',
      TIMEOUT_MS: '600000',
      HOOK: expect.anything(),
    });
    template.resourceCountIs(TYPE, 3);
    template.hasResourceProperties(TYPE, { ServiceTimeout: '900' });
  });

  test('in another stack: the stacks depend on each other the right way round', () => {
    const app = newApp();
    const data = new Stack(app, 'Data');
    const cluster = newCluster(data);
    const service = new Stack(app, 'Service');
    new AuroraMigrations(service, 'Migrations', { cluster, migrations });
    Template.fromStack(service).resourceCountIs(TYPE, 1);
    expect(service.dependencies.map(({ stackName }) => stackName)).toEqual(['Data']);
    Template.fromStack(data).hasResourceProperties('AWS::RDS::DBCluster', { EnableHttpEndpoint: true });
  });
});

describe('what could never work is said at synth, in one line', () => {
  const cases: [string, (stack: Stack) => unknown, RegExp][] = [
    [
      'a cluster whose Data API was turned off',
      stack => new AuroraMigrations(stack, 'M', { cluster: newCluster(stack, { enableDataApi: false }), migrations }),
      /^The Data API of the cluster is off\. Set enableDataApi: true on the cluster\.$/,
    ],
    [
      'an ARN without secret',
      stack => new AuroraMigrations(stack, 'M', { cluster: ARNS.cluster, migrations }),
      /^The cluster has no secret\. Give the option secret: of a cluster by its ARN nothing else is known\.$/,
    ],
    [
      'an imported cluster without secret',
      stack => {
        const cluster = DatabaseCluster.fromDatabaseClusterAttributes(stack, 'I', { clusterIdentifier: 'theirs' });
        return new AuroraMigrations(stack, 'M', { cluster, migrations });
      },
      /^The cluster has no secret\. Give the option secret, a Secret or its complete ARN: the construct of an imported /,
    ],
    [
      'a cluster of another engine',
      stack => {
        const attributes = { clusterIdentifier: 'theirs', engine: { engineType: 'neptune' } as never };
        const cluster = DatabaseCluster.fromDatabaseClusterAttributes(stack, 'I', attributes);
        return new AuroraMigrations(stack, 'M', { cluster, secret: ARNS.secret, migrations });
      },
      /^The engine neptune is neither Aurora PostgreSQL nor Aurora MySQL\. Give the construct a cluster/,
    ],
    [
      'a timeout that CloudFormation does not wait for',
      stack => new AuroraMigrations(stack, 'M', { ...ARNS, migrations, timeout: Duration.hours(2) }),
      /^A timeout of 120 minutes cannot be kept\. Give 5 to 55 whole minutes/,
    ],
    [
      'a lock timeout beyond reason',
      stack => new AuroraMigrations(stack, 'M', { ...ARNS, migrations, lockTimeout: Duration.hours(1) }),
      /^A lockTimeout of 3600000 ms cannot be kept\. Give 1 ms to 5 minutes\.$/,
    ],
    [
      'a table that would have to be quoted',
      stack => new AuroraMigrations(stack, 'M', { ...ARNS, migrations, table: 'a-b' }),
      /^The table "a-b" is not a plain name/,
    ],
    [
      'a folder that is not there',
      stack => new AuroraMigrations(stack, 'M', { ...ARNS, migrations: '/nowhere' }),
      /There is no folder \/nowhere.*Name the folder that holds the \.sql files/s,
    ],
  ];
  test.each(cases)('%s', (_, make, message) => {
    let thrown: unknown;
    try {
      make(newStack());
    } catch (error) {
      thrown = error;
    }
    expect((thrown as Error).message).toMatch(message);
    // Where other errors have their stack, this one has its construct.
    expect((thrown as Error).stack).toBe(
      `MigrationError: ${(thrown as Error).message}\n    at Stack/M [AuroraMigrations]`,
    );
  });

  test('what the package itself lacks', () => {
    expect(() => callInChild('lib/nowhere', 'compileRequest', {})).toThrow(
      /^The migrations cannot be compiled: .*lib\/nowhere.* Install aurora-migrations anew/s,
    );
  });

  test('an example of another engine', () => {
    vi.stubEnv('CDK_CONTEXT_JSON', '{"engine":"db2"}');
    expect(exampleApp).toThrow('There is no engine "db2". Give -c engine=postgresql or -c engine=mysql.');
    vi.unstubAllEnvs();
  });
});

describe('the folder', () => {
  test('with mistakes: one error with all of them, as on the command line', () => {
    const bad = folder({ '001_a.sql': 'CREATE TABLE a (id int);\nSELEC 1;\n', 'b.sql': 'SELECT 1;\n' });
    let message = '';
    try {
      new AuroraMigrations(newStack(), 'M', { ...ARNS, migrations: bad });
    } catch (error) {
      message = (error as Error).message;
    }
    let shown = '';
    try {
      execFileSync(process.execPath, [BUILT_CLI, 'check', '--dir', bad], { encoding: 'utf8' });
    } catch (error) {
      shown = (error as { stdout: string }).stdout;
    }
    expect(shown).toMatch(/001_a\.sql:2:1: .*SELEC[\s\S]*\n +2 │ SELEC 1;\n +│ \^/);
    expect(message).toBe(`The migrations in ${bad} cannot be compiled.\n\n${shown.trimEnd()}`);
  });

  test("warnings become CDK's, with an id to acknowledge them by", () => {
    const risky = folder({ '001_a.sql': "SET statement_timeout = '5s';\nCREATE TABLE a (id int);\n" });
    const stack = newStack();
    new AuroraMigrations(stack, 'M', { ...ARNS, migrations: risky });
    const warnings = Annotations.fromStack(stack).findWarning('*', Match.stringLikeRegexp('001_a\\.sql:1'));
    expect(warnings.length).toBe(1);
    expect(String(warnings[0]!.entry.data)).toMatch(/\[ack: aurora-migrations:[a-z-]+:001_a:1\]/);
  });

  const codeOf = (migrations: string) => {
    const stack = newStack();
    new AuroraMigrations(stack, 'M', { ...ARNS, migrations });
    return JSON.stringify(
      Object.values(Template.fromStack(stack).findResources('AWS::Lambda::Function')).map(f => f.Properties.Code),
    );
  };

  test('the same twice has the same asset, whatever its files are called in time', () => {
    expect(codeOf(migrations)).toBe(codeOf(migrations));
  });

  test('a second stage starts no process, until a file changes', () => {
    const files = folder({ '001_a.sql': 'CREATE TABLE a (id int);\n' });
    const write = (text: string) => writeFileSync(join(files, '001_a.sql'), text);
    const first = codeOf(files);
    const { execPath } = process;
    process.execPath = '/nowhere/node';
    try {
      expect(codeOf(files)).toBe(first);
      write('CREATE TABLE b (id int);\n');
      expect(() => codeOf(files)).toThrow(/cannot be compiled: .*ENOENT/);
    } finally {
      process.execPath = execPath;
    }
    expect(codeOf(files)).not.toBe(first);
    write('CREATE TABLE a (id int);\n');
    expect(codeOf(files)).toBe(first);
  });
});

test('CDK functions outside of the construct keep their log groups', () => {
  const app = newApp({ '@aws-cdk/aws-lambda:useCdkManagedLogGroup': true });
  const stack = new Stack(app, 'S');
  new AuroraMigrations(stack, 'M', { ...ARNS, migrations });
  Template.fromStack(stack).resourceCountIs('AWS::Logs::LogGroup', 1);
});
