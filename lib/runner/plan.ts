import type { Plan } from '../core/plan.ts';
import type { Activity } from '../core/report.ts';
import { guarded } from './guarded.ts';
import type { RunnerOptions } from './options.ts';
import { type PlannedSql, sqlOf } from './planned-sql.ts';
import { warnings } from './report.ts';
import { planFor, readSnapshot, type Snapshot } from './snapshot.ts';

/** One call, where something is at work. */
export async function runningIn({ database, engine }: RunnerOptions, { history }: Snapshot): Promise<Activity | null> {
  return history.isBusy ? engine.diagnostics.activity(database) : null;
}

export type PlanOptions = RunnerOptions & { readonly hook?: string | null };

/** What `migrate` would do now, for a person who asks. */
export interface Planned extends Plan {
  /** Where it was asked for: what would be executed, in order. */
  readonly sql?: readonly PlannedSql[];
  /** Migrations that failed or are half done, and that this code does not have. The notes say why. */
  readonly failed: readonly string[];
  /** What works in the database now; null: nothing. */
  readonly running: Activity | null;
  readonly dataApiCalls: number;
}

type ShownPlanOptions = PlanOptions & { readonly sql?: boolean };

export function plan(options: ShownPlanOptions): Promise<Planned> {
  return planWith(options, (snapshot, made) => shownOf(options, snapshot, made));
}

/** What a person sees besides the steps. */
export async function shownOf(options: ShownPlanOptions, snapshot: Snapshot, { steps }: Plan) {
  return {
    ...(options.sql && { sql: await sqlOf(options.migrations, steps) }),
    failed: snapshot.unfinished.map(({ entry }) => entry.name),
    running: await runningIn(options, snapshot),
  };
}

/** What `migrate` would do for a request of a hook. */
export interface PlannedRequest extends Plan {
  /** The newest request of the hook, where a waiter still works for it, or where it deleted the hook. */
  readonly openRequest: string | null;
  readonly dataApiCalls: number;
}

/** Plans for a deploy, which waits for a run at work and need not know what it is at. */
export function planRequest(options: PlanOptions): Promise<PlannedRequest> {
  return planWith(options, async ({ history: { openRequest } }) => ({ openRequest }));
}

/** Makes the plan, with the warnings among its notes, and adds what the caller wants to know besides. */
export function planWith<T>(
  options: PlanOptions,
  more: (snapshot: Snapshot, made: Plan) => Promise<T>,
): Promise<Plan & T & { readonly dataApiCalls: number }> {
  return guarded(options.engine.diagnostics, async () => {
    const before = options.database.calls;
    const snapshot = await readSnapshot(options, options.hook ?? null);
    const made = planFor(options, snapshot);
    const notes = [...made.notes, ...warnings(options, snapshot)];
    const added = await more(snapshot, made);
    return { ...made, notes, ...added, dataApiCalls: options.database.calls - before };
  });
}
