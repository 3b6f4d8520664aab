import { steps } from '../migrations.ts';
import { race } from '../race.ts';
import { startService } from '../service/index.ts';
import { callChecks, compared, OURS } from './compared.ts';
import type { Work } from './work.ts';

const title = 'MySQL: 50 pending × 5 statements';

const note = (version: string) =>
  `On ${version}. DDL commits by itself there: the floor and the others leave a migration that fails half-way where it stands, and do not know how far it came. Ours writes down before each DDL statement what its tables look like, and after each statement how far it is.`;

/** 50 × 5 on MySQL: the same Data API before another server; who cannot is told why. */
export const mysql: Work = {
  name: 'mysql',
  async run(bench) {
    const service = await startService(bench.latency, 'mysql');
    try {
      const laps = await race({ ...bench, service }, 'mysql', {
        applied: steps(1, 1),
        pending: steps(50, 5, 2),
      });
      // What the runner takes exactly (`test/bench`); a target of 54 would let one more pass.
      const checks = callChecks(title, laps, OURS, 50 + 3);
      return [compared(title, laps, { latency: bench.latency, checks, note: note(service.version) })];
    } finally {
      await service.stop();
    }
  },
};
