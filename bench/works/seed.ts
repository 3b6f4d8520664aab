import { inChild, type Measured } from '../child/measure.ts';
import { contestantFile } from '../contestants/index.ts';
import { seeds, steps } from '../migrations.ts';
import { reason } from '../race.ts';
import { count, median, megabytes, time, times } from '../report/numbers.ts';
import { on } from '../service/index.ts';
import { prepare, warm } from '../stage.ts';
import { OURS } from './compared.ts';
import { atMost, type Bench, type Section, type Work } from './work.ts';

const EACH = 2_000_000;

/** 20 MB in ten migrations, each run in a process of its own, for the memory it takes. */
export const seed: Work = {
  name: 'seed',
  run: async bench => [await everybody(bench), await growth(bench)],
};

async function everybody(bench: Bench): Promise<Section> {
  const rows: string[][] = [];
  const ms = new Map<string, number>();
  for (const { name } of bench.contestants) {
    bench.say(`seed: ${name}`);
    try {
      const taken = await apply(bench, name, 10);
      ms.set(name, taken.ms);
      rows.push([name, count(taken.calls), time(taken.ms), megabytes(taken.peak)]);
    } catch (error) {
      rows.push([name, `cannot: ${reason(error)}`, '', '']);
    }
  }
  const floor = ms.get('floor');
  return {
    title: '20 MB of seed data in ten migrations',
    note: 'One run each, in a process of its own with only that contestant loaded. INSERTs of 60 kB: what a single call of the others can carry.',
    columns: ['', 'calls', 'time', 'peak memory', 'to ours', 'to the floor'],
    rows: rows.map(row => {
      const own = ms.get(row[0]!);
      const ratio = (base: number | undefined) => (own && base ? times(own / base) : '');
      return [...row, ratio(ms.get(OURS)), ratio(floor)];
    }),
    checks: [],
  };
}

/** The same size a migration, ever more migrations: memory must not grow with them. */
async function growth(bench: Bench): Promise<Section> {
  const rows: string[][] = [];
  const peaks: number[] = [];
  for (const migrations of [0, 1, 5, 10, 20]) {
    bench.say(`seed: memory of ${migrations} migrations`);
    const runs: Measured[] = [];
    for (let round = 1; round <= Math.min(3, bench.rounds); round++) runs.push(await apply(bench, OURS, migrations));
    const peak = median(runs.map(run => run.peak));
    peaks.push(peak);
    rows.push([count(migrations), megabytes(migrations * EACH), megabytes(peak), megabytes(peak - peaks[0]!)]);
  }
  const [idle, , five, , twenty] = peaks as [number, number, number, number, number];
  return {
    title: `Memory of ${OURS} as migrations of 2 MB become more`,
    note: 'In a process of its own, TypeScript loader included; what a run with nothing to do holds is taken off in the last column.',
    columns: ['migrations', 'SQL', 'peak memory', 'above nothing to do'],
    rows,
    checks: [
      atMost('Memory above nothing to do: 20 migrations of 2 MB to 5', (twenty - idle) / (five - idle), 2, times),
    ],
  };
}

async function apply(bench: Bench, name: string, migrations: number): Promise<Measured & { calls: number }> {
  const { service, contestants } = bench;
  const contestant = contestants.find(one => one.name === name)!;
  const situation = { applied: steps(1, 1), pending: seeds(migrations, EACH, 2) };
  const { folder, database } = await prepare(service, contestant, situation, 'seed');
  try {
    const target = on(service.far, database);
    await warm(target);
    await service.calls();
    const taken = await inChild('apply.ts', { module: contestantFile(name), target, folder });
    return { ...taken, calls: await service.calls() };
  } finally {
    await service.drop(database);
  }
}
