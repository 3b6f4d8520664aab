import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { commit } from '../../bench/report/commit.ts';

test('results name the commit that lies here, and that something but they was changed since', () => {
  const folder = mkdtempSync(join(tmpdir(), 'commit-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  expect(commit(folder)).toBe('unknown');
  const git = (...args: string[]) => execFileSync('git', args, { cwd: folder, encoding: 'utf8', stdio: 'pipe' }).trim();
  git('init', '--quiet');
  const write = (file: string) => writeFileSync(join(folder, file), `${Math.random()}`);
  mkdirSync(join(folder, 'bench'));
  for (const file of ['measured.ts', 'bench/RESULTS.md']) write(file);
  git('add', '.');
  git('-c', 'user.name=a', '-c', 'user.email=a@example.com', 'commit', '--quiet', '--no-verify', '--message', 'one');
  const here = git('rev-parse', '--short', 'HEAD');
  expect(commit(folder)).toBe(here);
  write('bench/RESULTS.md');
  expect(commit(folder)).toBe(here);
  write('measured.ts');
  expect(commit(folder)).toBe(`${here}+`);
});
