import { type CfnResource, Stack } from 'aws-cdk-lib';
import { CfnDBCluster, CfnDBInstance, type IDatabaseCluster } from 'aws-cdk-lib/aws-rds';
import { CfnSecretTargetAttachment, type ISecret, Secret } from 'aws-cdk-lib/aws-secretsmanager';
import type { Construct } from 'constructs';
import { MigrationError } from '../core/errors.ts';
import type { EngineName } from '../core/manifest.ts';
import type { AuroraMigrationsProps } from './props.ts';

/** What is known of a cluster at synth. */
export interface KnownCluster {
  readonly arn: string;
  /** As it was given, or the cluster's own. */
  readonly secret: ISecret | string;
  readonly engine: EngineName | undefined;
  /** `16.4`, `8.0.mysql_aurora.3.10.1`. */
  readonly engineVersion: string | undefined;
  readonly database: string | undefined;
  /** The resource of a cluster of this app, and its writer instance. */
  readonly made: CfnDBCluster | undefined;
  readonly writer: CfnDBInstance | undefined;
}

/** Finds out what the cluster's construct knows; the options come first. Changes nothing. Throws where the secret or the engine is none. */
export function knowCluster({ cluster, secret, engine, database }: AuroraMigrationsProps): KnownCluster {
  if (typeof cluster === 'string') {
    if (secret === undefined) throw noSecret('Give the option secret: of a cluster by its ARN nothing else is known');
    const unknown = { engineVersion: undefined, made: undefined, writer: undefined };
    return { arn: cluster, secret, engine, database, ...unknown };
  }
  const resource = cluster.node.defaultChild;
  const made = resource instanceof CfnDBCluster ? resource : undefined;
  const own = (cluster as { readonly secret?: ISecret }).secret;
  const chosen = secret ?? own;
  if (chosen === undefined) throw made ? noSecret(MAKE_SECRET) : noSecret(SECRET_OF_IMPORTED);
  return {
    arn: cluster.clusterArn,
    secret: chosen,
    engine: engine ?? engineOf(cluster),
    engineVersion: cluster.engine?.engineVersion?.fullVersion,
    database: database ?? made?.databaseName,
    made,
    writer: made && writerOf(cluster),
  };
}

const MAKE_SECRET =
  'Give the option secret, or let the cluster make one (credentials: Credentials.fromGeneratedSecret)';
const SECRET_OF_IMPORTED =
  'Give the option secret, a Secret or its complete ARN: the construct of an imported cluster knows only what was given to the import. ' +
  'aws rds describe-db-clusters shows the one that RDS manages (MasterUserSecret)';

function noSecret(remedy: string): MigrationError {
  return new MigrationError({ code: 'no-secret', message: 'The cluster has no secret', remedy });
}

/**
 * Turns the Data API on, makes the secret a construct, and finds the resources without which no statement can run: the cluster, its writer
 * instance and the attachment of its secret. Those to which the properties of the resource refer are waited for already.
 */
export function prepareCluster(scope: Construct, { secret, made, writer }: KnownCluster) {
  if (made) turnDataApiOn(made);
  const known = typeof secret === 'string' ? Secret.fromSecretCompleteArn(scope, 'Secret', secret) : secret;
  const neededFirst: CfnResource[] = [...(writer ? [writer] : []), ...attachmentsOf(known)];
  return { secret: known, neededFirst };
}

function engineOf({ engine }: IDatabaseCluster): EngineName | undefined {
  if (engine === undefined) return undefined;
  if (engine.engineType.includes('postgres')) return 'postgresql';
  if (engine.engineType.includes('mysql')) return 'mysql';
  throw new MigrationError({
    code: 'other-engine',
    message: `The engine ${engine.engineType} is neither Aurora PostgreSQL nor Aurora MySQL`,
    remedy: 'Give the construct a cluster of one of the two',
  });
}

/**
 * Finds the writer instance of a cluster of this app. A dependency on the whole construct would include the readers, proxies, rotation and
 * ingress rules in its tree, and through an ingress rule whoever was let in, who may wait for the migrations.
 */
function writerOf(cluster: IDatabaseCluster): CfnDBInstance | undefined {
  const stack = Stack.of(cluster);
  const idOf = (token: unknown) => JSON.stringify(stack.resolve(token));
  // CDK makes the writer first, with `instanceProps` too.
  const writer = idOf(cluster.instanceIdentifiers[0]);
  const instances = cluster.node.findAll().filter(each => each instanceof CfnDBInstance);
  return instances.find(instance => idOf(instance.ref) === writer);
}

/** The attachment writes engine and database into the secret. It is a child of the secret that it attaches, or given as the secret itself. */
function attachmentsOf(secret: ISecret): CfnSecretTargetAttachment[] {
  return secret.node.children
    .map(each => each.node.defaultChild)
    .filter(each => each instanceof CfnSecretTargetAttachment);
}

/**
 * As the cluster's `grantDataApiAccess` does: that would grant reading the cluster's own secret too, which need not be the one that the
 * migrations use.
 */
function turnDataApiOn(cluster: CfnDBCluster): void {
  const stated: unknown = Stack.of(cluster).resolve(cluster.enableHttpEndpoint);
  if (stated === false) {
    throw new MigrationError({
      code: 'no-data-api',
      message: 'The Data API of the cluster is off',
      remedy: 'Set enableDataApi: true on the cluster',
    });
  }
  if (stated === undefined) cluster.enableHttpEndpoint = true;
}
