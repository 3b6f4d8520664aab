import { seeds, steps } from '../migrations.ts';
import { race } from '../race.ts';
import { compared } from './compared.ts';
import type { Work } from './work.ts';

/** 20 MB in ten migrations, each run in a process of its own, for the memory it takes. */
export const seed: Work = {
  name: 'seed',
  async run(bench) {
    const situation = { applied: steps(1, 1), pending: seeds(10, 2_000_000, 2) };
    const laps = await race(bench, 'seed', situation, { apart: true });
    const note =
      'In a process of its own with only that contestant loaded; the time is that of the run. INSERTs of 60 kB: what a single call of the others can carry.';
    return [compared('20 MB of seed data in ten migrations', laps, { latency: bench.latency, note })];
  },
};
