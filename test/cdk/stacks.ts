import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, Stack } from 'aws-cdk-lib';
import { SubnetType, Vpc } from 'aws-cdk-lib/aws-ec2';
import {
  AuroraPostgresEngineVersion,
  ClusterInstance,
  DatabaseCluster,
  DatabaseClusterEngine,
  type DatabaseClusterProps,
} from 'aws-cdk-lib/aws-rds';

const root = mkdtempSync(join(tmpdir(), 'aurora-migrations-cdk-'));
process.on('exit', () => rmSync(root, { recursive: true, force: true }));
let count = 0;

/** An app in a folder of its own, without CDK's template validation (three seconds): the example has it. */
export function newApp(context: Readonly<Record<string, unknown>> = {}): App {
  return new App({ outdir: join(root, `out-${++count}`), builtinCloudFormationValidation: false, context });
}

export function newStack(): Stack {
  return new Stack(newApp(), 'Stack');
}

let users: string | undefined;

/** A folder of migrations: one of its own, or without files the one that all tests share. */
export function folder(files?: Readonly<Record<string, string>>): string {
  if (files === undefined) {
    users ??= folder({ '001_users.sql': 'CREATE TABLE users (id int);\n' });
    return users;
  }
  const path = join(root, `migrations-${++count}`);
  mkdirSync(path);
  for (const [name, text] of Object.entries(files)) writeFileSync(join(path, name), text);
  return path;
}

export const ENGINE = DatabaseClusterEngine.auroraPostgres({ version: AuroraPostgresEngineVersion.VER_17_4 });

export const ARNS = {
  cluster: 'arn:aws:rds:eu-west-1:111111111111:cluster:theirs',
  secret: 'arn:aws:secretsmanager:eu-west-1:111111111111:secret:theirs-AbCdEf',
};

/** What every new cluster needs. */
export function inVpc(stack: Stack, id = 'Vpc') {
  return {
    engine: ENGINE,
    writer: ClusterInstance.serverlessV2('Writer'),
    vpc: new Vpc(stack, id, { natGateways: 0 }),
    vpcSubnets: { subnetType: SubnetType.PRIVATE_ISOLATED },
  };
}

export function newCluster(stack: Stack, props: Partial<DatabaseClusterProps> = {}): DatabaseCluster {
  return new DatabaseCluster(stack, 'Database', { ...inVpc(stack), defaultDatabaseName: 'app', ...props });
}
