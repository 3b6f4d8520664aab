import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Database } from '../core/database.ts';
import { dataApi, type Wait } from '../data-api/index.ts';
import { type Local, type LocalOptions, startLocal } from '../local/index.ts';
import type { Invocation } from './command.ts';
import { engineName } from './engine.ts';
import { type DatabasePlace, type LocalPlace, titleOf } from './project-folder.ts';
import type { Screen } from './render/screen.ts';

/** The database of a command, reached through a Data API. */
export interface Target {
  readonly database: Database;
  /** As a person would name it: `embedded PostgreSQL in .aurora-migrations`. No password in it. */
  readonly title: string;
  close(): Promise<void>;
}

/** Open the database that the options name. The embedded one is created the first time. */
export async function openTarget(
  invocation: Invocation,
  where: DatabasePlace,
  onWait: (wait: Wait) => void,
): Promise<Target> {
  const { signal } = invocation.context;
  if (where.kind === 'cluster') {
    const { resourceArn, secretArn, database, region, profile } = where;
    return {
      database: dataApi({
        resourceArn,
        secretArn,
        database,
        onWait,
        signal,
        client: { ...(region !== undefined && { region }), ...(profile !== undefined && { profile }) },
      }),
      title: titleOf(where),
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
  where: LocalPlace,
  { err }: Pick<Invocation, 'err'>,
  options: Pick<LocalOptions, 'port' | 'superuser' | 'clocks' | 'onRequest' | 'logValues' | 'logLimit'> = {},
): Promise<Local> {
  const { database } = where;
  if (where.kind === 'server')
    return startLocal({ ...options, engine: engineName(where), url: where.url, database, create: false });
  keepOutOfGit(where.folder);
  if (where.engine === 'mysql')
    return startLocal({
      ...options,
      engine: 'mysql',
      mysql: { server: { directory: join(where.folder, 'mysql') } },
      database,
    });
  const directory = join(where.folder, 'postgresql');
  const start = starting(where.folder, directory, err);
  try {
    return await startLocal({ ...options, embedded: { directory }, database, progress: start.progress });
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

/** A database in the project's folder is nobody's to commit. */
function keepOutOfGit(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, '.gitignore'), '*\n', { flag: 'wx' });
  } catch {
    // It is there already, or the folder cannot be written to: the start that follows says it better.
  }
}
