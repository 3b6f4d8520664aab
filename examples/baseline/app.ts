import { AuroraMigrations } from 'aurora-migrations';
import { App, Stack } from 'aws-cdk-lib';
import { DatabaseCluster, DatabaseClusterEngine } from 'aws-cdk-lib/aws-rds';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';

const stack = new Stack(new App(), 'Baseline', { env: { account: '111111111111', region: 'eu-west-1' } });

// Made by hand, or by another stack. Its Data API must be on already: nothing is changed about it here.
const cluster = DatabaseCluster.fromDatabaseClusterAttributes(stack, 'Database', {
  clusterIdentifier: 'legacy',
  engine: DatabaseClusterEngine.AURORA_POSTGRESQL,
});

new AuroraMigrations(stack, 'Migrations', {
  cluster,
  // The user should own what the migrations change.
  secret: Secret.fromSecretCompleteArn(
    stack,
    'Secret',
    'arn:aws:secretsmanager:eu-west-1:111111111111:secret:legacy-AbCdEf',
  ),
  database: 'app',
  migrations: 'migrations',
  // The database has everything up to here: it is recorded as applied. In an empty database these are run.
  baseline: '001',
});
