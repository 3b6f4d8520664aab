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
  readonly secret: ISecret;
  readonly engine: EngineName | undefined;
  readonly database: string | undefined;
  /** Resources without which no statement can run: the cluster, its writer instance, the attachment of the secret. */
  readonly neededFirst: readonly CfnResource[];
}

/** Find out what the cluster's construct knows; the options come first. Throws where the migrations could never run. */
export function knowCluster(scope: Construct, props: AuroraMigrationsProps): KnownCluster {
  const { cluster, secret, engine, database } = props;
  if (typeof cluster === 'string') {
    if (secret === undefined) throw noSecret('Give the option secret: of a cluster by its ARN nothing else is known');
    const known = asSecret(scope, secret);
    return { arn: cluster, secret: known, engine, database, neededFirst: attachmentsOf(known) };
  }
  const own = (cluster as { readonly secret?: ISecret }).secret;
  const chosen = secret ?? own;
  if (chosen === undefined) {
    throw noSecret('Give the option secret, or let the cluster make one (credentials)');
  }
  const resource = cluster.node.defaultChild;
  const made = resource instanceof CfnDBCluster ? resource : undefined;
  if (made) turnDataApiOn(made);
  const known = asSecret(scope, chosen);
  return {
    arn: cluster.clusterArn,
    secret: known,
    engine: engine ?? engineOf(cluster),
    database: database ?? made?.databaseName,
    neededFirst: [...(made ? [made, ...writerOf(cluster)] : []), ...attachmentsOf(known)],
  };
}

function noSecret(remedy: string): MigrationError {
  return new MigrationError({ code: 'no-secret', message: 'The cluster has no secret', remedy });
}

function asSecret(scope: Construct, secret: ISecret | string): ISecret {
  return typeof secret === 'string' ? Secret.fromSecretCompleteArn(scope, 'Secret', secret) : secret;
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
 * The writer instance of a cluster of this app. A dependency on the whole construct would include the readers, proxies, rotation and ingress
 * rules in its tree, and through an ingress rule whoever was let in, who may wait for the migrations.
 */
function writerOf(cluster: IDatabaseCluster): CfnDBInstance[] {
  const stack = Stack.of(cluster);
  const idOf = (token: unknown) => JSON.stringify(stack.resolve(token));
  // CDK makes the writer first, with `instanceProps` too.
  const writer = idOf(cluster.instanceIdentifiers[0]);
  const instances = cluster.node.findAll().filter(each => each instanceof CfnDBInstance);
  return instances.filter(instance => idOf(instance.ref) === writer);
}

/** The attachment writes engine and database into the secret. It is the secret itself, or its child. */
function attachmentsOf(secret: ISecret): CfnSecretTargetAttachment[] {
  return [secret, ...secret.node.children]
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
