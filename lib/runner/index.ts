import { MigrationError } from '../core/errors.ts';
import { type Identity, identitiesOf } from '../core/identity.ts';
import type { Activity, MigrationReport, MigrationStatus, State } from '../core/report.ts';
import { isInForce, isUndoing } from '../core/state.ts';
import { type AttemptRow, type Engine, type HookState, TrackingMissing } from '../engine/engine.ts';
import { reportFailedUndoing, reportUnknownFailure } from './failure.ts';
import { guarded } from './guarded.ts';
import { newRun } from './lease.ts';
import type { Attempt, RunnerOptions, WriteOptions } from './options.ts';
import { describeAll, describeStranger, look, planFor, warnings } from './picture.ts';
import { runningIn } from './plan.ts';
import { installTracking } from './tracking.ts';

export { MigrationError, type Place, type Problem } from '../core/errors.ts';
export type { Plan } from '../core/plan.ts';
export type { MigrationReport, Report, RunEvent } from '../core/report.ts';
export { type BaselineReport, baseline } from './baseline.ts';
export { migrate } from './migrate.ts';
export type { Attempt, MigrateOptions, RunnerOptions, WriteOptions } from './options.ts';
export { type Planned, type PlannedRequest, plan, planRequest } from './plan.ts';
export type { PlannedSql } from './planned-sql.ts';
export { type RevertOptions, type RevertReport, revert, type UndoStep } from './revert.ts';

/** How things stand: no statement that changes anything is sent. Works before the tracking tables exist (everything is pending). */
export interface Status {
  readonly migrations: readonly MigrationStatus[];
  readonly counts: Readonly<Record<State, number>>;
  readonly notes: readonly string[];
  /** What works in the database now; null: nothing. */
  readonly running: Activity | null;
  readonly dataApiCalls: number;
}

export function status(options: RunnerOptions): Promise<Status> {
  return guarded(options.engine, async () => {
    const before = options.database.calls;
    const picture = await look(options, null);
    const running = await runningIn(options, picture);
    // What failed is among the migrations.
    const notes = [...planFor(options, picture).notes, ...warnings(options, { ...picture, unfinished: [] })];
    const { migrations, counts } = await describeAll(options, picture);
    const all = migrations.map(({ mode, ...status }) => status);
    return { migrations: all, counts, notes, running, dataApiCalls: options.database.calls - before };
  });
}

/**
 * Make this the newest request of the deploy hook: runs for earlier ones are refused from then on (`superseded`). Makes the tracking tables
 * where they are not there yet. False: it is an old request, delivered late. `state` is what the hook is from then on, by default `open`.
 */
export function announce(
  options: WriteOptions & { readonly hook: string; readonly requestId: string; readonly state?: HookState },
): Promise<boolean> {
  return guarded(options.engine, async () => {
    const { database, engine, hook, requestId, state = 'open' } = options;
    try {
      return await engine.announce(database, hook, requestId, state);
    } catch (error) {
      if (!(error instanceof TrackingMissing)) throw error;
      await installTracking(options, newRun(options));
      return engine.announce(database, hook, requestId, state);
    }
  });
}

/** Attempts, newest first. @param options.limit how many, default 50 */
export function history(
  options: RunnerOptions & { readonly limit?: number; readonly migration?: string },
): Promise<readonly Attempt[]> {
  return guarded(options.engine, async () => {
    const { database, engine, limit = 50, migration } = options;
    const read = await engine.history(database, null);
    if (!read.installed) return [];
    // Under all names that it has had here.
    const identities = identitiesOf(read);
    const names = migration === undefined ? undefined : [...(identities.get(migration)?.names ?? [migration])];
    const rows = await engine.attempts(database, { limit, names });
    return rows.map(row => toAttempt(row, remedyOf(engine, row, identities.get(row.name))));
  });
}

/** Tell the history what a person found out about a statement whose outcome no program can know. Throws `not-there` where it stands elsewhere. */
export function resolve(
  options: RunnerOptions & { readonly migration: string; readonly statement: number; readonly as: 'done' | 'not-done' },
): Promise<MigrationReport> {
  return guarded(options.engine, async () => {
    const { database, engine, migration, statement, as } = options;
    const own = options.migrations.manifest.migrations.find(one => one.name === migration);
    const checksum = own ? ((await options.migrations.body(migration)).up.facts.sums[statement - 1] ?? null) : null;
    if (!(await engine.resolve(database, { migration, statement, done: as === 'done', checksum }))) {
      throw new MigrationError({
        code: 'not-there',
        message: `${migration} does not stand at statement ${statement}, or a run is at work`,
        remedy: 'See `status` for where it stands',
        migration,
      });
    }
    const picture = await look(options, null);
    const { migrations } = await describeAll(options, picture);
    return migrations.find(one => one.name === migration) ?? describeStranger(picture.history.entries.get(migration)!);
  });
}

/** What to do about the latest attempt of a migration; null: it did not fail, or another one came after it. */
function remedyOf(engine: Engine, row: AttemptRow, identity: Identity | undefined): string | null {
  if (!identity || row.status !== 'failed' || identity.latestName !== row.name) return null;
  if (identity.latest.attempt !== row.attempt) return null;
  const report = isUndoing(identity)
    ? reportFailedUndoing(engine, row)
    : reportUnknownFailure(engine, row, isInForce(identity));
  return report.remedy;
}

function toAttempt({ startedAt, finishedAt, ...row }: AttemptRow, remedy: string | null): Attempt {
  return {
    ...row,
    remedy,
    startedAt: new Date(startedAt).toISOString(),
    finishedAt: finishedAt === null ? null : new Date(finishedAt).toISOString(),
  };
}
