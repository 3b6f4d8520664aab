import { randomBytes } from 'node:crypto';
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { processBirth } from './processes.ts';

/**
 * Which processes use a server, without a lock: one empty file each in a folder, named after process and start time, so that a file whose
 * process was killed is known to be dead.
 *
 * Who leaves last stops the server. For that a leaver first announces itself (`stopping.…`) and then looks for users; a newcomer first
 * registers (`user.…`) and then looks for announcements. Whatever the order, at least one of the two sees the other.
 */
export interface Membership {
  /** Leave; `stop` runs where nobody else is left. */
  leave(stop: () => Promise<void>): Promise<void>;
}

/** Register this process as a user of the server in `folder`, and wait until nobody is stopping it. */
export async function register(folder: string): Promise<Membership> {
  const users = join(folder, 'users');
  await mkdir(users, { recursive: true });
  const suffix = `${await thisProcess()}.${randomBytes(4).toString('hex')}`;
  const user = join(users, `user.${suffix}`);
  const stopping = join(users, `stopping.${suffix}`);
  await writeFile(user, '');
  while ((await living(users, 'stopping')).length > 0) await sleep(10);
  return {
    leave: async stop => {
      await writeFile(stopping, '');
      try {
        await rm(user, { force: true });
        if ((await living(users, 'user')).length === 0) await stop();
      } finally {
        await rm(stopping, { force: true });
      }
    },
  };
}

/** `<pid>.<start>`: the name of this process in file names. */
export async function thisProcess(): Promise<string> {
  return `${process.pid}.${await processBirth(process.pid)}`;
}

/** Whether the process that gave a file this name (`….<pid>.<start>.<random>`) lives. */
export async function ownerLives(file: string): Promise<boolean> {
  const [pid, birth] = file.split('.').slice(-3);
  return pid !== undefined && birth !== undefined && (await processBirth(Number(pid))) === birth;
}

/** Files of one kind whose process lives. Those of dead processes are removed. */
async function living(users: string, kind: 'user' | 'stopping'): Promise<string[]> {
  const found: string[] = [];
  for (const file of await readdir(users)) {
    if (!file.startsWith(`${kind}.`)) continue;
    if (await ownerLives(file)) found.push(file);
    else await rm(join(users, file), { force: true });
  }
  return found;
}
