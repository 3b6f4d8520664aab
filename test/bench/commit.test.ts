import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { commit } from '../../bench/report/commit.ts';

test('results name the commit that lies here, and that something was changed since', () => {
  let here = 'unknown';
  try {
    here = execFileSync('git', ['rev-parse', 'HEAD'], { cwd: import.meta.dirname, encoding: 'utf8', stdio: 'pipe' });
  } catch {
    // Not a clone.
  }
  expect(here.startsWith(commit().replace(/\+$/, ''))).toBe(true);
});
