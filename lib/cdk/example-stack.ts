import { CfnOutput, Duration, RemovalPolicy, Stack, type StackProps } from 'aws-cdk-lib';
import { SubnetType, Vpc } from 'aws-cdk-lib/aws-ec2';
import {
  AuroraMysqlEngineVersion,
  AuroraPostgresEngineVersion,
  ClusterInstance,
  DatabaseCluster,
  DatabaseClusterEngine,
  type IClusterEngine,
} from 'aws-cdk-lib/aws-rds';
import type { Construct } from 'constructs';
import { AuroraMigrations } from './aurora-migrations.ts';
import { suppress } from './suppressions.ts';

export interface ExampleStackProps extends StackProps {
  /** @default 'postgresql' */
  readonly engine?: 'postgresql' | 'mysql';
  /** The folder of the `.sql` files. @default 'sql/migrations' */
  readonly migrations?: string;
}

/** Versions that have the Data API and can pause. */
const ENGINES: Readonly<Record<'postgresql' | 'mysql', IClusterEngine>> = {
  postgresql: DatabaseClusterEngine.auroraPostgres({ version: AuroraPostgresEngineVersion.VER_17_7 }),
  mysql: DatabaseClusterEngine.auroraMysql({ version: AuroraMysqlEngineVersion.VER_3_10_3 }),
};

/**
 * All there is to it: a serverless Aurora that pauses when nobody uses it (and then costs its storage only), and its migrations. The
 * subnets lead nowhere: the Data API needs no way in, so there is no NAT to pay for.
 */
export class ExampleStack extends Stack {
  readonly migrations: AuroraMigrations;

  constructor(scope: Construct, id: string, { engine = 'postgresql', migrations, ...props }: ExampleStackProps = {}) {
    super(scope, id, props);
    const vpc = new Vpc(this, 'Vpc', {
      maxAzs: 2,
      natGateways: 0,
      subnetConfiguration: [{ name: 'Database', subnetType: SubnetType.PRIVATE_ISOLATED }],
    });
    const cluster = new DatabaseCluster(this, 'Database', {
      engine: ENGINES[engine],
      writer: ClusterInstance.serverlessV2('Writer'),
      serverlessV2MinCapacity: 0,
      serverlessV2MaxCapacity: 2,
      serverlessV2AutoPauseDuration: Duration.minutes(10),
      enableDataApi: true,
      defaultDatabaseName: 'app',
      iamAuthentication: true,
      storageEncrypted: true,
      // To destroy the stack, turn this off and deploy first. A snapshot is left then.
      deletionProtection: true,
      removalPolicy: RemovalPolicy.SNAPSHOT,
      vpc,
      vpcSubnets: { subnetType: SubnetType.PRIVATE_ISOLATED },
    });
    this.migrations = new AuroraMigrations(this, 'Migrations', {
      cluster,
      ...(migrations !== undefined && { migrations }),
    });

    const invoke = (payload: string) =>
      `aws lambda invoke --function-name ${this.migrations.function.functionName} --cli-binary-format raw-in-base64-out --payload '${payload}' /dev/stdout`;
    const output = (name: string, description: string, value: string) =>
      new CfnOutput(this, name, { description, value });
    output('Latest', 'Newest migration that is applied', this.migrations.latest);
    output('StatusCommand', 'Every migration with its state', invoke('{"action": "status"}'));
    output('HistoryCommand', 'Every attempt, newest first', invoke('{"action": "history"}'));
    output('LogsCommand', 'What the deploys said', `aws logs tail ${this.migrations.logGroup.logGroupName} --since 1d`);
    explain(vpc, cluster);
  }
}

/** What cdk-nag would ask of an example. */
function explain(vpc: Vpc, cluster: DatabaseCluster): void {
  suppress(vpc, { id: 'AwsSolutions-VPC7', reason: 'There is no traffic: the subnets lead nowhere.' });
  suppress(
    cluster,
    { id: 'AwsSolutions-SMG4', reason: 'Rotation needs a function in the VPC with a way out.' },
    { id: 'AwsSolutions-RDS11', reason: 'Nothing is let in at any port: the Data API is the only way.' },
    { id: 'AwsSolutions-RDS14', reason: 'The example has backups, and no need to go back within minutes.' },
  );
}
