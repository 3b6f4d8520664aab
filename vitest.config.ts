import { configDefaults, defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // What draws by chance is `npm run test:faults`; what needs servers of its own is `npm run test:versions`.
    exclude: [...configDefaults.exclude, 'test/faults/**', 'test/versions/**'],
    globalSetup: ['test/support/global-setup.ts'],
    setupFiles: ['test/support/leaks.ts', 'test/support/seed.ts'],
    // Processes, so that tests may kill and be killed, and three of them for two cores: some tests wait. Each keeps its modules from one file to
    // the next: to load the SDK and the CDK anew for every file takes a fifth of the time.
    pool: 'forks',
    isolate: false,
    maxWorkers: 3,
    testTimeout: 60_000,
    // Some of them synthesize several apps, or start a server.
    hookTimeout: 240_000,
    // Nothing by chance, whatever the environment says: see `vitest.faults.config.ts`.
    env: { AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true', FAULTS_SHARE: '0', FAULTS_SEED: '20261122' },
  },
});
