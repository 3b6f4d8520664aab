import { configDefaults, defineConfig } from 'vitest/config';

/** Of these `npm test` tries a sample, and `npm run test:faults` the whole. */
export const FAULTS = [
  'test/faults/**/*.test.ts',
  'test/runner/{concurrent,corpus,lost}.test.ts',
  'test/mysql/{apply,interrupted,kill,many}.test.ts',
  'test/schema/large.test.ts',
  'test/cli/processes.test.ts',
  'test/deploy/forty-minutes.test.ts',
];

/** Of the samples of the fault tests and of the properties: a new one for each run. `FAULTS_SEED=… npm test` repeats it. */
const seed = process.env.FAULTS_SEED ?? String(Math.floor(Math.random() * 2 ** 31));
console.log(`FAULTS_SEED=${seed}`);

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // `FAULTS=apart npm test`, where the whole of them follows.
    exclude: [...configDefaults.exclude, ...(process.env.FAULTS === 'apart' ? FAULTS : [])],
    globalSetup: ['test/support/global-setup.ts'],
    setupFiles: ['test/support/seed.ts'],
    // Processes, so that tests may kill and be killed, and three of them for two cores: some tests wait. Each keeps its modules from one file to
    // the next: to load the SDK and the CDK anew for every file takes a fifth of the time.
    pool: 'forks',
    isolate: false,
    maxWorkers: 3,
    testTimeout: 60_000,
    hookTimeout: 60_000,
    env: { AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true', FAULTS_SEED: seed },
  },
});
