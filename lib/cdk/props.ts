import type { Duration } from 'aws-cdk-lib';
import type { ISecurityGroup, IVpc, SubnetSelection } from 'aws-cdk-lib/aws-ec2';
import type { ILogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { IDatabaseCluster } from 'aws-cdk-lib/aws-rds';
import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { BaselineFrom } from './baseline-options.ts';
import type { SafetyLevel, SafetyOptions } from './safety-options.ts';

/** Properties of `AuroraMigrations`. */
export interface AuroraMigrationsProps {
  /**
   * The Aurora cluster, new, from a snapshot or imported, or its ARN. The Data API of a new one is turned on; that of an imported one must be
   * on already. Of a cluster of this app the migrations wait for the writer instance; an ARN tells nothing to wait for.
   */
  readonly cluster: IDatabaseCluster | string;

  /**
   * The secret with user and password, or its complete ARN. The user should own what the migrations change.
   * @default the cluster's own secret
   */
  readonly secret?: ISecret | string;

  /**
   * The folder of the `.sql` files, relative to where `cdk` runs. It is compiled at synth: a mistake in it fails `cdk synth`.
   * @default 'sql/migrations'
   */
  readonly migrations?: string;

  /**
   * The database in the cluster.
   * @default the cluster's default database; where that is not known, `dbname` of the secret, read when the migrations run
   */
  readonly database?: string;

  /**
   * The engine, for a cluster of which it is not known: by its ARN, or imported without `engine`.
   * @default the cluster's; where that is not known, `postgresql`, and `engine` of the secret must say the same when the migrations run
   */
  readonly engine?: 'postgresql' | 'mysql';

  /**
   * What to do with an applied migration whose statements were changed: apply it again where that is harmless, fail, or leave it.
   * @default 'reapply'
   */
  readonly onChanged?: 'reapply' | 'fail' | 'ignore';

  /**
   * What to do with a pending migration that is older than the newest applied one, as late branches have them.
   * @default 'apply'
   */
  readonly outOfOrder?: 'apply' | 'fail';

  /**
   * What to do while CloudFormation rolls the stack back: nothing, or undo the migrations that the older code does not have, newest first,
   * with the down sections that were stored when they were applied. What was applied before those that it has stays.
   * @default 'nothing'
   */
  readonly onRollback?: 'nothing' | 'revert';

  /**
   * What the function does for whoever may invoke it: only what reads (`status`, `plan`, `history`, `verify`, `dump`, `read`), or `migrate`, `revert`,
   * `baseline` and `resolve` too. IAM cannot tell them apart: with `all`, who may invoke every function of the account may drop tables.
   * @default 'read'
   */
  readonly manualActions?: 'read' | 'all';

  /**
   * Version up to which a database that was there before its migrations has everything, or the tool that has migrated it so far: on the first
   * deploy those migrations are recorded as applied, not run; `verify` says whether the database really has them. With a tool, its own table in
   * each database tells which they are. Without effect in an empty database, where they are run, and from the second deploy on.
   * @default none
   */
  readonly baseline?: string | BaselineFrom;

  /**
   * What synth says of statements that would stop a live application, or break the code that runs beside them (docs/safety.md). Each rule and
   * migration is a warning with the id `aurora-migrations:RULE:MIGRATION`, for `acknowledgeWarning`; those of the newest ten migrations are
   * shown, the rest is counted. With `fail` dangers are errors of synth: `cdk synth` and `cdk deploy` fail. Not judged are migrations up to
   * `baseline`, those before `since`, and statements under a comment `-- migrate:allow RULE: why`. Notes are not shown.
   * @default 'warn'
   */
  readonly safety?: SafetyLevel | SafetyOptions;

  /**
   * When to look for pending migrations: on every deploy (one call of the Data API where there are none), or only after a change of the folder,
   * of the target (cluster, secret, database, tracking tables) or of an option that decides what a run does. Only 'deploy' notices a database
   * that was restored, a migration that was undone by hand, and another `dbname` in the same secret.
   * @default 'deploy'
   */
  readonly runOn?: 'deploy' | 'change';

  /**
   * The text that tells one deploy from the next with `runOn: 'deploy'`: a commit or a build number, or a fixed word for snapshot tests. A deploy
   * with the stamp of the one before sends nothing to the function unless something else has changed, as with `runOn: 'change'`.
   * @default the context value `aurora-migrations:stamp`; where that is not set either, the time of synth
   */
  readonly stamp?: string;

  /**
   * How long a statement waits for a lock before it is given up and tried again, so that the application does not queue behind it.
   * @default Duration.seconds(5)
   */
  readonly lockTimeout?: Duration;

  /**
   * How long the migrations of one deploy may take in all. CloudFormation's own limit for one resource is an hour; what is left over is
   * applied by the next deploy. From 5 to 55 whole minutes.
   * @default Duration.minutes(55)
   */
  readonly timeout?: Duration;

  /**
   * Schema of the tracking tables; of MySQL it is a database.
   * @default 'public', on MySQL the database itself
   */
  readonly schema?: string;

  /**
   * Name of the tracking table. Two deploy hooks on one database need a table each.
   * @default 'schema_migrations'
   */
  readonly table?: string;

  /**
   * How long the logs are kept. The log group outlives the stack: it says why a first deploy failed. Not together with `logGroup`.
   * @default RetentionDays.ONE_YEAR
   */
  readonly logRetention?: RetentionDays;

  /**
   * A log group of your own, for another name, removal policy, retention or key. CDK's framework names `/aws/lambda/FUNCTION` in the failure
   * of a deploy all the same.
   * @default a new one, `/aws/lambda/FUNCTION`, which is kept when the stack is deleted
   */
  readonly logGroup?: ILogGroup;

  /**
   * A VPC for the function and for those of CDK's framework around it. The Data API needs none: this is for accounts in which every function
   * must be in one. From the subnets they must reach, through NAT or endpoints, the services lambda, states, s3, rds-data, cloudformation and
   * secretsmanager.
   * @default none
   */
  readonly vpc?: IVpc;

  /**
   * Subnets of the VPC.
   * @default private ones with a way out, else isolated ones
   */
  readonly vpcSubnets?: SubnetSelection;

  /**
   * Security groups of the functions. They need no way in, and a way out on port 443.
   * @default a new one for all of them, which lets everything out
   */
  readonly securityGroups?: ISecurityGroup[];

  /**
   * Memory of the function in MiB. A run holds one migration at a time.
   * @default 512
   */
  readonly memorySize?: number;

  /**
   * Where the alarm "a migration failed" is sent. The alarm itself is there without it too, as is the saved Logs Insights query
   * `migration history`.
   * @default nowhere
   */
  readonly alarmTopic?: ITopic;

  /**
   * A CloudWatch dashboard with the last runs, durations and failures. Off, for AWS takes some dollars a month for each after the third.
   * @default false
   */
  readonly dashboard?: boolean;
}
