import { type BenchMigration, steps } from '../migrations.ts';
import { type Lap, race } from '../race.ts';
import { count, times } from '../report/numbers.ts';
import { authelia } from './authelia.ts';
import { bestOther, callsOf, compared, OURS, took } from './compared.ts';
import { absent, atLeast, atMost, type Bench, type Check, type Section, type Work } from './work.ts';

type Migrations = readonly BenchMigration[] | undefined;

const apply = (
  name: string,
  title: string,
  applied: number,
  pending: () => Migrations | Promise<Migrations>,
): Work => ({
  name,
  async run(bench: Bench): Promise<Section[]> {
    const migrations = await pending();
    if (!migrations) return [absent(title, 'the files are not there')];
    const laps = await race(bench, name, { applied: steps(applied, 1), pending: migrations });
    return [compared(title, laps, checks(title, laps, applied === 0 ? null : migrations.length + 4))];
  },
});

function checks(title: string, laps: readonly Lap[], mostCalls: number | null): Check[] {
  const ours = took(laps, OURS);
  const floor = took(laps, 'floor');
  const other = bestOther(laps);
  return [
    ...(mostCalls === null ? [] : [atMost(`${title}: calls`, callsOf(laps, OURS), mostCalls, count)]),
    ...(ours && other
      ? [atLeast(`${title}: faster than the best other (${other.name})`, other.ms / ours, 4, times)]
      : []),
    ...(ours && floor ? [atMost(`${title}: time to the floor`, ours / floor, 1.15, times)] : []),
  ];
}

export const pending: readonly Work[] = [
  apply('50x5', '50 pending × 5 statements', 1, () => steps(50, 5, 2)),
  apply('1x200', '1 pending × 200 statements', 1, () => steps(1, 200, 2)),
  apply('200x1', '200 pending × 1 statement', 1, () => steps(200, 1, 2)),
  apply('authelia', 'The migrations of Authelia, on an empty database', 0, authelia),
  apply('one-of-500', '1 pending × 5 statements among 500 applied', 500, () => steps(1, 5, 501)),
];
