import { defineConfig, mergeConfig } from 'vitest/config';
import base from './vitest.config.ts';

/** `npm run test:faults`: all points of the sweeps of which `npm test` tries a sample. */
export default mergeConfig(
  { ...base, test: { ...base.test, include: [] } },
  defineConfig({
    test: {
      include: [
        'test/faults/**/*.test.ts',
        'test/runner/{concurrent,corpus,lost}.test.ts',
        'test/mysql/{interrupted,kill,many}.test.ts',
        'test/schema/large.test.ts',
        'test/cli/processes.test.ts',
        'test/deploy/forty-minutes.test.ts',
      ],
      env: { FAULTS: 'all' },
    },
  }),
);
