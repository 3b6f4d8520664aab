import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { systemCode } from '../../start-error.ts';
import { gone, isPostgres } from './processes.ts';

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
  for (;;) {
    const found = await readPostmaster(data);
    if (found === undefined) return undefined;
    if (!(await isPostgres(found.pid))) {
      // Only if it is still that one's: another process may have started a server meanwhile.
      if ((await readPostmaster(data))?.pid === found.pid) await rm(join(data, 'postmaster.pid'), { force: true });
      return undefined;
    }
    const { port } = found;
    if (found.ready && port !== undefined) return { ...found, port };
    await sleep(10); // Starting, recovering or stopping.
  }
}

/** Stop a server and wait until it is gone. `immediate` skips the checkpoint, for data that is thrown away. */
export async function stopPostmaster(pid: number, how: 'fast' | 'immediate'): Promise<void> {
  if (!(await isPostgres(pid))) return;
  process.kill(pid, how === 'fast' ? 'SIGINT' : 'SIGQUIT');
  if (await gone(pid, 20_000)) return;
  process.kill(pid, 'SIGQUIT');
  if (!(await gone(pid, 20_000))) throw new Error(`PostgreSQL (process ${pid}) does not stop`);
}
