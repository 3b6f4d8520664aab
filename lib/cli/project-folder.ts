import { engineName } from './engine.ts';
import { OPTIONS, type OptionName, type Values } from './options.ts';
import { UsageError } from './usage-error.ts';

/** The database on the embedded server, where --database names no other. */
const EMBEDDED_DATABASE = 'app';

/** Where a command's database is, by its options. */
export type Place = DatabasePlace | FunctionPlace;

/** Where a database is reached from here. */
export type DatabasePlace = LocalPlace | ClusterPlace;

/** Behind the local Data API. */
export type LocalPlace =
  | { readonly kind: 'embedded'; readonly folder: string; readonly database: string; readonly engine?: 'mysql' }
  | { readonly kind: 'server'; readonly url: string; readonly database: string };

/** Behind the real one. */
export interface ClusterPlace {
  readonly kind: 'cluster';
  readonly resourceArn: string;
  readonly secretArn: string;
  readonly database: string;
  readonly region: string | undefined;
  readonly profile?: string;
}

/** Behind a deployed function, which has its migrations with it. One of the two names it. */
export interface FunctionPlace {
  readonly kind: 'function';
  readonly function?: string;
  readonly stack?: string;
  readonly region: string | undefined;
  readonly profile: string | undefined;
}

/** What the construct has been told, and the function goes by. */
const OF_THE_CONSTRUCT = [
  'secret-arn',
  'dir',
  'schema',
  'table',
  'database',
  'on-changed',
  'out-of-order',
  'lock-timeout',
] as const;

/**
 * Which database the options name. Throws a `UsageError` where they name half a one, or two. `own`: options of the construct that the command
 * goes by itself, also where it asks a function.
 */
export function place(values: Values, own: readonly OptionName[] = []): Place {
  return isDeployed(values) ? functionOf(values, own) : databasePlace(values);
}

/** Whether the options name a deployed function. */
export function isDeployed(values: Values): boolean {
  return values.function !== undefined || values.stack !== undefined;
}

/** The same, for a command that asks no function. */
export function databasePlace(values: Values): DatabasePlace {
  onlyOne(values);
  const { 'cluster-arn': cluster, 'secret-arn': secret, region } = values;
  if (cluster !== undefined) return clusterOf(values, cluster);
  if (secret !== undefined) throw new UsageError('--secret-arn belongs to a cluster', 'Give --cluster-arn too');
  if (region !== undefined)
    throw new UsageError(
      '--region belongs to a cluster or a function',
      'Give --cluster-arn, --function or --stack too',
    );
  return localPlace(values);
}

/** The same, for a command that is for this machine. */
export function localPlace(values: Values): LocalPlace {
  onlyOne(values);
  const { url, data, database } = values;
  if (url !== undefined) {
    const own = databaseOf(url);
    return { kind: 'server', url, database: database ?? own };
  }
  const embedded = {
    kind: 'embedded' as const,
    folder: data ?? OPTIONS.data.default,
    database: database ?? EMBEDDED_DATABASE,
  };
  return engineName(values) === 'mysql' ? { ...embedded, engine: 'mysql' } : embedded;
}

function onlyOne(values: Values): void {
  const [one, other] = (['data', 'url', 'cluster-arn', 'function', 'stack'] as const).filter(
    option => values[option] !== undefined,
  );
  if (other !== undefined) throw new UsageError(`--${one} and --${other} are two databases`, 'Give one of them');
}

function functionOf(values: Values, own: readonly OptionName[]): FunctionPlace {
  onlyOne(values);
  const { function: name, stack, region, profile } = values;
  for (const option of OF_THE_CONSTRUCT) {
    if (values[option] === undefined || own.includes(option)) continue;
    throw new UsageError(
      `--${option} is what the construct was told, and a deployed function goes by that`,
      'Leave it out, or change it in the construct',
    );
  }
  return {
    kind: 'function',
    ...(name !== undefined && { function: name }),
    ...(stack !== undefined && { stack }),
    // arn:partition:lambda:region:account:function:name, or the stack's id
    region: region ?? ((name ?? stack ?? '').split(':')[3] || undefined),
    profile,
  };
}

function clusterOf({ database, region, profile, 'secret-arn': secret }: Values, cluster: string): ClusterPlace {
  if (secret === undefined) {
    throw new UsageError('--cluster-arn needs --secret-arn', 'Give the secret with name and password of a user');
  }
  if (database === undefined)
    throw new UsageError('--cluster-arn needs --database', 'Give the name of the database in it');
  return {
    kind: 'cluster',
    resourceArn: cluster,
    secretArn: secret,
    database,
    // arn:partition:service:region:account:cluster:name
    region: region ?? (cluster.split(':')[3] || undefined),
    ...(profile !== undefined && { profile }),
  };
}

/** As a person would name it: `embedded PostgreSQL in .aurora-migrations`. No password in it. */
export function titleOf(where: DatabasePlace): string {
  switch (where.kind) {
    case 'cluster':
      return `${where.database} on ${where.resourceArn.split(':').at(-1)}`;
    case 'server':
      return `${where.database} on ${new URL(where.url).host}`;
    case 'embedded':
      return `${where.engine === 'mysql' ? 'MySQL' : 'embedded PostgreSQL'} in ${where.folder}${where.database === EMBEDDED_DATABASE ? '' : `, database ${where.database}`}`;
  }
}

/** Returns the database that a URL names: on PostgreSQL, where its path names none, that of the user's name. Throws a `UsageError` where it is not the URL of a server. */
export function databaseOf(url: string): string {
  try {
    const { protocol, host, pathname, username } = new URL(url);
    if (protocol === 'mysql:' && host !== '' && pathname.length > 1) return decodeURIComponent(pathname.slice(1));
    if (/^postgres(ql)?:$/.test(protocol) && host !== '') {
      return decodeURIComponent(pathname.slice(1)) || decodeURIComponent(username) || 'postgres';
    }
  } catch {
    // Said below. The text itself is not repeated: there may be a password in it.
  }
  throw new UsageError(
    '--url is not the URL of a server',
    'Write it as postgres://user@host:5432/database or mysql://user@host:3306/database; the password stands behind the user (user:password@host), or in PGPASSWORD',
  );
}
