import { Aws, type CfnResource, CustomResource, Duration } from 'aws-cdk-lib';
import type { Alarm } from 'aws-cdk-lib/aws-cloudwatch';
import type { Grant, IGrantable } from 'aws-cdk-lib/aws-iam';
import { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import type { ILogGroup } from 'aws-cdk-lib/aws-logs';
import { Provider } from 'aws-cdk-lib/custom-resources';
import { Construct, type IConstruct } from 'constructs';
import {
  type Attributes,
  FUNCTION_METADATA,
  type Properties,
  QUERY_INTERVAL_SECONDS,
  RESOURCE_TYPE,
} from '../../lambda/contract.ts';
import { MigrationError } from '../core/errors.ts';
import { checkNames } from '../core/identifier.ts';
import { ownTableProblem } from '../core/take-over.ts';
import { annotateFindings } from './annotate.ts';
import { makeAsset } from './asset.ts';
import { atSynth } from './at-synth.ts';
import { checkFacts, warn } from './checks.ts';
import { knowCluster, prepareCluster } from './cluster.ts';
import { HookFunction } from './hook-function.ts';
import { ANSWER_MINUTES, optionsDigest, runVariables, stampOf } from './options.ts';
import type { AuroraMigrationsProps } from './props.ts';
import { safetyOf } from './safety.ts';
import { ANY_INTERFACE, anyVersion, suppress } from './suppressions.ts';
import { checkValues } from './values.ts';
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
  readonly logGroup: ILogGroup;
  /** Goes off when a deploy failed because of its migrations, or a run by hand did. */
  readonly alarm: Alarm;
  /** The resource that stands for the migrated database: what depends on it comes after the migrations. */
  readonly resource: CustomResource;

  constructor(scope: Construct, id: string, props: AuroraMigrationsProps) {
    super(scope, id);
    const { cluster, variables, stamp, asset } = atSynth(this, () => prepare(this, props));
    for (const warning of asset.warnings) {
      const name = [warning.code, warning.migration, warning.place?.line].filter(part => part !== undefined).join(':');
      warn(this, name, warning);
    }
    annotateFindings(this, asset.findings, asset.listFindings);

    const hook = new HookFunction(this, 'Hook', {
      asset,
      cluster,
      options: props,
      variables: {
        CLUSTER_ARN: cluster.arn,
        SECRET_ARN: cluster.secret.secretArn,
        ...(cluster.database !== undefined && { DATABASE: cluster.database }),
        ...(props.manualActions !== undefined && { MANUAL_ACTIONS: props.manualActions }),
        ...variables,
      },
    });
    this.function = hook.function;
    this.logGroup = hook.logGroup;

    // The waiter polls every few seconds for as long as CloudFormation waits: the function itself answers before either is over.
    const wait = Duration.millis(Number(variables.TIMEOUT_MS)).plus(Duration.minutes(ANSWER_MINUTES));
    const provider = makeProvider(this, hook, wait);
    const properties: Properties = {
      Digest: asset.digest,
      Latest: asset.latest,
      ClusterArn: cluster.arn,
      SecretArn: cluster.secret.secretArn,
      ...(cluster.database !== undefined && { Database: cluster.database }),
      Options: optionsDigest(variables),
      ...(stamp !== undefined && { Stamp: stamp }),
    };
    this.resource = new CustomResource(this, 'Resource', {
      resourceType: RESOURCE_TYPE,
      serviceToken: provider.serviceToken,
      serviceTimeout: wait,
      properties: { ...properties },
    });
    // The hook's tree holds its rights and its logs, from the first line on.
    this.resource.node.addDependency(hook, ...cluster.neededFirst);
    nameEachOther(this.resource, this.function);
    const { alarmTopic, dashboard = false } = props;
    const watched = { function: this.function, logGroup: this.logGroup };
    this.alarm = new Watch(this, 'Watch', { ...watched, alarmTopic, dashboard }).alarm;
    // With `--no-staging` the assembly points at the folder itself.
    if (!this.node.tryGetContext('aws:cdk:disable-asset-staging')) asset.discard();
    explain(hook, provider);
  }

  /** Name of the newest migration that is applied. */
  get latest(): string {
    return this.#attribute('Latest');
  }

  /** How many migrations are applied, as text. */
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
   * Lets somebody invoke the function by hand. By default it only reads (`status`, `plan`, `history`, `verify`, `dump`, `read`: names and SQL of
   * migrations, and the schema); with `manualActions: 'all'` it applies and reverts for them too.
   */
  grantInvoke(grantee: IGrantable): Grant {
    return this.function.grantInvoke(grantee);
  }

  #attribute(name: keyof Attributes): string {
    return this.resource.getAttString(name);
  }
}

/** All that may find the stack impossible to deploy: it comes before the first resource is made. */
function prepare(construct: Construct, props: AuroraMigrationsProps) {
  const { migrations = 'sql/migrations', schema, table, baseline } = props;
  checkValues(props);
  checkNames(props);
  const known = knowCluster(props);
  checkFacts(construct, props, known);
  const variables = runVariables(props, known.engine);
  const stamp = stampOf(construct, props);
  const { engine = 'postgresql', database } = known;
  const version = typeof baseline === 'string' ? baseline : undefined;
  const taken = typeof baseline === 'object' && ownTableProblem(baseline, props, engine);
  if (taken) throw new MigrationError(taken);
  const safety = safetyOf(props.safety);
  const asset = makeAsset({ migrations, engine, schema, table, database, baseline: version, safety });
  return { cluster: { ...known, ...prepareCluster(construct, known) }, variables, stamp, asset };
}

/** CDK's framework around the function: it polls for an hour at most. */
function makeProvider(construct: Construct, hook: HookFunction, totalTimeout: Duration): Provider {
  return new Provider(construct, 'Provider', {
    onEventHandler: hook.function,
    isCompleteHandler: hook.function,
    queryInterval: Duration.seconds(QUERY_INTERVAL_SECONDS),
    totalTimeout,
    logGroup: hook.logGroup,
    frameworkOnEventRole: hook.frameworkRole('OnEventRole'),
    frameworkCompleteAndTimeoutRole: hook.frameworkRole('IsCompleteRole'),
    ...hook.placement,
  });
}

/** The function records its runs under the resource; who knows the stack only finds the function by the resource. */
function nameEachOther(custom: CustomResource, hook: LambdaFunction): void {
  const resource = custom.node.defaultChild as CfnResource;
  const { logicalId } = hook.node.defaultChild as CfnResource;
  resource.addMetadata(FUNCTION_METADATA, logicalId);
  hook.addEnvironment('HOOK', `${Aws.STACK_ID}/${resource.logicalId}`);
}

/** What cdk-nag would ask. */
function explain(hook: HookFunction, provider: Provider): void {
  const quiet = 'The waiter only invokes one function, which logs what it does.';
  const framework = provider.node.findAll().filter(each => each instanceof LambdaFunction);
  suppress(hook, anyVersion(hook.function), ...(hook.placement.vpc ? [ANY_INTERFACE] : []));
  suppress(
    provider,
    ...framework.map(anyVersion),
    { id: 'AwsSolutions-SF1', reason: quiet },
    { id: 'AwsSolutions-SF2', reason: quiet },
  );
}
