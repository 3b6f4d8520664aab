import type { Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { InstanceClass, InstanceSize, InstanceType, SubnetType, Vpc } from 'aws-cdk-lib/aws-ec2';
import { Code, Function as LambdaFunction, Runtime } from 'aws-cdk-lib/aws-lambda';
import {
  ClusterInstance,
  DatabaseCluster,
  DatabaseClusterFromSnapshot,
  DatabaseSecret,
  SnapshotCredentials,
} from 'aws-cdk-lib/aws-rds';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { describe, expect, test } from 'vitest';
import { AuroraMigrations } from './built.ts';
import { ARNS, ENGINE, folder, inVpc, newCluster, newStack } from './stacks.ts';

const migrations = folder();

/** A function in the cluster's VPC, which waits for the migrations and may connect to the cluster. */
function apiIn(stack: Stack, cluster: DatabaseCluster): LambdaFunction {
  const api = new LambdaFunction(stack, 'Api', {
    runtime: Runtime.NODEJS_22_X,
    handler: 'index.handler',
    code: Code.fromInline('x'),
    vpc: cluster.vpc,
    vpcSubnets: { subnetType: SubnetType.PRIVATE_ISOLATED },
  });
  cluster.connections.allowDefaultPortFrom(api);
  return api;
}

/** What of the database the resource waits for, by DependsOn or by a reference. `Template` throws for a circle. */
function waitsFor(stack: Stack): string[] {
  const template = Template.fromStack(stack);
  const [resource] = Object.values(template.findResources('Custom::AuroraMigrations'));
  const { Resources } = template.toJSON() as { Resources: Record<string, { Type: string }> };
  const referred = [...JSON.stringify(resource!.Properties).matchAll(/"Ref":"(\w+)"/g)].map(([, id]) => id!);
  const { DependsOn } = resource as { DependsOn: string[] };
  // One of the two is enough: cfn-lint warns of both.
  expect(DependsOn.filter(id => referred.includes(id))).toEqual([]);
  return [...DependsOn, ...new Set(referred)]
    .filter(id => id in Resources)
    .map(id => `${Resources[id]!.Type.replace('AWS::', '')} ${id.replace(/[0-9A-F]{8}$/, '')}`)
    .filter(line => !/^(IAM|Logs|Lambda)::/.test(line))
    .toSorted();
}

const WRITER = ['RDS::DBCluster Database', 'RDS::DBInstance DatabaseWriter'];
const ATTACHMENT = 'SecretsManager::SecretTargetAttachment DatabaseSecretAttachment';

describe('the migrations wait for the cluster, its writer and the attachment of its secret only', () => {
  test('a function with a way into the cluster may wait for them', () => {
    const stack = newStack();
    const cluster = newCluster(stack);
    const hook = new AuroraMigrations(stack, 'Migrations', { cluster, migrations });
    hook.before(apiIn(stack, cluster));
    expect(waitsFor(stack)).toEqual([...WRITER, ATTACHMENT]);
  });

  test('readers, a proxy and rotation are not waited for, and may let in what waits for the migrations', () => {
    const stack = newStack();
    const cluster = newCluster(stack, { readers: [ClusterInstance.serverlessV2('Reader', { scaleWithWriter: true })] });
    const api = apiIn(stack, cluster);
    const proxy = cluster.addProxy('Proxy', { secrets: [cluster.secret!], vpc: cluster.vpc });
    proxy.connections.allowFrom(api, cluster.connections.defaultPort!);
    cluster.addRotationSingleUser();
    new AuroraMigrations(stack, 'Migrations', { cluster, migrations }).before(api, proxy);
    expect(waitsFor(stack)).toEqual([...WRITER, ATTACHMENT]);
  });

  test('with `instanceProps`: for the first instance', () => {
    const stack = newStack();
    const { vpc, vpcSubnets, engine } = inVpc(stack);
    const instanceType = InstanceType.of(InstanceClass.R6G, InstanceSize.LARGE);
    const cluster = new DatabaseCluster(stack, 'Database', {
      engine,
      instanceProps: { vpc, vpcSubnets, instanceType },
      instances: 2,
      defaultDatabaseName: 'app',
    });
    new AuroraMigrations(stack, 'Migrations', { cluster, migrations }).before(apiIn(stack, cluster));
    expect(waitsFor(stack)).toEqual(['RDS::DBCluster Database', 'RDS::DBInstance DatabaseInstance1', ATTACHMENT]);
  });

  test('from a snapshot: with the attachment of its new secret', () => {
    const stack = newStack();
    const cluster = new DatabaseClusterFromSnapshot(stack, 'Database', {
      ...inVpc(stack),
      snapshotIdentifier: 'yesterday',
      snapshotCredentials: SnapshotCredentials.fromGeneratedSecret('admin'),
    });
    new AuroraMigrations(stack, 'Migrations', { cluster, migrations, database: 'app' });
    expect(waitsFor(stack)).toEqual([
      ...WRITER,
      'SecretsManager::SecretTargetAttachment DatabaseSnapshotSecretAttachment',
    ]);
  });

  test('a secret of another user that is attached by the app: for its attachment', () => {
    const stack = newStack();
    const cluster = newCluster(stack);
    const secret = new DatabaseSecret(stack, 'Owner', { username: 'owner', masterSecret: cluster.secret! });
    secret.attach(cluster);
    new AuroraMigrations(stack, 'Migrations', { cluster, migrations, secret });
    expect(waitsFor(stack)).toEqual([
      ...WRITER,
      'SecretsManager::Secret Owner',
      'SecretsManager::SecretTargetAttachment OwnerAttachment',
    ]);
  });

  test('an imported cluster: for nothing, with a proxy in its tree too; one by ARN neither', () => {
    const stack = newStack();
    const secret = Secret.fromSecretCompleteArn(stack, 'Theirs', ARNS.secret);
    const imported = DatabaseCluster.fromDatabaseClusterAttributes(stack, 'Imported', {
      clusterIdentifier: 'theirs',
      engine: ENGINE,
      port: 5432,
      secret,
    });
    imported.addProxy('Proxy', { secrets: [secret], vpc: new Vpc(stack, 'Vpc', { natGateways: 0 }) });
    new AuroraMigrations(stack, 'Migrations', { cluster: imported, migrations, database: 'app' });
    expect(waitsFor(stack)).toEqual([]);
    const other = newStack();
    new AuroraMigrations(other, 'Migrations', { ...ARNS, migrations });
    expect(waitsFor(other)).toEqual([]);
  });
});
