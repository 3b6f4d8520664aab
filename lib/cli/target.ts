import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Database } from '../core/database.ts';
import { dataApi, type Wait } from '../data-api/index.ts';
import { type Local, startLocal } from '../local/index.ts';
import type { Invocation } from './command.ts';
import { OPTIONS, type Values } from './options.ts';
import { UsageError } from './usage-error.ts';

/** The database of a command, reached through a Data API. */
export interface Target {
  readonly database: Database;
  /** As a person would name it: `embedded PostgreSQL in .aurora-migrations`. No password in it. */
  readonly title: string;
  close(): Promise<void>;
}

/** Where a command's database is, by its options. */
export type Place =
  | { readonly kind: 'embedded'; readonly folder: string; readonly database: string | undefined }
  | { readonly kind: 'server'; readonly url: string; readonly database: string | undefined }
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
  if (url === undefined) return { kind: 'embedded', folder: data ?? OPTIONS.data.default, database };
  if (!/^postgres(ql)?:\/\//.test(url))
    throw new UsageError('--url begins with postgres://, as in postgres://user:password@host:5432/database.');
  return { kind: 'server', url, database };
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
    title: titleOf(where, local),
    close: () => local.stop(),
  };
}

/** Start the local Data API over the embedded PostgreSQL, or over a server. */
export async function startTarget(
  where: Exclude<Place, { kind: 'cluster' }>,
  { err }: Pick<Invocation, 'err'>,
  port?: number,
): Promise<Local> {
  const shared = {
    ...(where.database !== undefined && { database: where.database }),
    ...(port !== undefined && { port }),
  };
  if (where.kind === 'server') return startLocal({ ...shared, postgresUrl: where.url });
  keepOutOfGit(where.folder);
  const progress = (message: string) => {
    if (err.live) err.lines([err.color.dim(message)]);
  };
  return startLocal({ ...shared, dataDirectory: where.folder, progress });
}

export function titleOf(where: Exclude<Place, { kind: 'cluster' }>, { database }: Pick<Local, 'database'>): string {
  if (where.kind === 'embedded') return `embedded PostgreSQL in ${where.folder}`;
  const { host } = new URL(where.url);
  return `${database} on ${host || 'localhost'}`;
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
