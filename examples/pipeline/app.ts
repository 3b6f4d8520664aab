import { AuroraMigrations } from 'aurora-migrations';
import { App, Stack, Stage, type StageProps } from 'aws-cdk-lib';
import { SubnetType, Vpc } from 'aws-cdk-lib/aws-ec2';
import {
  AuroraPostgresEngineVersion,
  ClusterInstance,
  DatabaseCluster,
  DatabaseClusterEngine,
} from 'aws-cdk-lib/aws-rds';
import { CodePipeline, CodePipelineSource, ManualApprovalStep, ShellStep } from 'aws-cdk-lib/pipelines';
import type { Construct } from 'constructs';

/** What is deployed, to each environment. */
class Service extends Stage {
  constructor(scope: Construct, id: string, props: StageProps = {}) {
    super(scope, id, props);
    const stack = new Stack(this, 'Service');
    const cluster = new DatabaseCluster(stack, 'Database', {
      engine: DatabaseClusterEngine.auroraPostgres({ version: AuroraPostgresEngineVersion.VER_17_7 }),
      writer: ClusterInstance.serverlessV2('Writer'),
      defaultDatabaseName: 'app',
      storageEncrypted: true,
      deletionProtection: true,
      vpc: new Vpc(stack, 'Vpc', { maxAzs: 2, natGateways: 0 }),
      vpcSubnets: { subnetType: SubnetType.PRIVATE_ISOLATED },
    });
    // An edited migration stops a pipeline: nobody is there to look at what a second application did.
    new AuroraMigrations(stack, 'Migrations', { cluster, migrations: 'migrations', onChanged: 'fail' });
  }
}

const app = new App();
const stack = new Stack(app, 'Pipeline');

const pipeline = new CodePipeline(stack, 'Pipeline', {
  synth: new ShellStep('Synth', {
    input: CodePipelineSource.connection('owner/repository', 'main', {
      connectionArn: 'arn:aws:codeconnections:eu-west-1:111111111111:connection/00000000-0000-0000-0000-000000000000',
    }),
    commands: [
      'npm ci',
      // On a PostgreSQL that comes with the package: what cannot be applied does not get as far as an environment.
      'npx aurora-migrations up --dir migrations',
      'npx cdk synth',
    ],
  }),
});

pipeline.addStage(new Service(app, 'Test'));
pipeline.addStage(new Service(app, 'Production'), { pre: [new ManualApprovalStep('Release')] });
