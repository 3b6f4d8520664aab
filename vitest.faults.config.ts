import { defineConfig, mergeConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';
import base, { FAULTS } from './vitest.config.ts';

/** Those that take minutes, the longest first: none of them is left to end alone. */
const LONG = [
  'faults/sweep-mysql-plain-rest',
  'faults/soak-mysql',
  'mysql/kill',
  'faults/sweep-postgresql',
  'faults/sweep-postgresql-bounded',
  'faults/sweep-mysql-switches',
  'faults/sweep-mysql-plain',
  'faults/sweep-mysql-undo',
  'faults/sweep-deploy',
  'faults/sweep-mysql',
  'mysql/interrupted',
  'deploy/forty-minutes',
  'mysql/many',
  'faults/soak',
].map(name => `/test/${name}.test.ts`);

class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId }: TestSpecification) => {
      const at = LONG.findIndex(name => moduleId.endsWith(name));
      return at < 0 ? LONG.length : at;
    };
    return files.toSorted((one, other) => rank(one) - rank(other));
  }
}

/** `npm run test:faults`: all points of the sweeps of which `npm test` tries a sample. */
export default mergeConfig(
  { ...base, test: { ...base.test, include: [] } },
  defineConfig({
    test: {
      include: FAULTS,
      // Much of it is waiting.
      maxWorkers: 4,
      sequence: { sequencer: LongestFirst },
      env: { FAULTS: 'all' },
    },
  }),
);
