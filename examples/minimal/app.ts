import { AuroraMigrations } from 'aurora-migrations';
import { App, CfnOutput, Duration, Stack } from 'aws-cdk-lib';
import { SubnetType, Vpc } from 'aws-cdk-lib/aws-ec2';
import {
  AuroraPostgresEngineVersion,
  ClusterInstance,
  DatabaseCluster,
  DatabaseClusterEngine,
} from 'aws-cdk-lib/aws-rds';

const stack = new Stack(new App(), 'Minimal');

// No NAT and no way in: the Data API needs none. The cluster pauses after ten minutes without a call.
const cluster = new DatabaseCluster(stack, 'Database', {
  engine: DatabaseClusterEngine.auroraPostgres({ version: AuroraPostgresEngineVersion.VER_17_7 }),
  writer: ClusterInstance.serverlessV2('Writer'),
  serverlessV2MinCapacity: 0,
  serverlessV2AutoPauseDuration: Duration.minutes(10),
  defaultDatabaseName: 'app',
  storageEncrypted: true,
  deletionProtection: true,
  vpc: new Vpc(stack, 'Vpc', { maxAzs: 2, natGateways: 0 }),
  vpcSubnets: { subnetType: SubnetType.PRIVATE_ISOLATED },
});

const migrations = new AuroraMigrations(stack, 'Migrations', { cluster, migrations: 'migrations' });

new CfnOutput(stack, 'MigrationsFunction', { value: migrations.function.functionName });
