import { type BenchMigration, steps } from '../migrations.ts';
import { type Lap, race } from '../race.ts';
import { count, times } from '../report/numbers.ts';
import { authelia } from './authelia.ts';
import { bestOther, callsOf, compared, OURS, took } from './compared.ts';
import { absent, atLeast, atMost, type Bench, type Check, type Section, type Work } from './work.ts';

type Migrations = readonly BenchMigration[] | undefined;

interface Shape {
  readonly name: string;
  readonly title: string;
  readonly applied: number;
  readonly pending: () => Migrations | Promise<Migrations>;
  /** Times are held to targets where the others are at their best and the floor is no single call. */
  readonly timed?: boolean;
}

const apply = ({ name, title, applied, pending, timed = false }: Shape): Work => ({
  name,
  async run(bench: Bench): Promise<Section[]> {
    const migrations = await pending();
    if (!migrations) return [absent(title, 'the files are not there')];
    const laps = await race(bench, name, { applied: steps(applied, 1), pending: migrations }, timed);
    // The first deploy also makes the tracking tables, which is one call more.
    const mostCalls = migrations.length + (applied === 0 ? 4 : 3);
    const calls = atMost(`${title}: calls`, callsOf(laps, OURS), mostCalls, count);
    return [compared(title, laps, [calls, ...(timed ? timeChecks(title, laps) : [])])];
  },
});

function timeChecks(title: string, laps: readonly Lap[]): Check[] {
  const ours = took(laps, OURS);
  const floor = took(laps, 'floor');
  const other = bestOther(laps);
  return [
    ...(ours && other
      ? [atLeast(`${title}: times faster than ${other.name}, the best other`, other.ms / ours, 4, times)]
      : []),
    ...(ours && floor ? [atMost(`${title}: time to the floor`, ours / floor, 1.15, times)] : []),
  ];
}

export const pending: readonly Work[] = [
  apply({ name: '50x5', title: '50 pending × 5 statements', applied: 1, pending: () => steps(50, 5, 2), timed: true }),
  apply({ name: '1x200', title: '1 pending × 200 statements', applied: 1, pending: () => steps(1, 200, 2) }),
  apply({ name: '200x1', title: '200 pending × 1 statement', applied: 1, pending: () => steps(200, 1, 2) }),
  apply({ name: 'authelia', title: 'The migrations of Authelia, on an empty database', applied: 0, pending: authelia }),
  apply({
    name: 'one-of-500',
    title: '1 pending × 5 statements among 500 applied',
    applied: 500,
    pending: () => steps(1, 5, 501),
  }),
];
