import { OPTIONS, type Values } from './options.ts';
import { UsageError } from './usage-error.ts';

/** The database on the embedded server, where --database names no other. */
const EMBEDDED_DATABASE = 'app';

/** Where a command's database is, by its options. */
export type Place = LocalPlace | ClusterPlace;

/** Behind the local Data API. */
export type LocalPlace =
  | { readonly kind: 'embedded'; readonly folder: string; readonly database: string }
  | { readonly kind: 'server'; readonly url: string; readonly database: string };

/** Behind the real one. */
export interface ClusterPlace {
  readonly kind: 'cluster';
  readonly resourceArn: string;
  readonly secretArn: string;
  readonly database: string;
  readonly region: string | undefined;
}

/** Which database the options name. Throws a `UsageError` where they name half a one, or two. */
export function place(values: Values): Place {
  const { url, data, database, 'cluster-arn': cluster } = values;
  const named = (['data', 'url', 'cluster-arn'] as const).filter(option => values[option] !== undefined);
  if (named.length > 1) throw new UsageError(`--${named[0]} and --${named[1]} are two databases: give one of them.`);
  if (cluster !== undefined) return clusterOf(values, cluster);
  for (const option of ['secret-arn', 'region'] as const) {
    if (values[option] !== undefined) throw new UsageError(`--${option} belongs to a cluster: give --cluster-arn too.`);
  }
  if (url !== undefined) {
    const own = databaseOf(url);
    return { kind: 'server', url, database: database ?? own };
  }
  return { kind: 'embedded', folder: data ?? OPTIONS.data.default, database: database ?? EMBEDDED_DATABASE };
}

function clusterOf({ database, region, 'secret-arn': secret }: Values, cluster: string): ClusterPlace {
  if (secret === undefined) {
    throw new UsageError('--cluster-arn needs --secret-arn: the secret with the password of its user.');
  }
  if (database === undefined) throw new UsageError('--cluster-arn needs --database: the name of the database in it.');
  return {
    kind: 'cluster',
    resourceArn: cluster,
    secretArn: secret,
    database,
    // arn:partition:service:region:account:cluster:name
    region: region ?? (cluster.split(':')[3] || undefined),
  };
}

/** As a person would name it: `embedded PostgreSQL in .aurora-migrations`. No password in it. */
export function titleOf(where: Place): string {
  switch (where.kind) {
    case 'cluster':
      return `${where.database} on ${where.resourceArn.split(':').at(-1)}`;
    case 'server':
      return `${where.database} on ${new URL(where.url).host}`;
    case 'embedded':
      return `embedded PostgreSQL in ${where.folder}${where.database === EMBEDDED_DATABASE ? '' : `, database ${where.database}`}`;
  }
}

/** The database in a URL's path; without one that of the user's name, as PostgreSQL's own programs take it. */
function databaseOf(url: string): string {
  try {
    const { protocol, host, pathname, username } = new URL(url);
    if (/^postgres(ql)?:$/.test(protocol) && host !== '') {
      return decodeURIComponent(pathname.slice(1)) || decodeURIComponent(username) || 'postgres';
    }
  } catch {
    // Said below. The text itself is not repeated: there may be a password in it.
  }
  throw new UsageError(
    '--url is not the URL of a PostgreSQL server: write it as postgres://user@host:5432/database (the password after the user, or in PGPASSWORD).',
  );
}
