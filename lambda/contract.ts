/**
 * The names that the construct writes into the template and the function obeys. They are owned by the function: whoever changes one here
 * changes it for both.
 */

/** Type of the custom resource. */
export const RESOURCE_TYPE = 'Custom::AuroraMigrations';

/** The physical id of the resource, always: another one would be a replacement, with a Delete of the old one. */
export const PHYSICAL_ID = 'aurora-migrations';

/** Properties of the custom resource, besides CloudFormation's own. All of them arrive as text. */
export interface Properties {
  /** Digest of the manifest that this deploy is for: the function refuses to work with another one. */
  readonly Digest: string;
  /** Name of the newest migration. For people who look at the resource. */
  readonly Latest: string;
  /** The target as CloudFormation resolves it, so that another target is an Update. The function itself reads its variables. */
  readonly ClusterArn: string;
  readonly SecretArn: string;
  /** Not set: `dbname` of the secret tells. */
  readonly Database?: string;
  /** Digest of engine, tracking tables and the options that decide what a run does: another value is an Update too. */
  readonly Options: string;
  /** Different on each deploy, so that CloudFormation sends an Update though nothing else has changed. */
  readonly Stamp?: string;
}

/** What the resource gives back (`Fn::GetAtt`). All of them are text. */
export interface Attributes {
  /** Name of the newest migration that is applied, or nothing. */
  readonly Latest: string;
  /** How many migrations of the folder are applied. */
  readonly Applied: string;
  /** How many are not. */
  readonly Pending: string;
  /** What deserves a word: late branches, a database that is ahead, a rollback in which nothing was applied. */
  readonly Notes: string;
}

/** Environment variables of the function. What is not set has the default of the runner. */
export interface Variables {
  readonly CLUSTER_ARN: string;
  readonly SECRET_ARN: string;
  /** `StackId/LogicalId` of the resource: what a run by hand is recorded under. */
  readonly HOOK: string;
  /** `postgresql` or `mysql`. Not set: `engine` of the secret tells. */
  readonly ENGINE?: string;
  /** Not set: `dbname` of the secret tells. */
  readonly DATABASE?: string;
  /** Schema and name of the tracking table. */
  readonly TRACKING_SCHEMA?: string;
  readonly TRACKING_TABLE?: string;
  /** `reapply`, `fail` or `ignore`. */
  readonly ON_CHANGED?: string;
  /** `apply` or `fail`. */
  readonly OUT_OF_ORDER?: string;
  /** `nothing` or `revert`. */
  readonly ON_ROLLBACK?: string;
  /** Version up to which a database that was there before has everything, or JSON of what names the other tool. */
  readonly BASELINE?: string;
  /** `read` or `all`: what the function does by hand. Not set: `read`. */
  readonly MANUAL_ACTIONS?: string;
  /** Milliseconds that a statement waits for a lock. */
  readonly LOCK_TIMEOUT_MS?: string;
  /** Milliseconds after which a deploy is answered, whatever is left. */
  readonly TIMEOUT_MS: string;
}

/** `handler` of the function: the file and what it exports. */
export const HANDLER = 'index.handler';

/** Where the bundled handler lies: in `dist` of the package, and in what `lambda/bundle.mjs` makes. */
export const BUNDLE_FOLDER = 'lambda/function';

/** What the function does when it is invoked by hand. */
export type Action =
  | 'status'
  | 'plan'
  | 'history'
  | 'migrate'
  | 'revert'
  | 'baseline'
  | 'resolve'
  | 'dump'
  | 'verify'
  | 'read';

/** Metadata of the custom resource: the logical id of the function, for who knows the stack only (`--stack` of the command line). */
export const FUNCTION_METADATA = 'aurora-migrations:function';

/** Metrics: their namespace, and the dimension, whose value is the function's name. */
export const METRICS_NAMESPACE = 'AuroraMigrations';
export const METRICS_DIMENSION = 'FunctionName';

/** A deploy, or a run by hand, sends each once. */
export type Metric = 'Applied' | 'Failed' | 'Duration' | 'Pending';

/**
 * Seconds: the function's own time. Above that of a slice (300) with a call that is refused at its end and waits for its right (300), and below
 * that of CDK's framework (900), which must hear its answer.
 */
export const FUNCTION_TIMEOUT_SECONDS = 780;

/** Seconds between two slices. */
export const QUERY_INTERVAL_SECONDS = 5;
