import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, existsSync, openSync, readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { commandOf, gone, serves } from '../server/processes.ts';
import { systemCode } from '../start-error.ts';
import { connect } from './pool.ts';

/** A mysqld that runs on a directory. */
interface Daemon {
  readonly pid: number;
  readonly port: number;
}

export const logOf = (directory: string) => join(directory, 'mysqld.log');

/** The one of a directory, once it answers; undefined: there is none. It says itself where it listens, by how it was started. */
export async function findDaemon(directory: string): Promise<Daemon | undefined> {
  for (let nth = 0; nth < 300; nth++) {
    const pid = await pidOf(directory);
    const port = pid && Number(/--port=(\d+)/.exec(await commandOf(pid))?.[1]);
    if (!pid || !port) return undefined;
    if (await answers(port)) return { pid, port };
    await new Promise(done => setTimeout(done, 50));
  }
  return undefined;
}

/** End the one of a directory, if there is one, and wait until it is gone. */
export async function stopDaemon(directory: string, signal: NodeJS.Signals): Promise<void> {
  const pid = await pidOf(directory);
  if (pid === undefined) return;
  kill(pid, signal);
  if (await gone(pid, 30_000)) return;
  kill(pid, 'SIGKILL');
  await gone(pid, 10_000);
}

/** Start one, apart from this process: it may get other users. The reason why it did not start, or null. */
export async function tryDaemon(
  directory: string,
  program: string,
  settings: readonly string[],
): Promise<string | null> {
  const port = await freePort();
  const log = logOf(directory);
  const data = join(directory, 'data');
  const args = [
    '--no-defaults',
    `--datadir=${data}`,
    `--port=${port}`,
    '--socket=',
    `--pid-file=${pidFile(directory)}`,
  ];
  const before = sizeOf(log);
  const child = start(program, [...args, ...settings], log, true);
  child.unref();
  const ended = new Promise<true>(done => {
    child.once('error', () => done(true));
    child.once('exit', () => done(true));
  });
  const until = Date.now() + 60_000;
  for (;;) {
    const over = await Promise.race([ended, new Promise(done => setTimeout(done, 50))]);
    if (over) return reason(log, before);
    if (await answers(port)) return null;
    if (Date.now() > until) {
      child.kill('SIGKILL');
      return reason(log, before);
    }
  }
}

/** Run the program to its end. What went wrong, or null. */
export async function run(program: string, args: readonly string[], log: string): Promise<string | null> {
  const before = sizeOf(log);
  const child = start(program, args, log, false);
  const code = await new Promise<number | null>((done, reject) => {
    child.once('error', reject);
    child.once('exit', done);
  });
  return code === 0 ? null : reason(log, before);
}

const pidFile = (directory: string) => join(directory, 'mysqld.pid');

/** Of the mysqld of a directory; undefined: what the file names is gone, or another program. */
async function pidOf(directory: string): Promise<number | undefined> {
  try {
    const pid = Number(await readFile(pidFile(directory), 'utf8'));
    return (await serves(pid, 'mysqld', join(directory, 'data'))) ? pid : undefined;
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}

function kill(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if (systemCode(error) !== 'ESRCH') throw error; // It ended by itself.
  }
}

function start(program: string, args: readonly string[], log: string, detached: boolean): ChildProcess {
  const out = openSync(log, 'a');
  const child = spawn(program, args, { stdio: ['ignore', out, out], detached });
  closeSync(out);
  return child;
}

async function answers(port: number): Promise<boolean> {
  try {
    (await connect(`mysql://root@127.0.0.1:${port}`, undefined)).destroy();
    return true;
  } catch {
    return false;
  }
}

function sizeOf(log: string): number {
  return existsSync(log) ? readFileSync(log, 'utf8').length : 0;
}

/** The last error that it wrote since. */
function reason(log: string, before: number): string {
  const lines = readFileSync(log, 'utf8').slice(before).split('\n');
  const errors = lines.filter(line => line.includes('[ERROR]'));
  return errors.at(-1)?.replace(/^.*\[Server\]\s*|^.*\[InnoDB\]\s*/, '') ?? 'no reason given';
}

function freePort(): Promise<number> {
  return new Promise((done, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number };
      server.close(() => done(port));
    });
  });
}
