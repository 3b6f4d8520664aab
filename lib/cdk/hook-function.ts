import { Duration, Stack } from 'aws-cdk-lib';
import { type ISecurityGroup, type IVpc, SecurityGroup, type SubnetSelection } from 'aws-cdk-lib/aws-ec2';
import { Effect, Policy, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Architecture, Code, Function as LambdaFunction, LoggingFormat, Runtime } from 'aws-cdk-lib/aws-lambda';
import { type ILogGroup, LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import { FUNCTION_TIMEOUT_SECONDS, HANDLER, type Variables } from '../../lambda/contract.ts';
import { VERSION } from '../core/version.ts';
import type { HookAsset } from './asset.ts';
import type { AuroraMigrationsProps } from './props.ts';

/** The five that make up the Data API, and no other. */
const DATA_API = [
  'rds-data:BatchExecuteStatement',
  'rds-data:BeginTransaction',
  'rds-data:CommitTransaction',
  'rds-data:ExecuteStatement',
  'rds-data:RollbackTransaction',
];

/** What Lambda needs of the role of a function in a VPC: the EC2 part of AWSLambdaVPCAccessExecutionRole, which takes no resource. */
const NETWORK_INTERFACES = [
  'ec2:AssignPrivateIpAddresses',
  'ec2:CreateNetworkInterface',
  'ec2:DeleteNetworkInterface',
  'ec2:DescribeNetworkInterfaces',
  'ec2:DescribeSubnets',
  'ec2:UnassignPrivateIpAddresses',
];

export interface HookFunctionProps {
  readonly asset: HookAsset;
  readonly cluster: { readonly arn: string; readonly secret: ISecret };
  readonly variables: Omit<Variables, 'HOOK'>;
  readonly options: Pick<
    AuroraMigrationsProps,
    'vpc' | 'vpcSubnets' | 'securityGroups' | 'memorySize' | 'logGroup' | 'logRetention'
  >;
}

/** Where a function is placed, as the props of CDK's own functions say it. */
export interface Placement {
  readonly vpc?: IVpc;
  readonly vpcSubnets?: SubnetSelection;
  readonly securityGroups?: ISecurityGroup[];
}

/** The one function that CloudFormation and people invoke, its role and its log group. */
export class HookFunction extends Construct {
  readonly function: LambdaFunction;
  readonly logGroup: ILogGroup;
  /** For the functions of CDK's framework too: a house that wants functions in a VPC wants all of them there. */
  readonly placement: Placement;
  /** May be taken on by other functions that write into the same log group. */
  readonly #writeLogs: Policy;

  constructor(scope: Construct, id: string, { asset, cluster, variables, options }: HookFunctionProps) {
    super(scope, id);
    // Without one of the user's, the log group is made below, under the name that Lambda and CDK's framework (in its error messages) use.
    this.node.setContext('@aws-cdk/aws-lambda:useCdkManagedLogGroup', false);
    this.placement = this.#place(options);
    const role = this.#role('Role');
    this.function = new LambdaFunction(this, 'Function', {
      description: `Applies SQL migrations, and tells their status (aurora-migrations ${VERSION})`,
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      handler: HANDLER,
      code: Code.fromAsset(asset.folder),
      // The memory is for its share of the processor: loading the handler takes a second at 128 MB.
      memorySize: options.memorySize ?? 512,
      timeout: Duration.seconds(FUNCTION_TIMEOUT_SECONDS),
      loggingFormat: LoggingFormat.JSON,
      environment: { ...variables },
      role,
      ...this.placement,
      ...(options.logGroup && { logGroup: options.logGroup }),
    });
    role.addToPrincipalPolicy(new PolicyStatement({ actions: DATA_API, resources: [cluster.arn] }));
    role.addToPrincipalPolicy(
      new PolicyStatement({ actions: ['cloudformation:DescribeStacks'], resources: [Stack.of(this).stackId] }),
    );
    cluster.secret.grantRead(role);

    this.logGroup =
      options.logGroup ??
      new LogGroup(this, 'Logs', {
        logGroupName: `/aws/lambda/${this.function.functionName}`,
        retention: options.logRetention ?? RetentionDays.ONE_YEAR,
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

  /** A role for a function that is placed and logs as this one. */
  frameworkRole(id: string): Role {
    const role = this.#role(id);
    this.#writeLogs.attachToRole(role);
    return role;
  }

  #role(id: string): Role {
    const role = new Role(this, id, { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
    // In the role's own policy: Lambda refuses to make a function in a VPC before its role has these.
    if (this.placement.vpc) {
      role.addToPrincipalPolicy(new PolicyStatement({ actions: NETWORK_INTERFACES, resources: ['*'] }));
    }
    return role;
  }

  /** Without security groups of the user's: one for all functions, so that the endpoints of the VPC have one to let in. */
  #place({ vpc, vpcSubnets, securityGroups }: HookFunctionProps['options']): Placement {
    if (!vpc) return {};
    const description = 'Functions that apply SQL migrations';
    const groups = securityGroups ?? [new SecurityGroup(this, 'SecurityGroup', { vpc, description })];
    return { vpc, ...(vpcSubnets && { vpcSubnets }), securityGroups: [...groups] };
  }
}
