import { execFileSync } from 'node:child_process';
import { cpSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT, WORK } from './folders.ts';

/** Build the package's modules as it ships them, from the sources as they are now. Gives back the folder that its `dist` is. */
export function buildPackage(): string {
  const folder = join(WORK, 'dist');
  rmSync(folder, { recursive: true, force: true });
  const tsc = join(ROOT, 'node_modules', 'typescript', 'bin', 'tsc');
  execFileSync(process.execPath, [tsc, '-p', 'tsconfig.build.json', '--outDir', folder], { cwd: ROOT });
  cpSync(join(ROOT, 'sql', 'tracking'), join(folder, 'sql', 'tracking'), { recursive: true });
  return folder;
}
