import { configDefaults, defineConfig, mergeConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';
import base from './vitest.config.ts';

/** What draws by chance; properties, with another seed than in `npm test`; and what has more rounds here than there. */
const FILES = [
  'test/faults/**/*.test.ts',
  'test/{compile/{lexer,properties},core/{checksum,order,size},local/scanner,mysql/{sent,split},schema/text}.test.ts',
  'test/{cli/{processes,render/text},deploy/forty-minutes,lambda/failure,mysql/apply}.test.ts',
  'test/{runner/{concurrent,histories,lost},mysql/histories,schema/large}.test.ts',
];

/** The part of all points and rounds that is tried, from 0 to 1. @default 1: all of them, up to half an hour */
const share = process.env.FAULTS_SHARE ?? '1';
/** `FAULTS_SEED=… npm run test:faults` repeats what another run has drawn. */
const seed = process.env.FAULTS_SEED ?? String(Math.floor(Math.random() * 2 ** 31));
console.log(`FAULTS_SHARE=${share} FAULTS_SEED=${seed}`);

/** Those that take minutes, the longest first: none of them is left to end alone. */
const LONG = [
  'faults/sweep-mysql-plain-rest',
  'faults/soak-mysql',
  'faults/kill-mysql',
  'faults/sweep-postgresql',
  'faults/sweep-postgresql-bounded',
  'faults/sweep-mysql-switches',
  'faults/sweep-mysql-plain',
  'faults/sweep-mysql-undo',
  'faults/sweep-deploy',
  'faults/sweep-mysql',
  'faults/interrupted-mysql',
  'deploy/forty-minutes',
  'faults/many-mysql',
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

/** `npm run test:faults`: whatever happens to any call of a run, at any moment. */
export default mergeConfig(
  { ...base, test: { ...base.test, include: [], exclude: configDefaults.exclude } },
  defineConfig({
    test: {
      include: FILES,
      // Much of it is waiting.
      maxWorkers: 4,
      sequence: { sequencer: LongestFirst },
      env: { FAULTS_SHARE: share, FAULTS_SEED: seed },
    },
  }),
);
