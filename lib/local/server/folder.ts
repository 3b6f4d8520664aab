import { randomBytes } from 'node:crypto';
import { lstat, mkdir, readdir, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { StartError, systemCode } from '../start-error.ts';
import { diskFull } from './disk.ts';
import { type Membership, ownerLives, register, thisProcess } from './users.ts';

/** Where temporary folders are made, and how the server of one is stopped whose process was killed. */
interface Temporary {
  readonly base: string;
  stop(folder: string): Promise<void>;
}

/** Make the folder, or a temporary one, and become one of its users. */
export async function enter(
  directory: string | undefined,
  temporary: Temporary,
): Promise<{ directory: string; membership: Membership }> {
  try {
    const path = directory === undefined ? await temporaryDirectory(temporary) : resolve(directory);
    await mkdir(path, { recursive: true });
    const real = await realpath(path);
    return { directory: real, membership: await register(real) };
  } catch (cause) {
    const full = diskFull((cause as Error).message, directory ?? tmpdir(), cause);
    if (full) throw full;
    throw new StartError(
      `The data directory ${directory ?? tmpdir()} cannot be used: ${(cause as Error).message}`,
      'Choose a folder that this user can write to.',
      { cause },
    );
  }
}

/** A new folder named after this process. Servers and folders that killed processes left are removed on the way. */
async function temporaryDirectory(temporary: Temporary): Promise<string> {
  const base = join(tmpdir(), `${temporary.base}-${process.getuid?.() ?? 'user'}`);
  const name = `temporary.${await thisProcess()}.${randomBytes(4).toString('hex')}`;
  await mkdir(base, { mode: 0o755 }).catch(error => {
    if (systemCode(error) !== 'EEXIST') throw error;
  });
  if (!(await isOurs(base))) {
    const apart = `${base}.${name}`;
    await mkdir(apart, { mode: 0o700 });
    return apart;
  }
  for (const name of await readdir(base)) {
    if (await ownerLives(name)) continue;
    const left = join(base, name);
    await temporary.stop(left);
    await rm(left, { recursive: true, force: true });
  }
  return join(base, name);
}

/**
 * Whether nobody else can put anything into a folder. Everybody may make one of this name in the folder for temporary files, or a link, and
 * would then own what the server reads.
 */
async function isOurs(folder: string): Promise<boolean> {
  if (process.getuid === undefined) return true; // Windows has one for each user.
  const { uid, mode } = await lstat(folder);
  return uid === process.getuid() && (mode & 0o170022) === 0o040000;
}
