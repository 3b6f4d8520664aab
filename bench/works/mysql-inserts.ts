import { auroraMigrations } from '../contestants/aurora-migrations.ts';
import { bareCalls } from '../contestants/bare-calls.ts';
import type { Lap } from '../race.ts';
import { race } from '../race.ts';
import { median, pairedRatio, times } from '../report/numbers.ts';
import { startService } from '../service/index.ts';
import { compared } from './compared.ts';
import { atMost, type Check, type Work } from './work.ts';

const [MANY, FEW] = [10_000, 1_000];
const title = (count: number) => `MySQL: ${count.toLocaleString('en')} INSERTs in one migration`;

const table = { name: '00001_table', statements: ['CREATE TABLE t (id int PRIMARY KEY, words text)'] };

/** 330 bytes each. */
const inserts = (count: number) => ({
  name: '00002_inserts',
  statements: Array.from({ length: count }, (_, n) => `INSERT INTO t VALUES (${n}, '${'words '.repeat(50)}')`),
});

/** A dump with a statement a row. Without latency: all that is added to the bare calls is seen. */
export const mysqlInserts: Work = {
  name: 'mysql-inserts',
  async run(bench) {
    const service = await startService(0, 'mysql');
    const of = (count: number) =>
      race(
        { ...bench, service, contestants: [auroraMigrations, bareCalls] },
        `mysql-inserts-${count}`,
        { applied: [table], pending: [inserts(count)] },
        { apart: true },
      );
    try {
      const few = await of(FEW);
      const many = await of(MANY);
      const note = `On ${service.version}, without latency; each run in a process of its own.`;
      return [
        compared(title(FEW), few, { latency: 0, note }),
        compared(title(MANY), many, { latency: 0, note, checks: checks(few, many) }),
      ];
    } finally {
      await service.stop();
    }
  },
};

function checks([fewer]: readonly Lap[], [ours, bare]: readonly Lap[]): Check[] {
  const ratio = ours && bare ? pairedRatio(ours.ms, bare.ms) : Number.NaN;
  const growth = ours && fewer ? median(ours.peaks) / median(fewer.peaks) : Number.NaN;
  return [
    atMost(`${title(MANY)}: time to the bare calls`, ratio, 1.1, times),
    atMost(`${title(MANY)}: memory to that of ${FEW.toLocaleString('en')}`, growth, 1.5, times),
  ];
}
