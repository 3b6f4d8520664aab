import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { gone, serves } from '../../server/processes.ts';
import { StartError, systemCode } from '../../start-error.ts';

/** What a running server writes about itself into its data directory. */
export interface Postmaster {
  readonly pid: number;
  readonly port: number | undefined;
  /** It accepts connections. */
  readonly ready: boolean;
}

/**
 * Read `postmaster.pid`: lines are pid, data directory, start time, port, socket directory, address, shared memory, status.
 * https://www.postgresql.org/docs/17/storage-file-layout.html
 */
export async function readPostmaster(data: string): Promise<Postmaster | undefined> {
  let text: string;
  try {
    text = await readFile(join(data, 'postmaster.pid'), 'utf8');
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return undefined;
    throw error;
  }
  const lines = text.split('\n');
  const pid = Number(lines[0]);
  if (!Number.isInteger(pid) || pid <= 0) return undefined;
  return { pid, port: Number(lines[3]) || undefined, ready: lines[7]?.trim() === 'ready' };
}

/**
 * The server that runs on a data directory, once it is ready; undefined when there is none. What a server that was killed left behind is
 * removed: PostgreSQL itself takes any process with that number for a server and refuses to start.
 */
export async function findRunning(data: string): Promise<(Postmaster & { port: number }) | undefined> {
  const deadline = Date.now() + 60_000;
  for (;;) {
    const found = await readPostmaster(data);
    if (found === undefined) return undefined;
    if (!(await serves(found.pid, 'postgres', data))) {
      // Only if it is still that one's: another process may have started a server meanwhile.
      if ((await readPostmaster(data))?.pid === found.pid) await rm(join(data, 'postmaster.pid'), { force: true });
      return undefined;
    }
    const { port } = found;
    if (found.ready && port !== undefined) return { ...found, port };
    if (Date.now() > deadline) {
      throw new StartError(
        `PostgreSQL (process ${found.pid}) runs on ${data} and does not become ready`,
        'Look into postgresql.log beside it, or stop that process.',
      );
    }
    await sleep(10); // Starting, recovering or stopping.
  }
}

/** Stop the server of a data directory, if there is one, and wait until it is gone. `immediate` skips the checkpoint, for data that is thrown away. */
export async function stopPostmaster(data: string, how: 'fast' | 'immediate'): Promise<void> {
  const pid = (await readPostmaster(data))?.pid;
  if (pid === undefined || !(await serves(pid, 'postgres', data))) return;
  signal(pid, how === 'fast' ? 'SIGINT' : 'SIGQUIT');
  if (await gone(pid, 20_000)) return;
  signal(pid, 'SIGQUIT');
  if (await gone(pid, 20_000)) return;
  throw new StartError(`PostgreSQL (process ${pid}) on ${data} does not stop`, 'End that process by hand.');
}

function signal(pid: number, name: 'SIGINT' | 'SIGQUIT'): void {
  try {
    process.kill(pid, name);
  } catch (error) {
    if (systemCode(error) !== 'ESRCH') throw error; // It ended by itself.
  }
}
