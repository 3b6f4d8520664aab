import { Duration, Stack } from 'aws-cdk-lib';
import { Effect, Policy, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Architecture, Code, Function as LambdaFunction, LoggingFormat, Runtime } from 'aws-cdk-lib/aws-lambda';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { FUNCTION_TIMEOUT_SECONDS, HANDLER, type Variables } from '../../lambda/contract.ts';
import { VERSION } from '../core/version.ts';
import type { HookAsset } from './asset.ts';
import type { KnownCluster } from './cluster.ts';

/** The five that make up the Data API, and no other. */
const DATA_API = [
  'rds-data:BatchExecuteStatement',
  'rds-data:BeginTransaction',
  'rds-data:CommitTransaction',
  'rds-data:ExecuteStatement',
  'rds-data:RollbackTransaction',
];

export interface HookFunctionProps {
  readonly asset: HookAsset;
  readonly cluster: KnownCluster;
  readonly variables: Omit<Variables, 'HOOK'>;
  readonly logRetention: RetentionDays | undefined;
}

/** The one function that CloudFormation and people invoke, its role and its log group. */
export class HookFunction extends Construct {
  readonly function: LambdaFunction;
  readonly logGroup: LogGroup;
  /** May be taken on by other functions that write into the same log group. */
  readonly #writeLogs: Policy;

  constructor(scope: Construct, id: string, { asset, cluster, variables, logRetention }: HookFunctionProps) {
    super(scope, id);
    // The log group is made below, under the name that Lambda and CDK's framework (in its error messages) take for granted.
    this.node.setContext('@aws-cdk/aws-lambda:useCdkManagedLogGroup', false);
    const role = new Role(this, 'Role', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
    this.function = new LambdaFunction(this, 'Function', {
      description: `Applies SQL migrations, and tells their status (aurora-migrations ${VERSION})`,
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      handler: HANDLER,
      code: Code.fromAsset(asset.folder),
      // The memory is for its share of the processor: loading the handler takes a second at 128 MB.
      memorySize: 512,
      timeout: Duration.seconds(FUNCTION_TIMEOUT_SECONDS),
      loggingFormat: LoggingFormat.JSON,
      environment: { ...variables },
      role,
    });
    role.addToPrincipalPolicy(new PolicyStatement({ actions: DATA_API, resources: [cluster.arn] }));
    role.addToPrincipalPolicy(
      new PolicyStatement({ actions: ['cloudformation:DescribeStacks'], resources: [Stack.of(this).stackId] }),
    );
    cluster.secret.grantRead(role);

    this.logGroup = new LogGroup(this, 'Logs', {
      logGroupName: `/aws/lambda/${this.function.functionName}`,
      retention: logRetention ?? RetentionDays.ONE_YEAR,
    });
    // Not in the role's own policy: the function waits for that, and the log group is named after the function.
    this.#writeLogs = new Policy(this, 'WriteLogs', {
      statements: [
        new PolicyStatement({
          effect: Effect.ALLOW,
          actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
          resources: [this.logGroup.logGroupArn],
        }),
      ],
      roles: [role],
    });
  }

  /** A role for a function that logs here. */
  loggingRole(id: string): Role {
    const role = new Role(this, id, { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
    this.#writeLogs.attachToRole(role);
    return role;
  }
}
