import { Stack } from 'aws-cdk-lib';
import type { Construct, IConstruct } from 'constructs';
import { readArn } from './arn.ts';
import type { KnownCluster } from './cluster.ts';
import type { AuroraMigrationsProps } from './props.ts';

/** The tracking table of each construct, written as one text. */
const tables = new WeakMap<IConstruct, string>();

/** Notes where a construct keeps its history, and finds another construct of the app that keeps it there too. */
export function otherOfSameTable(
  construct: Construct,
  props: AuroraMigrationsProps,
  cluster: KnownCluster,
): IConstruct | undefined {
  const table = tableOf(construct, props, cluster);
  tables.set(construct, table);
  return construct.node.root.node.findAll().find(each => each !== construct && tables.get(each) === table);
}

/** Equal texts are one table for certain: what only CloudFormation knows is compared within a stack. */
function tableOf(
  construct: Construct,
  { schema, table = 'schema_migrations' }: AuroraMigrationsProps,
  cluster: KnownCluster,
) {
  const stack = Stack.of(cluster.made ?? construct);
  const text = (value: unknown) => JSON.stringify(stack.resolve(value));
  const { region, account, name } = readArn(cluster.arn, 'rds', 'cluster') ?? {};
  const isKnown = region !== undefined && account !== undefined && name !== undefined;
  const clusterKey = isKnown ? `${region}:${account}:${name}` : `${stack.node.addr} ${text(cluster.arn)}`;
  const { secret } = cluster;
  const database = cluster.database ?? ['dbname', typeof secret === 'string' ? secret : secret.secretArn];
  // A schema of MySQL is a database.
  const place = cluster.engine === 'mysql' ? [schema ?? database] : [database, schema ?? 'public'];
  return [clusterKey, text(place), table].join(' ');
}
