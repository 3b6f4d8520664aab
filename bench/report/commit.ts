import { execFileSync } from 'node:child_process';
import { ROOT } from '../folders.ts';

/** The commit that lies here, `1a2b3c4`, with a `+` where something was changed since, the results left aside; `unknown` outside of a clone. */
export function commit(folder = ROOT): string {
  const git = (...args: string[]) =>
    execFileSync('git', args, { cwd: folder, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
  try {
    const changed = git('status', '--porcelain', '--', ':/', ':(top,exclude)bench/RESULTS.md') !== '';
    return git('rev-parse', '--short', 'HEAD') + (changed ? '+' : '');
  } catch {
    return 'unknown';
  }
}
