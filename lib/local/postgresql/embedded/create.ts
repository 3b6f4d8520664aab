import { randomBytes } from 'node:crypto';
import { mkdir, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { diskFull, NO_SPACE } from '../../server/disk.ts';
import { ownerLives, thisProcess } from '../../server/users.ts';
import { StartError, systemCode } from '../../start-error.ts';
import { SUPERUSER } from '../master-user.ts';
import type { Binaries } from './binaries.ts';
import type { Launcher } from './launcher.ts';

/** Where the password of the superuser lies inside of a data directory, readable by its owner only. */
export const PASSWORD_FILE = 'aurora-migrations.password';

/**
 * Make `<folder>/data` with initdb. It is made beside and then renamed, so a process that is killed in the middle leaves nothing that looks
 * like a database, and of several processes the first one wins.
 */
export async function createData(
  folder: string,
  options: { readonly binaries: Binaries; readonly launcher: Launcher; readonly temporary: boolean },
): Promise<void> {
  const { launcher, temporary } = options;
  while ((await drafts(folder)) > 0) await sleep(20); // Another process is at it: two at once take longer than one.
  if (await hasData(folder)) return;
  await launcher.own(folder);
  const draft = join(folder, `new.${await thisProcess()}.${randomBytes(4).toString('hex')}`);
  await mkdir(draft, { mode: 0o700 });
  await launcher.own(draft);
  const password = randomBytes(24).toString('hex');
  const passwordFile = join(draft, 'password');
  await writeFile(passwordFile, password, { mode: 0o600 });
  await launcher.own(passwordFile);
  try {
    const data = join(draft, 'data');
    await initdb(options, folder, [
      `--pgdata=${data}`,
      `--username=${SUPERUSER}`,
      `--pwfile=${passwordFile}`,
      '--auth=scram-sha-256',
      // The password is 192 random bits: hashing it 4,096 times only makes connections slow.
      '--set=scram_iterations=16',
      // Rules of sorting that come with PostgreSQL itself, so that they are the same on every machine.
      '--encoding=UTF8',
      '--locale-provider=builtin',
      '--builtin-locale=C.UTF-8',
      '--locale=C',
      ...(temporary ? ['--no-sync'] : []),
      '--no-instructions',
    ]);
    await rename(passwordFile, join(data, PASSWORD_FILE));
    await rename(data, join(folder, 'data')).catch(error => {
      if (systemCode(error) !== 'ENOTEMPTY' && systemCode(error) !== 'EEXIST') throw error; // Another process was faster.
    });
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
}

/** Whether `<folder>/data` holds a database. */
export async function hasData(folder: string): Promise<boolean> {
  try {
    await stat(join(folder, 'data', 'PG_VERSION'));
    return true;
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return false;
    throw error;
  }
}

function initdb(
  { binaries, launcher }: { readonly binaries: Binaries; readonly launcher: Launcher },
  folder: string,
  args: readonly string[],
): Promise<void> {
  return new Promise((resolve, reject) => {
    let output = '';
    const child = launcher.spawn(binaries.initdb, args, {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, LC_ALL: 'C', TZ: 'UTC' },
    });
    for (const stream of [child.stdout, child.stderr]) {
      stream?.on('data', (chunk: Buffer) => {
        output += chunk;
      });
    }
    child.on('error', reject);
    child.on('close', code => {
      if (code === 0) return resolve();
      const reason = output.split('\n').find(line => /error|fatal/i.test(line)) ?? `it ended with code ${code}`;
      const line = output.split('\n').find(line => NO_SPACE.test(line)) ?? '';
      const full = diskFull(line.replace(/^.*?(?:FATAL|PANIC|error): */, ''), folder);
      if (full) return reject(full);
      reject(
        new StartError(
          `initdb could not create the database: ${reason.trim()}`,
          'Check that the folder is writable, or give the URL of a PostgreSQL server.',
          { cause: new Error(output) },
        ),
      );
    });
  });
}

/** How many processes are making a database here. The drafts of processes that were killed are removed. */
async function drafts(folder: string): Promise<number> {
  let count = 0;
  for (const name of await readdir(folder)) {
    if (!name.startsWith('new.')) continue;
    if (await ownerLives(name)) count++;
    // Repeated, because an initdb that lost its parent may still be writing there.
    else await rm(join(folder, name), { recursive: true, force: true, maxRetries: 10 });
  }
  return count;
}
