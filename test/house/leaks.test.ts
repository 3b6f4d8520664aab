import { execFile } from 'node:child_process';
import { basename, join } from 'node:path';
import { expect, test } from 'vitest';
import { ROOT } from './source.ts';

interface Results {
  readonly testResults: readonly { readonly name: string; readonly status: string; readonly message: string }[];
}

/** What vitest reports of the files in `leaks`: one leaves everything behind, and one nothing. */
function runLeaky(): Promise<Results> {
  const vitest = join(ROOT, 'node_modules/vitest/vitest.mjs');
  const config = join(ROOT, 'test/house/leaks/vitest.config.ts');
  const { VITEST, VITEST_WORKER_ID, VITEST_POOL_ID, ...env } = process.env;
  return new Promise((resolve, reject) =>
    execFile(
      process.execPath,
      [vitest, 'run', '--config', config, '--reporter=json'],
      { cwd: ROOT, env },
      (error, stdout, stderr) => (stdout === '' ? reject(error ?? new Error(stderr)) : resolve(JSON.parse(stdout))),
    ),
  );
}

test('a test file that leaves something behind fails, and says what', async () => {
  const { testResults } = await runLeaky();
  const said = Object.fromEntries(testResults.map(({ name, message }) => [basename(name, '.ts'), message]));
  expect(said.nothing).toBe('');
  expect(said.everything).toMatch(/^This file has left behind: /);
  expect(said.everything).toContain('1 timer(s)');
  expect(said.everything).toMatch(/1 server\(s\), of \{"address":"127\.0\.0\.1"/);
  expect(said.everything).toMatch(/1 child process\(es\), of \d+ .*30_000/);
  expect(said.everything).toContain('fake timers');
});
