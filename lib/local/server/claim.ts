import { readlink, rm, symlink } from 'node:fs/promises';
import { systemCode } from '../start-error.ts';
import { ownerLives, thisProcess } from './users.ts';

/**
 * Be the only process that does something, as long as it lives: a symbolic link that names it, which is made or refused at once. Answers with
 * what gives the claim back; undefined: another process has it.
 */
export async function claim(path: string): Promise<(() => Promise<void>) | undefined> {
  const owner = await thisProcess();
  for (;;) {
    try {
      await symlink(owner, path);
      return () => rm(path, { force: true });
    } catch (error) {
      if (systemCode(error) !== 'EEXIST') throw error;
    }
    const other = await readlink(path).catch(() => undefined);
    if (other === undefined) continue;
    if (await ownerLives(other)) return undefined;
    await rm(path, { force: true });
  }
}
