import { defineConfig } from 'vitest/config';

/** One file of this folder leaves things behind: `../leaks.test.ts` runs them, one after the other in one process. */
export default defineConfig({
  root: new URL('../../..', import.meta.url).pathname,
  test: {
    include: ['test/house/leaks/*.ts'],
    exclude: ['**/vitest.config.ts'],
    setupFiles: ['test/support/leaks.ts'],
    pool: 'forks',
    isolate: false,
    maxWorkers: 1,
    env: { LEAKS_GRACE_MS: '2000' },
  },
});
