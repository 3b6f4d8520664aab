import { type BenchMigration, steps } from '../migrations.ts';
import { race } from '../race.ts';
import { authelia } from './authelia.ts';
import { callChecks, compared, fasterThanOthers, HELD, HOOK, nearTheFloor, OURS } from './compared.ts';
import { absent, type Bench, type Section, type Work } from './work.ts';

type Migrations = readonly BenchMigration[] | undefined;

interface Shape {
  readonly name: string;
  readonly title: string;
  readonly applied: number;
  readonly pending: () => Migrations | Promise<Migrations>;
  /** What a deploy may cost: calls, and times, where the others are at their best and the floor is no single call. */
  readonly mostCalls?: number;
}

const apply = ({ name, title, applied, pending, mostCalls }: Shape): Work => ({
  name,
  async run(bench: Bench): Promise<Section[]> {
    const migrations = await pending();
    if (!migrations) return [absent(title, 'the files are not there')];
    const held = mostCalls === undefined ? [] : HELD;
    const laps = await race(bench, name, { applied: steps(applied, 1), pending: migrations }, { held });
    // What the runner takes exactly (`test/bench`). The first deploy also makes the tracking tables, and reads again after that.
    const exactly = migrations.length + (applied === 0 ? 4 : 2);
    const checks =
      mostCalls === undefined
        ? callChecks(title, laps, OURS, exactly)
        : [
            ...callChecks(title, laps, OURS, mostCalls),
            ...fasterThanOthers(title, laps, OURS),
            ...nearTheFloor(title, laps, OURS),
            // The floor does nothing of what a deploy is more: its plan, its announcement, whether the stack rolls back, the fingerprint.
            ...callChecks(title, laps, HOOK, exactly + 3),
            ...fasterThanOthers(title, laps, HOOK),
          ];
    return [compared(title, laps, { latency: bench.latency, checks })];
  },
});

export const pending: readonly Work[] = [
  apply({
    name: '50x5',
    title: '50 pending × 5 statements',
    applied: 1,
    pending: () => steps(50, 5, 2),
    mostCalls: 54,
  }),
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
