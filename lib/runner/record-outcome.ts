import { TRACKING_MIGRATION } from '../core/manifest.ts';
import type { FailureReport } from '../core/report.ts';
import type { Run } from '../engine/engine.ts';
import { installTracking } from './install.ts';
import type { RunContext, RunStep } from './run-state.ts';
import { noteAttempt } from './snapshot.ts';

/** Installs the tracking tables as the first step of a run. */
export async function noteInstalled<S extends RunStep, R>(context: RunContext<S, R>, run: Run): Promise<void> {
  const { options } = context;
  const { migrations } = options.migrations.manifest;
  const migration = migrations.find(({ name }) => name === TRACKING_MIGRATION)!;
  const { name } = migration;
  options.on?.({ event: 'started', migration: name, number: 1, of: migrations.length });
  const executionTimeMs = await installTracking(options, run);
  noteDone(context, { name, migration }, { attempt: 1, executionTimeMs });
}

/** Notes in the state of the run, and tells as an event, that a step is done. */
export function noteDone<S extends RunStep, R>(
  { options, direction, state }: RunContext<S, R>,
  { name, migration }: Pick<RunStep, 'name' | 'migration'>,
  { attempt, executionTimeMs }: { readonly attempt: number; readonly executionTimeMs: number },
): void {
  const status = direction.direction === 'up' ? 'applied' : 'reverted';
  if (status === 'applied')
    noteAttempt(state.snapshot, migration!, {
      attempt,
      status,
      statementsApplied: migration!.statements,
      executionTimeMs,
    });
  state.isSchemaChanged = true;
  // A step whose last checkpoint was lost is executed a second time.
  if (!state.done.includes(name)) state.done.push(name);
  options.on?.({ event: status, migration: name, executionTimeMs, attempt });
}

/** Notes in the state of the run, and tells as an event, that a step failed. `attempt`: of a failure that the snapshot does not hold yet. */
export function noteFailure<S extends RunStep, R>(
  { options, direction, state }: RunContext<S, R>,
  { name, migration, mode }: S,
  failure: FailureReport,
  { executionTimeMs, attempt }: { readonly executionTimeMs: number | null; readonly attempt?: number },
): void {
  state.failures.set(name, failure);
  if (attempt !== undefined && direction.direction === 'up') {
    const statementsApplied = mode === 'atomic' ? 0 : Math.max(0, (failure.statement ?? 1) - 1);
    noteAttempt(state.snapshot, migration!, { attempt, status: 'failed', statementsApplied, executionTimeMs });
  }
  options.on?.({ event: 'failed', migration: name, executionTimeMs: executionTimeMs ?? 0, failure });
}
