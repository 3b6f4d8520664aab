import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Database } from '../core/database.ts';
import { dataApi, type Wait } from '../data-api/index.ts';
import { type Local, startLocal } from '../local/index.ts';
import type { Invocation } from './command.ts';
import { OPTIONS, type Values } from './options.ts';
import type { Screen } from './render/screen.ts';
import { UsageError } from './usage-error.ts';

/** The database on the embedded server, where --database names no other. */
const EMBEDDED_DATABASE = 'app';

/** The database of a command, reached through a Data API. */
export interface Target {
  readonly database: Database;
  /** As a person would name it: `embedded PostgreSQL in .aurora-migrations`. No password in it. */
  readonly title: string;
  close(): Promise<void>;
}

/** Where a command's database is, by its options. */
export type Place =
  | { readonly kind: 'embedded'; readonly folder: string; readonly database: string }
  | { readonly kind: 'server'; readonly url: string; readonly database: string }
  | {
      readonly kind: 'cluster';
      readonly resourceArn: string;
      readonly secretArn: string;
      readonly database: string;
      readonly region: string | undefined;
    };

/** Which database the options name. Throws a `UsageError` where they name half a one, or two. */
export function place(values: Values): Place {
  const { url, data, database, 'cluster-arn': cluster, 'secret-arn': secret } = values;
  const named = (['data', 'url', 'cluster-arn'] as const).filter(option => values[option] !== undefined);
  if (named.length > 1) throw new UsageError(`--${named[0]} and --${named[1]} are two databases: give one of them.`);
  if (cluster === undefined) {
    for (const option of ['secret-arn', 'region'] as const) {
      if (values[option] !== undefined)
        throw new UsageError(`--${option} belongs to a cluster: give --cluster-arn too.`);
    }
  }
  if (cluster !== undefined) {
    if (secret === undefined)
      throw new UsageError('--cluster-arn needs --secret-arn: the secret with the password of its user.');
    if (database === undefined) throw new UsageError('--cluster-arn needs --database: the name of the database in it.');
    // arn:partition:service:region:account:cluster:name
    const region = values.region ?? (cluster.split(':')[3] || undefined);
    return { kind: 'cluster', resourceArn: cluster, secretArn: secret, database, region };
  }
  if (url === undefined) {
    return { kind: 'embedded', folder: data ?? OPTIONS.data.default, database: database ?? EMBEDDED_DATABASE };
  }
  return { kind: 'server', url, database: database ?? databaseOf(url) };
}

/** Open the database that the options name. The embedded one is created the first time. */
export async function openTarget(invocation: Invocation, onWait: (wait: Wait) => void): Promise<Target> {
  const where = place(invocation.values);
  const { signal } = invocation.context;
  if (where.kind === 'cluster') {
    const { resourceArn, secretArn, database, region } = where;
    return {
      database: dataApi({
        resourceArn,
        secretArn,
        database,
        onWait,
        signal,
        ...(region !== undefined && { client: { region } }),
      }),
      title: `${database} on ${resourceArn.split(':').at(-1)}`,
      close: async () => {},
    };
  }
  const local = await startTarget(where, invocation);
  const { endpoint, region, resourceArn, secretArn, credentials, database } = local;
  return {
    database: dataApi({ resourceArn, secretArn, database, onWait, signal, client: { endpoint, region, credentials } }),
    title: titleOf(where),
    close: () => local.stop(),
  };
}

/** Start the local Data API over the embedded PostgreSQL, or over a server. */
export async function startTarget(
  where: Exclude<Place, { kind: 'cluster' }>,
  { err }: Pick<Invocation, 'err'>,
  port?: number,
): Promise<Local> {
  const { database } = where;
  if (where.kind === 'server') return startLocal({ url: where.url, database, port });
  keepOutOfGit(where.folder);
  const directory = join(where.folder, 'postgresql');
  const start = starting(where.folder, directory, err);
  try {
    return await startLocal({ embedded: { directory }, database, port, progress: start.progress });
  } finally {
    start.end();
  }
}

/** Says on a terminal what takes a moment: the first start for good, later ones only while they last. */
function starting(folder: string, directory: string, screen: Screen): { progress(message: string): void; end(): void } {
  const { color, live } = screen;
  if (!live) return { progress: () => {}, end: () => {} };
  if (!existsSync(directory)) screen.lines([color.dim(`Creating a PostgreSQL 17 in ${folder} (only this once) …`)]);
  return {
    progress: message => screen.write(`\r\u001b[2K${color.dim(message)}`),
    end: () => screen.write('\r\u001b[2K'),
  };
}

export function titleOf(where: Exclude<Place, { kind: 'cluster' }>): string {
  if (where.kind === 'embedded') {
    return `embedded PostgreSQL in ${where.folder}${where.database === EMBEDDED_DATABASE ? '' : `, database ${where.database}`}`;
  }
  return `${where.database} on ${new URL(where.url).host}`;
}

/** The database in a URL's path; without one that of the user's name, as PostgreSQL's own programs take it. */
function databaseOf(url: string): string {
  const { pathname, username } = parsed(url);
  return decodeURIComponent(pathname.slice(1)) || decodeURIComponent(username) || 'postgres';
}

function parsed(url: string): URL {
  try {
    const result = new URL(url);
    if (/^postgres(ql)?:$/.test(result.protocol) && result.host !== '') return result;
  } catch {
    // Said below. The text itself is not repeated: there may be a password in it.
  }
  throw new UsageError(
    '--url is not the URL of a PostgreSQL server: write it as postgres://user@host:5432/database (the password after the user, or in PGPASSWORD).',
  );
}

/** A database in the project's folder is nobody's to commit. */
function keepOutOfGit(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, '.gitignore'), '*\n', { flag: 'wx' });
  } catch {
    // It is there already, or the folder cannot be written to: the start that follows says it better.
  }
}
