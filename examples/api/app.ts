import { AuroraMigrations } from 'aurora-migrations';
import { App, Duration, Stack } from 'aws-cdk-lib';
import { HttpApi, HttpMethod } from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import { SubnetType, Vpc } from 'aws-cdk-lib/aws-ec2';
import { Role } from 'aws-cdk-lib/aws-iam';
import { Code, Function as LambdaFunction, Runtime } from 'aws-cdk-lib/aws-lambda';
import {
  AuroraPostgresEngineVersion,
  ClusterInstance,
  DatabaseCluster,
  DatabaseClusterEngine,
} from 'aws-cdk-lib/aws-rds';

const stack = new Stack(new App(), 'Api');

const cluster = new DatabaseCluster(stack, 'Database', {
  engine: DatabaseClusterEngine.auroraPostgres({ version: AuroraPostgresEngineVersion.VER_17_7 }),
  writer: ClusterInstance.serverlessV2('Writer'),
  enableDataApi: true,
  defaultDatabaseName: 'app',
  storageEncrypted: true,
  deletionProtection: true,
  vpc: new Vpc(stack, 'Vpc', { maxAzs: 2, natGateways: 0 }),
  vpcSubnets: { subnetType: SubnetType.PRIVATE_ISOLATED },
});

const users = new LambdaFunction(stack, 'Users', {
  runtime: Runtime.NODEJS_24_X,
  handler: 'index.handler',
  code: Code.fromAsset('handler'),
  // A paused cluster takes a moment to resume.
  timeout: Duration.seconds(30),
  environment: { CLUSTER_ARN: cluster.clusterArn, SECRET_ARN: cluster.secret!.secretArn },
});
cluster.grantDataApiAccess(users);

const api = new HttpApi(stack, 'HttpApi');
api.addRoutes({
  path: '/users',
  methods: [HttpMethod.GET],
  integration: new HttpLambdaIntegration('UsersIntegration', users),
});

// New code is deployed after its migrations; where one fails, the old code stays.
const migrations = new AuroraMigrations(stack, 'Migrations', { cluster, migrations: 'migrations' }).before(users);

// The role that support signs in with may ask for status, plan, history and schema. With `manualActions: 'all'` it could apply and revert too.
migrations.grantInvoke(Role.fromRoleName(stack, 'Support', 'support'));
