import { Aws, CfnParameter, Duration, Fn, Stack, type StackProps } from 'aws-cdk-lib';
import { Annotations, Match } from 'aws-cdk-lib/assertions';
import { InstanceClass, InstanceSize, InstanceType } from 'aws-cdk-lib/aws-ec2';
import {
  AuroraMysqlEngineVersion,
  AuroraPostgresEngineVersion,
  ClusterInstance,
  DatabaseCluster,
  DatabaseClusterEngine,
  DatabaseClusterFromSnapshot,
  type DatabaseClusterProps,
} from 'aws-cdk-lib/aws-rds';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import { describe, expect, test } from 'vitest';
import { checkFacts } from '../../lib/cdk/checks.ts';
import { knowCluster } from '../../lib/cdk/cluster.ts';
import type { AuroraMigrationsProps } from '../../lib/cdk/index.ts';
import { AuroraMigrations } from './built.ts';
import { ARNS, folder, inVpc, newApp, newCluster } from './stacks.ts';

const migrations = folder();
const HERE = { account: '111111111111', region: 'eu-west-1' };
const NAMED = { ...ARNS, database: 'app', engine: 'postgresql' } as const;
const RDS = 'arn:aws:rds:eu-west-1:111111111111';
const SECRETS = 'arn:aws:secretsmanager:eu-west-1:111111111111';

type Given = Partial<Record<keyof AuroraMigrationsProps, unknown>> & Record<string, unknown>;

/** A hook in a stack of its own, with what a user of JavaScript may give too. */
function hookWith(given: Given | ((stack: Stack) => Given), env: StackProps['env'] = HERE): Stack {
  const stack = new Stack(newApp(), 'Stack', env && { env });
  const props = typeof given === 'function' ? given(stack) : given;
  new AuroraMigrations(stack, 'M', { migrations, ...props } as unknown as AuroraMigrationsProps);
  return stack;
}

const cluster =
  (props: Partial<DatabaseClusterProps>, more: Given = {}) =>
  (stack: Stack) => ({ cluster: newCluster(stack, props), ...more });

const imported =
  (more: Given, attributes = {}) =>
  (stack: Stack) => ({
    cluster: DatabaseCluster.fromDatabaseClusterAttributes(stack, 'I', { clusterIdentifier: 'theirs', ...attributes }),
    ...more,
  });

const postgres = (version: AuroraPostgresEngineVersion) => DatabaseClusterEngine.auroraPostgres({ version });
const mysql = (version: AuroraMysqlEngineVersion) => DatabaseClusterEngine.auroraMysql({ version });

describe('what could never work fails the synth, with what to do', () => {
  const cases: [string, Given | ((stack: Stack) => Given), RegExp, StackProps['env']?][] = [
    [
      'a new cluster without database',
      cluster({ defaultDatabaseName: undefined as never }),
      /^The cluster has no database to migrate: .* Set defaultDatabaseName on the cluster, or give the option database\.$/,
    ],
    [
      'an imported cluster with the secret that RDS manages, and no database',
      imported({ secret: `${SECRETS}:secret:rds!cluster-1234-AbCdEf`, engine: 'postgresql' }),
      /^The database to migrate is not known: a secret that RDS manages .* Give the option database\.$/,
    ],
    [
      'an imported cluster with the secret that RDS manages, and no engine',
      imported({ secret: `${SECRETS}:secret:rds!cluster-1234-AbCdEf`, database: 'app' }),
      /^The engine of the cluster is not known: .* Give the option engine: 'postgresql' or 'mysql'\.$/,
    ],
    [
      'an imported cluster without secret',
      imported({ database: 'app' }),
      /^The cluster has no secret\. Give the option secret, a Secret .* describe-db-clusters .*\(MasterUserSecret\)\.$/,
    ],
    [
      "a writer of CDK's default class",
      cluster({ writer: ClusterInstance.provisioned('Writer') }),
      /^The writer's instance class is db\.t3\.medium, and .* T classes\. Use ClusterInstance\.serverlessV2\(…\), or /,
    ],
    [
      'a writer of a T class',
      cluster({
        writer: ClusterInstance.provisioned('Writer', {
          instanceType: InstanceType.of(InstanceClass.T4G, InstanceSize.LARGE),
        }),
      }),
      /^The writer's instance class is db\.t4g\.large/,
    ],
    [
      'a version of PostgreSQL without Data API',
      cluster({ engine: postgres(AuroraPostgresEngineVersion.VER_16_0) }),
      /^The engine version 16\.0 has no RDS Data API\. Use a newer version: the Data API begins with PostgreSQL 13\.11/,
    ],
    [
      'a line of PostgreSQL without Data API',
      cluster({ engine: postgres(AuroraPostgresEngineVersion.VER_12_22) }),
      /^The engine version 12\.22 has no RDS Data API/,
    ],
    [
      'a version of MySQL without Data API',
      cluster({ engine: mysql(AuroraMysqlEngineVersion.VER_3_06_1) }),
      /^The engine version 8\.0\.mysql_aurora\.3\.06\.1 has no RDS Data API/,
    ],
    [
      'a line of MySQL without Data API',
      cluster({ engine: mysql(AuroraMysqlEngineVersion.VER_2_12_5) }),
      /^The engine version 5\.7\.mysql_aurora\.2\.12\.5 has no RDS Data API/,
    ],
    ...['us-gov-west-1', 'cn-north-1', 'us-iso-east-1', 'us-isob-east-1'].map(
      (region): [string, (stack: Stack) => Given, RegExp, StackProps['env']] => [
        region,
        cluster({}),
        new RegExp(`^The RDS Data API does not exist in ${region}: .* Deploy to another region, or apply`),
        { ...HERE, region },
      ],
    ),
    [
      'a name in place of an ARN',
      { ...NAMED, cluster: 'theirs' },
      /^'theirs' is not the ARN of a cluster\. Give the whole ARN \(arn:aws:rds:REGION:ACCOUNT:cluster:NAME\), or a /,
    ],
    [
      'the ARN of an instance',
      { ...NAMED, cluster: `${RDS}:db:theirs` },
      /^'arn:aws:rds:eu-west-1:111111111111:db:theirs' is not the ARN of a cluster/,
    ],
    [
      'the name of a secret',
      { ...NAMED, secret: 'prod/db' },
      /^'prod\/db' is not the complete ARN of a secret\. Give the ARN with the six characters .* Secret\.fromSecretNameV2/,
    ],
    [
      'the ARN of a secret without its end',
      { ...NAMED, secret: `${SECRETS}:secret:prod/db` },
      /:secret:prod\/db' is not the complete ARN of a secret/,
    ],
    [
      'the ARN of something else than a secret',
      { ...NAMED, secret: `${RDS}:cluster:theirs` },
      /:cluster:theirs' is not the complete ARN of a secret/,
    ],
    [
      'a cluster of another region',
      { ...NAMED, cluster: 'arn:aws:rds:us-west-2:111111111111:cluster:theirs' },
      /^The cluster is in region us-west-2, and the stack in eu-west-1: .* Put the construct into a stack of the cluster's region, or correct the ARN\.$/,
    ],
    [
      'a cluster of another account',
      { ...NAMED, cluster: 'arn:aws:rds:eu-west-1:222222222222:cluster:theirs' },
      /^The cluster is in account 222222222222, and the stack in 111111111111/,
    ],
    [
      'a secret of another region',
      { ...NAMED, secret: 'arn:aws:secretsmanager:us-west-2:111111111111:secret:theirs-AbCdEf' },
      /^The secret is in region us-west-2, and the stack in eu-west-1/,
    ],
    [
      'a baseline that no file has',
      { ...NAMED, baseline: '0042' },
      /^There is no migration of version "0042" in this folder \(the first is 001, the last 001\)\. Name the version of a file/,
    ],
  ];
  test.each(cases)('%s', (_, given, message, env = HERE) => {
    expect(() => hookWith(given, env)).toThrow(message);
  });

  test('all errors at once', () => {
    expect(() => hookWith({ ...NAMED, cluster: 'theirs', secret: 'prod/db' })).toThrow(
      /^'theirs' is not the ARN .*\n'prod\/db' is not the complete ARN /,
    );
  });
});

describe('values that no option takes', () => {
  const cases: [Given, string][] = [
    [{ database: '' }, "The option database does not take ''. Give a text that is not empty, or leave it out."],
    [{ runOn: 'chnage' }, "The option runOn does not take 'chnage'. Did you mean 'change'?"],
    [{ onChanged: 1 }, "The option onChanged does not take 1. Give 'reapply' or 'fail' or 'ignore'."],
    [{ outOfOrder: 'never' }, "The option outOfOrder does not take 'never'. Give 'apply' or 'fail'."],
    [{ onRollback: null }, "The option onRollback does not take null. Give 'nothing' or 'revert'."],
    [{ engine: 'postgres' }, "The option engine does not take 'postgres'. Did you mean 'postgresql'?"],
    [
      { baseline: 1 },
      "The option baseline does not take 1. Give a version that is known at synth, or an object with from, the tool that has migrated the database: { from: 'goose' }.",
    ],
    [{ baseline: { from: 'gose' } }, "The option baseline.from does not take 'gose'. Did you mean 'goose'?"],
    [
      { baseline: { from: 'dbmate' } },
      "The table of dbmate is called schema_migrations, and so is the tracking table where the option table does not say otherwise. Write table: 'aurora_migrations' (--table aurora_migrations), and keep it when the table of the other tool is gone.",
    ],
    [{ schema: Aws.STACK_NAME }, 'The option schema does not take a token. Give a text that is known at synth'],
    [{ migrations: '' }, "The option migrations does not take ''."],
    [{ timeout: 55 }, 'The option timeout does not take 55. Give a Duration that is known at synth'],
    [{ lockTimeout: '5s' }, "The option lockTimeout does not take '5s'. Give a Duration"],
    [{ dashboard: 'yes' }, "The option dashboard does not take 'yes'. Give true or false."],
    [{ alarmTopic: 'arn:aws:sns:x' }, "The option alarmTopic does not take 'arn:aws:sns:x'. Give a Topic."],
    [{ logRetention: Duration.days(1) }, 'The option logRetention does not take an object (Duration). Give one of'],
    [{ secret: {} }, 'The option secret does not take an object (Object). Give a Secret or its complete ARN.'],
    [{ cluster: undefined }, 'The option cluster does not take undefined. Give a DatabaseCluster or the ARN of a'],
    [{ onChange: 'fail' }, 'There is no option onChange. Did you mean onChanged?'],
    [{ onchanged: 'fail' }, 'There is no option onchanged. Did you mean onChanged?'],
    [{ folder: 'sql' }, 'There is no option folder. Remove it, or use one of cluster, secret, migrations, database,'],
  ];
  test.each(cases)('%j', (given, message) => {
    expect(() => hookWith({ ...NAMED, ...given })).toThrow(message);
  });

  test('an option that is undefined is left out', () => {
    const names = ['secret', 'migrations', 'database', 'engine', 'runOn', 'timeout', 'dashboard'];
    const given = Object.fromEntries(names.map(name => [name, undefined]));
    // The folder is the default one: of this repository.
    expect(() => hookWith(stack => ({ cluster: newCluster(stack), ...given }))).not.toThrow();
  });
});

describe('tokens are never judged', () => {
  const name = (stack: Stack) => new CfnParameter(stack, 'Name').valueAsString;
  const secret = `arn:${Aws.PARTITION}:secretsmanager:${Aws.REGION}:${Aws.ACCOUNT_ID}:secret:theirs-AbCdEf`;

  test.each<[string, (stack: Stack) => Given]>([
    [
      'in ARNs, and an imported database',
      stack => ({
        ...NAMED,
        cluster: `arn:${Aws.PARTITION}:rds:${Aws.REGION}:${Aws.ACCOUNT_ID}:cluster:${name(stack)}`,
        secret,
        database: Fn.importValue('database'),
      }),
    ],
    [
      'as whole ARNs',
      () => ({ ...NAMED, cluster: Fn.importValue('cluster'), secret: Fn.importValue('secret-complete-arn') }),
    ],
    [
      'as region and account in one',
      () => ({ ...NAMED, cluster: `arn:aws:rds:${Fn.join(':', [Aws.REGION, Aws.ACCOUNT_ID])}:cluster:x`, secret }),
    ],
  ])('%s', (_, given) => {
    expect(() => hookWith(given)).not.toThrow();
  });

  test('in the region and account of a stack that may go anywhere', () => {
    const stack = new Stack(newApp(), 'Stack');
    expect(() => new AuroraMigrations(stack, 'M', { ...NAMED, migrations })).not.toThrow();
  });
});

describe('what may work is a warning that can be acknowledged', () => {
  const warnings = (stack: Stack) =>
    Annotations.fromStack(stack)
      .findWarning('*', Match.stringLikeRegexp('aurora-migrations:'))
      .map(({ entry }) => String(entry.data));

  test.each<[string, Given | ((stack: Stack) => Given), RegExp[]]>([
    ['nothing to warn of', cluster({}), []],
    ['a cluster with a managed password', cluster({ manageMasterUserPassword: true } as object), []],
    [
      'a database that only the secret names',
      { ...ARNS },
      [/^Which database is migrated is not known at synth: .* \[ack: aurora-migrations:database-from-secret\]$/],
    ],
    [
      'a cluster from a snapshot',
      (stack: Stack) => ({
        cluster: new DatabaseClusterFromSnapshot(stack, 'R', { ...inVpc(stack), snapshotIdentifier: 'yesterday' }),
        secret: ARNS.secret,
      }),
      [/aurora-migrations:database-from-secret/],
    ],
    [
      'a secret of another account',
      { ...NAMED, secret: 'arn:aws:secretsmanager:eu-west-1:222222222222:secret:theirs-AbCdEf' },
      [
        /^The secret belongs to account 222222222222, the stack to 111111111111\. .* \[ack: aurora-migrations:secret-of-other-account\]$/,
      ],
    ],
    [
      'Limitless',
      imported(
        { secret: ARNS.secret, database: 'app' },
        { engine: postgres(AuroraPostgresEngineVersion.VER_16_8_LIMITLESS) },
      ),
      [
        /^AWS does not say whether the engine version 16\.8-limitless has .* \[ack: aurora-migrations:unknown-data-api\]$/,
      ],
    ],
    [
      'a line of MySQL that AWS does not list',
      cluster({ engine: mysql(AuroraMysqlEngineVersion.of('8.4.mysql_aurora.8.4.7', '8.4')) }),
      [/^AWS does not say whether the engine version 8\.4\.mysql_aurora\.8\.4\.7 has/],
    ],
  ])('%s', (_, given, expected) => {
    const said = warnings(hookWith(given));
    expect(said).toEqual(expected.map(pattern => expect.stringMatching(pattern)));
  });
});

describe('two hooks on one cluster', () => {
  /** The checks of a hook without its compilation. */
  const check = (scope: Stack, id: string, props: Given) => {
    const given = { migrations, ...props } as unknown as AuroraMigrationsProps;
    checkFacts(new Construct(scope, id), given, knowCluster(given));
  };
  /** Two hooks on one cluster of a stack, the second with these options. */
  const two = (first: Given, second: Given) => {
    const stack = new Stack(newApp(), 'Stack', { env: HERE });
    check(stack, 'A', { ...NAMED, ...first });
    return () => check(stack, 'B', { ...NAMED, ...second });
  };
  const SAME =
    'Stack/A and Stack/B keep their history in the same table of the same database. Give one of them another table (option table), or put the migrations of both into one folder.';

  test('with one table: an error that names both', () => {
    const stack = new Stack(newApp(), 'Stack', { env: HERE });
    new AuroraMigrations(stack, 'A', { ...NAMED, migrations });
    expect(() => new AuroraMigrations(stack, 'B', { ...NAMED, migrations })).toThrow(SAME);
  });

  test('with one table that is named in other ways: the same error', () => {
    expect(two({}, {})).toThrow(SAME);
    expect(two({ table: 'a' }, { table: 'a', schema: 'public' })).toThrow(SAME);
    expect(two({ engine: 'mysql' }, { engine: 'mysql', schema: 'app', database: 'x' })).toThrow(SAME);
    expect(two({ database: undefined }, { database: undefined })).toThrow(SAME);
  });

  test('with a table, schema, database or cluster each: none', () => {
    expect(two({}, { table: 'b' })).not.toThrow();
    expect(two({}, { schema: 'b' })).not.toThrow();
    expect(two({}, { database: 'b' })).not.toThrow();
    expect(two({}, { cluster: `${RDS}:cluster:other` })).not.toThrow();
  });

  test('of two stacks: of this app by its construct, imported by name where account and region are known', () => {
    const app = newApp();
    const data = newCluster(new Stack(app, 'Data'));
    check(new Stack(app, 'One'), 'M', { cluster: data });
    expect(() => check(new Stack(app, 'Two'), 'M', { cluster: data })).toThrow(/^One\/M and Two\/M keep/);
    const importedIn = (stack: Stack) => ({
      ...NAMED,
      cluster: DatabaseCluster.fromDatabaseClusterAttributes(stack, 'I', { clusterIdentifier: 'theirs' }),
      secret: Secret.fromSecretNameV2(stack, 'S', 'theirs'),
    });
    const inStack = (id: string, env?: StackProps['env']) => {
      const stack = new Stack(app, id, env && { env });
      return () => check(stack, 'M', importedIn(stack));
    };
    inStack('Three', HERE)();
    expect(inStack('Four', HERE)).toThrow(/^Three\/M and Four\/M keep/);
    expect(inStack('Five', { ...HERE, region: 'eu-west-2' })).not.toThrow();
    // Each may be deployed to an account of its own.
    expect(inStack('Six')).not.toThrow();
    expect(inStack('Seven')).not.toThrow();
  });
});
