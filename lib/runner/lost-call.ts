import { shortSum } from '../core/state.ts';
import type { AttemptRow, Run } from '../engine/engine.ts';
import { INTERRUPTED } from '../engine/failure.ts';
import { noteDone, noteFailure } from './record-outcome.ts';
import type { RunContext, RunState, RunStep } from './run-state.ts';

/** Finds the outcome of the step whose call was lost by the row of its attempt. Null: it has none, and the step is planned again. */
export async function resolveLostCall<S extends RunStep, R>(
  context: RunContext<S, R>,
): Promise<'done' | 'failed' | null> {
  const { options, direction, state, lostCalls } = context;
  if (!state.lost) return null;
  const { step, before, unknown } = state.lost;
  const latest = ownAttempt(context, state.lost);
  state.lost = null;
  if (latest?.status === (direction.direction === 'up' ? 'applied' : 'reverted')) {
    noteDone(context, step, { attempt: latest.attempt, executionTimeMs: latest.executionTimeMs ?? 0 });
    return 'done';
  }
  // The attempt of a stepwise script that was cut off is running, or was interrupted: it is resumed.
  if (latest?.status === 'failed') {
    const [row] = await options.engine.store.readLatest(options.database, [step.name]);
    if (row && isFailure(row)) {
      await noteRow(context, step, row);
      return 'failed';
    }
  }
  const isSameWay = before?.latest.direction === direction.direction;
  const doneBefore = isSameWay ? (before.latest.statementsApplied ?? 0) : 0;
  if (unknown) await lostCalls.note(step, (latest?.statementsApplied ?? 0) > doneBefore);
  return null;
}

/** The latest attempt of a lost step, where the run itself made it. */
function ownAttempt<S extends RunStep, R>(
  { direction, state }: RunContext<S, R>,
  { step, before }: NonNullable<RunState<S>['lost']>,
) {
  const latest = state.snapshot.entries.get(step.name)?.latest;
  if (latest?.direction !== direction.direction || latest.attempt <= (before?.latest.attempt ?? 0)) return undefined;
  // Another version of the file may have been applied meanwhile.
  const isAsSent = direction.direction === 'down' || latest.statementsChecksum === shortSum(step.migration!);
  return isAsSent ? latest : undefined;
}

/**
 * Whether a step of this plan failed for this very request already, in an earlier slice, or in a run of the same event delivered twice. A request
 * fails with a migration once.
 */
export async function failedForThisRequest<S extends RunStep, R>(
  context: RunContext<S, R>,
  { requestId, requestedBy }: Run,
  steps: readonly S[],
): Promise<boolean> {
  if (requestId === null) return false;
  const { engine, database } = context.options;
  const names = steps.filter(({ wasTried }) => wasTried).map(({ name }) => name);
  const rows = names.length === 0 ? [] : await engine.store.readLatest(database, names);
  const row = rows.find(one => one.requestedBy === requestedBy && one.status === 'failed' && isFailure(one));
  const step = steps.find(({ name }) => name === row?.name);
  if (!row || !step) return false;
  await noteRow(context, step, row);
  return true;
}

/** An attempt that was interrupted is no failure: it is resumed. */
function isFailure({ errorCode }: AttemptRow): boolean {
  return errorCode !== INTERRUPTED.code;
}

async function noteRow<S extends RunStep, R>(context: RunContext<S, R>, step: S, row: AttemptRow): Promise<void> {
  const { direction, state } = context;
  const { executionTimeMs } = row;
  noteFailure(context, step, await direction.describe(state, step, row), { executionTimeMs });
}
