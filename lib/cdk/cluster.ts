import { Stack } from 'aws-cdk-lib';
import { CfnDBCluster, type IDatabaseCluster } from 'aws-cdk-lib/aws-rds';
import { type ISecret, Secret } from 'aws-cdk-lib/aws-secretsmanager';
import type { Construct } from 'constructs';
import type { EngineName } from '../core/manifest.ts';
import type { AuroraMigrationsProps } from './props.ts';

/** What is known of a cluster at synth. */
export interface KnownCluster {
  readonly arn: string;
  readonly secret: ISecret;
  readonly engine: EngineName | undefined;
  readonly database: string | undefined;
  /** What the migrations wait for: with a `DatabaseCluster`, its writer instance is part of it. */
  readonly construct: IDatabaseCluster | undefined;
}

/** Find out what the cluster's construct knows; the options come first. Throws where the migrations could never run. */
export function knowCluster(scope: Construct, props: AuroraMigrationsProps): KnownCluster {
  const { cluster, secret, engine, database } = props;
  if (typeof cluster === 'string') {
    if (secret === undefined) throw new Error('A cluster given by its ARN has no secret: give the option secret.');
    return { arn: cluster, secret: asSecret(scope, secret), engine, database, construct: undefined };
  }
  const own = (cluster as { readonly secret?: ISecret }).secret;
  const chosen = secret ?? own;
  if (chosen === undefined) {
    throw new Error('The cluster has no secret: give the option secret, or let the cluster make one (credentials).');
  }
  const resource = cluster.node.defaultChild;
  const made = resource instanceof CfnDBCluster ? resource : undefined;
  if (made) turnDataApiOn(made);
  return {
    arn: cluster.clusterArn,
    secret: asSecret(scope, chosen),
    engine: engine ?? engineOf(cluster),
    database: database ?? made?.databaseName,
    construct: cluster,
  };
}

function asSecret(scope: Construct, secret: ISecret | string): ISecret {
  return typeof secret === 'string' ? Secret.fromSecretCompleteArn(scope, 'Secret', secret) : secret;
}

function engineOf({ engine }: IDatabaseCluster): EngineName | undefined {
  if (engine === undefined) return undefined;
  if (engine.engineType.includes('postgres')) return 'postgresql';
  if (engine.engineType.includes('mysql')) return 'mysql';
  throw new Error(`The engine ${engine.engineType} is neither Aurora PostgreSQL nor Aurora MySQL.`);
}

/**
 * As the cluster's `grantDataApiAccess` does: that would grant reading the cluster's own secret too, which need not be the one that the
 * migrations use.
 */
function turnDataApiOn(cluster: CfnDBCluster): void {
  const stated: unknown = Stack.of(cluster).resolve(cluster.enableHttpEndpoint);
  if (stated === false) throw new Error('The Data API of the cluster is off: set enableDataApi: true on it.');
  if (stated === undefined) cluster.enableHttpEndpoint = true;
}
