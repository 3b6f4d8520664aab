import { Annotations, Aws, type CfnResource, CustomResource, Duration } from 'aws-cdk-lib';
import type { Alarm } from 'aws-cdk-lib/aws-cloudwatch';
import type { Grant, IGrantable } from 'aws-cdk-lib/aws-iam';
import { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import type { LogGroup } from 'aws-cdk-lib/aws-logs';
import { Provider } from 'aws-cdk-lib/custom-resources';
import { Construct, type IConstruct } from 'constructs';
import {
  type Attributes,
  FUNCTION_METADATA,
  type Properties,
  QUERY_INTERVAL_SECONDS,
  RESOURCE_TYPE,
} from '../../lambda/contract.ts';
import { describe } from '../core/errors.ts';
import { checkNames } from '../core/identifier.ts';
import { makeAsset } from './asset.ts';
import { atSynth } from './at-synth.ts';
import { knowCluster } from './cluster.ts';
import { HookFunction } from './hook-function.ts';
import { ANSWER_MINUTES, lockTimeout, timeoutMinutes } from './options.ts';
import type { AuroraMigrationsProps } from './props.ts';
import { anyVersion, suppress } from './suppressions.ts';
import { Watch } from './watch.ts';

/**
 * Applies a folder of SQL migrations to an Aurora cluster on every deploy, through the RDS Data API: no VPC, no connection, no password.
 * A failed migration fails the deploy. The same function tells the status when it is invoked by hand.
 *
 * Throws while the stack is built when the folder does not compile, with every mistake in it.
 */
export class AuroraMigrations extends Construct {
  /** The function: `{"action": "status"}` by hand. */
  readonly function: LambdaFunction;
  /** Where it logs, and CDK's functions around it. */
  readonly logGroup: LogGroup;
  /** Goes off when a deploy failed because of its migrations, or a run by hand did. */
  readonly alarm: Alarm;
  /** The resource that stands for the migrated database: what depends on it comes after the migrations. */
  readonly resource: CustomResource;

  constructor(scope: Construct, id: string, props: AuroraMigrationsProps) {
    super(scope, id);
    const { migrations = 'sql/migrations', schema, table, onChanged, outOfOrder, onRollback, runOn = 'deploy' } = props;
    const { minutes, lockTimeoutMs, cluster, asset } = atSynth(this, () => {
      checkNames(props);
      const known = knowCluster(this, props);
      return {
        minutes: timeoutMinutes(props),
        lockTimeoutMs: lockTimeout(props),
        cluster: known,
        asset: makeAsset({
          migrations,
          engine: known.engine ?? 'postgresql',
          schema,
          table,
          database: known.database,
        }),
      };
    });
    for (const warning of asset.warnings) {
      const name = [warning.code, warning.migration, warning.place?.line].filter(part => part !== undefined).join(':');
      Annotations.of(this).addWarningV2(`aurora-migrations:${name}`, describe(warning));
    }

    const hook = new HookFunction(this, 'Hook', {
      asset,
      cluster,
      logRetention: props.logRetention,
      variables: {
        CLUSTER_ARN: cluster.arn,
        SECRET_ARN: cluster.secret.secretArn,
        TIMEOUT_MS: String(minutes * 60_000),
        ...(cluster.engine !== undefined && { ENGINE: cluster.engine }),
        ...(cluster.database !== undefined && { DATABASE: cluster.database }),
        ...(schema !== undefined && { TRACKING_SCHEMA: schema }),
        ...(table !== undefined && { TRACKING_TABLE: table }),
        ...(onChanged !== undefined && { ON_CHANGED: onChanged }),
        ...(outOfOrder !== undefined && { OUT_OF_ORDER: outOfOrder }),
        ...(onRollback !== undefined && { ON_ROLLBACK: onRollback }),
        ...(props.manualActions !== undefined && { MANUAL_ACTIONS: props.manualActions }),
        ...(props.baseline !== undefined && { BASELINE: props.baseline }),
        ...(lockTimeoutMs !== undefined && { LOCK_TIMEOUT_MS: lockTimeoutMs }),
      },
    });
    this.function = hook.function;
    this.logGroup = hook.logGroup;

    // Its waiter asks every few seconds for as long as CloudFormation waits: the function itself answers before either is over.
    const wait = Duration.minutes(minutes + ANSWER_MINUTES);
    const provider = new Provider(this, 'Provider', {
      onEventHandler: this.function,
      isCompleteHandler: this.function,
      queryInterval: Duration.seconds(QUERY_INTERVAL_SECONDS),
      totalTimeout: wait,
      logGroup: this.logGroup,
      frameworkOnEventRole: hook.loggingRole('OnEventRole'),
      frameworkCompleteAndTimeoutRole: hook.loggingRole('IsCompleteRole'),
    });
    const properties: Properties = {
      Digest: asset.digest,
      Latest: asset.latest,
      ...(runOn === 'deploy' && { Stamp: new Date().toISOString() }),
    };
    this.resource = new CustomResource(this, 'Resource', {
      resourceType: RESOURCE_TYPE,
      serviceToken: provider.serviceToken,
      serviceTimeout: wait,
      properties: { ...properties },
    });
    // The hook's tree holds its rights and its logs, from the first line on.
    this.resource.node.addDependency(hook, ...cluster.neededFirst);
    const resource = this.resource.node.defaultChild as CfnResource;
    const { logicalId } = resource;
    const { logicalId: functionId } = this.function.node.defaultChild as CfnResource;
    resource.addMetadata(FUNCTION_METADATA, functionId);
    this.function.addEnvironment('HOOK', `${Aws.STACK_ID}/${logicalId}`);
    const { alarmTopic, dashboard = false } = props;
    const { alarm } = new Watch(this, 'Watch', {
      function: this.function,
      logGroup: this.logGroup,
      alarmTopic,
      dashboard,
    });
    this.alarm = alarm;
    // With `--no-staging` the assembly points at the folder itself.
    if (!this.node.tryGetContext('aws:cdk:disable-asset-staging')) asset.discard();
    explain(hook, provider);
  }

  /** Name of the newest migration that is in force. */
  get latest(): string {
    return this.#attribute('Latest');
  }

  /** How many migrations are in force, as text. */
  get applied(): string {
    return this.#attribute('Applied');
  }

  /** How many are not, as text: 0 unless a rollback left them. */
  get pending(): string {
    return this.#attribute('Pending');
  }

  /** Let what uses the database wait for its migrations. */
  before(...dependents: readonly IConstruct[]): this {
    for (const dependent of dependents) dependent.node.addDependency(this.resource);
    return this;
  }

  /**
   * Lets somebody invoke the function by hand. By default it only reads (`status`, `plan`, `history`, `verify`, `dump`: names and SQL of
   * migrations, and the schema); with `manualActions: 'all'` it applies and reverts for them too.
   */
  grantInvoke(grantee: IGrantable): Grant {
    return this.function.grantInvoke(grantee);
  }

  #attribute(name: keyof Attributes): string {
    return this.resource.getAttString(name);
  }
}

/** What cdk-nag would ask. */
function explain(hook: HookFunction, provider: Provider): void {
  const quiet = 'The waiter only invokes one function, which logs what it does.';
  const framework = provider.node.findAll().filter(each => each instanceof LambdaFunction);
  suppress(hook, anyVersion(hook.function));
  suppress(
    provider,
    ...framework.map(anyVersion),
    { id: 'AwsSolutions-SF1', reason: quiet },
    { id: 'AwsSolutions-SF2', reason: quiet },
  );
}
