import { steps } from '../migrations.ts';
import { race } from '../race.ts';
import { count } from '../report/numbers.ts';
import { startService } from '../service/index.ts';
import { callsOf, compared, OURS } from './compared.ts';
import { atMost, type Work } from './work.ts';

const title = 'MySQL: 50 pending × 5 statements';

const note = (version: string) =>
  `On ${version}. DDL commits by itself there: the floor and the others leave a migration that fails half-way where it stands, and do not know how far it came. Ours writes down before each DDL statement what its tables look like, and after each statement how far it is.`;

/** 50 × 5 on MySQL: the same Data API before another server, and those who can. */
export const mysql: Work = {
  name: 'mysql',
  async run(bench) {
    const contestants = bench.contestants.filter(({ engines }) => engines.includes('mysql'));
    const service = await startService(bench.latency, 'mysql');
    try {
      const laps = await race({ ...bench, service, contestants }, 'mysql', {
        applied: steps(1, 1),
        pending: steps(50, 5, 2),
      });
      const calls = atMost(`${title}: calls`, callsOf(laps, OURS), 50 + 4, count);
      return [compared(title, laps, [calls], note(service.version))];
    } finally {
      await service.stop();
    }
  },
};
