import { steps } from '../migrations.ts';
import { race } from '../race.ts';
import { count } from '../report/numbers.ts';
import { callsOf, compared, OURS } from './compared.ts';
import { atMost, type Work } from './work.ts';

/** A deploy with nothing to do, which most deploys are. */
export const noop: Work = {
  name: 'noop',
  async run(bench) {
    const sections = [];
    for (const applied of [1, 50, 500, 5000]) {
      const laps = await race(bench, `noop-${applied}`, { applied: steps(applied, 1), pending: [] });
      const check = atMost(`No-op with ${count(applied)} applied: calls`, callsOf(laps, OURS), 1, count);
      sections.push(compared(`No-op, ${count(applied)} applied`, laps, [check]));
    }
    return sections;
  },
};
