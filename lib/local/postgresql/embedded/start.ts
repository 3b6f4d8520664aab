import { open, readFile, stat } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { NO_SPACE } from '../../server/disk.ts';
import { systemCode } from '../../start-error.ts';
import type { Binaries } from './binaries.ts';
import type { Launcher } from './launcher.ts';
import { readPostmaster } from './postmaster.ts';

/** How to start a server. */
export interface Start {
  /** The folder that holds `data` and the log. */
  readonly directory: string;
  readonly data: string;
  readonly binaries: Binaries;
  readonly launcher: Launcher;
  /** Its data need not survive a crash. */
  readonly temporary: boolean;
  readonly port: number | undefined;
  readonly settings: Readonly<Record<string, string>> | undefined;
}

/** Start a server. A text says why it did not start. */
export async function tryStart(start: Start): Promise<{ pid: number; port: number } | string> {
  const { data, binaries, launcher, temporary } = start;
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

async function lastError(logFile: string, from: number): Promise<string | undefined> {
  const text = (await readFile(logFile)).subarray(from).toString();
  const lines = text.split('\n').filter(line => /FATAL|PANIC|ERROR|could not/.test(line));
  const cause = lines.find(line => /could not bind/.test(line) || NO_SPACE.test(line));
  return (cause ?? lines.at(-1))?.replace(/^.*?(?:FATAL|PANIC|LOG|ERROR|WARNING):\s*/, '');
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
