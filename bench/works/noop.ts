import { steps } from '../migrations.ts';
import { race } from '../race.ts';
import { count } from '../report/numbers.ts';
import { callChecks, compared, HOOK, OURS } from './compared.ts';
import type { Work } from './work.ts';

/** A deploy with nothing to do, which most deploys are. */
export const noop: Work = {
  name: 'noop',
  async run(bench) {
    const sections = [];
    for (const applied of [1, 50, 500, 5000]) {
      const laps = await race(bench, `noop-${applied}`, { applied: steps(applied, 1), pending: [] });
      const title = `No-op, ${count(applied)} applied`;
      const checks = [OURS, HOOK].flatMap(name => callChecks(title, laps, name, 1));
      sections.push(compared(title, laps, { latency: bench.latency, checks }));
    }
    return sections;
  },
};
