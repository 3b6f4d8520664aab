import type { Activity, MigrationStatus, State } from '../core/report.ts';
import { guarded } from './guarded.ts';
import type { RunnerOptions } from './options.ts';
import { runningIn } from './plan.ts';
import { describeMigrations, warnings } from './report.ts';
import { planFor, readSnapshot } from './snapshot.ts';

/** How things stand: no statement that changes anything is sent. Works before the tracking tables exist (everything is pending). */
export interface Status {
  readonly migrations: readonly MigrationStatus[];
  readonly counts: Readonly<Record<State, number>>;
  readonly notes: readonly string[];
  /** What works in the database now; null: nothing. */
  readonly running: Activity | null;
  readonly dataApiCalls: number;
}

/** Says of each migration whether it is applied. */
export function status(options: RunnerOptions): Promise<Status> {
  return guarded(options.engine.diagnostics, async () => {
    const before = options.database.calls;
    const snapshot = await readSnapshot(options, null);
    const running = await runningIn(options, snapshot);
    // What failed is among the migrations.
    const notes = [...planFor(options, snapshot).notes, ...warnings(options, { ...snapshot, unfinished: [] })];
    const { migrations, counts } = await describeMigrations(options, snapshot);
    const all = migrations.map(({ mode, ...status }) => status);
    return { migrations: all, counts, notes, running, dataApiCalls: options.database.calls - before };
  });
}
