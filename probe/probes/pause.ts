import { begin, commit, execute, type Probe, rollback, type Step } from '../step.ts';

const AWAKE: Step = { call: 'awake' };
const PAUSE: Step = { call: 'pause' };

const afterPause = (title: string, ...steps: readonly Step[]): Probe => ({
  number: 13,
  title: `after a pause: ${title}`,
  engines: ['postgresql', 'mysql'],
  kind: 'alone',
  only: 'pause',
  steps: [AWAKE, ...steps, AWAKE],
  settles: [],
});

/** What a paused cluster says to the first call. Each takes the minutes until it pauses, and nothing else may call it. */
export const PAUSED: readonly Probe[] = [
  afterPause('ExecuteStatement', PAUSE, execute('select 1')),
  afterPause('BatchExecuteStatement', PAUSE, {
    call: 'batch',
    sql: 'select :x',
    sets: [[{ name: 'x', value: { longValue: 1 } }]],
  }),
  afterPause('BeginTransaction', PAUSE, begin('a'), rollback('a')),
  afterPause('CommitTransaction of an id of before', begin('a'), PAUSE, commit('a')),
  afterPause('RollbackTransaction of an id of before', begin('a'), PAUSE, rollback('a')),
];
