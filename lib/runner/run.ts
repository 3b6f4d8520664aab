import { DatabaseError } from '../core/database.ts';
import type { Problem } from '../core/errors.ts';
import { pause, sleep } from '../core/sleep.ts';
import type { Run } from '../engine/engine.ts';
import { toMigrationError, toProblem } from './failure.ts';
import { leaveFingerprint } from './fingerprint.ts';
import { guarded } from './guarded.ts';
import { acquireLease, leaseHeld, newRun, releaseLease } from './lease.ts';
import { failedForThisRequest, resolveLostCall } from './lost-call.ts';
import { countLostCalls } from './lost-calls.ts';
import type { WriteOptions } from './options.ts';
import { noteDone, noteFailure, noteInstalled } from './record-outcome.ts';
import type { Direction, RunContext, RunEnd, RunPlan, RunStep, TurnEnd } from './run-state.ts';
import { runStep, whyStop } from './run-step.ts';
import { readSnapshot } from './snapshot.ts';

/**
 * Runs a plan in one direction, under the lease. Expected failures are in the report; throws a `MigrationError` only where nothing at all could
 * be done.
 */
export async function run<S extends RunStep, R>(options: WriteOptions, direction: Direction<S, R>): Promise<R> {
  const context = await guarded(options.engine.diagnostics, () => begin(options, direction));
  const { state, deadline } = context;
  try {
    const plan = await direction.plan(state);
    state.planned = plan.steps;
    const idle = whyIdle(plan, direction.dryRun);
    if (idle) return await report(context, { ...plan, outcome: idle });
    if (!state.snapshot.history.installed) await noteInstalled(context, newRun(options));
    let lease = await acquireLease(options, deadline, state.snapshot.history.leaseTaken);
    for (let turn = 1; ; turn++) {
      if ('problem' in lease) return await report(context, stopped(lease.problem));
      const { run, unchanged } = lease;
      let end: TurnEnd | undefined;
      try {
        end = await finish(context, run, await takeTurn(context, run, unchanged));
      } finally {
        // After a lost call the next turn takes the lease over under another run id.
        if (end !== 'again' && !end?.released) await releaseLease(options, run, end?.finished === true);
      }
      if (end !== 'again') return await report(context, end);
      const late = Date.now() > deadline || options.signal?.aborted;
      if (late) return await report(context, stopped(leaseHeld('a call of this run, whose answer was lost')));
      await sleep(pause(turn, 100, 3000), options.signal);
      lease = await acquireLease(options, deadline, null, run);
    }
  } catch (error) {
    if (!(error instanceof DatabaseError) || state.done.length === 0)
      throw toMigrationError(error, options.engine.diagnostics);
    return await report(context, { ...stopped(toProblem(error, options.engine.diagnostics)), isSilent: true });
  }
}

async function begin<S extends RunStep, R>(
  options: WriteOptions,
  direction: Direction<S, R>,
): Promise<RunContext<S, R>> {
  const startedAt = Date.now();
  const firstCall = options.database.calls;
  return {
    options,
    direction,
    lostCalls: countLostCalls(options),
    startedAt,
    deadline: startedAt + (options.budgetMs ?? 3_600_000),
    firstCall,
    state: {
      snapshot: await readSnapshot(options, options.hook ?? null),
      runId: newRun(options).runId,
      planned: [],
      chosen: null,
      lost: null,
      done: [],
      failures: new Map(),
      isSchemaChanged: false,
    },
  };
}

/** Why nothing is executed, or null. */
function whyIdle({ steps, records, install, problems }: RunPlan<RunStep>, dryRun = false): RunEnd['outcome'] | null {
  if (problems.length > 0) return 'stopped';
  if (steps.length + records.length === 0 && !install) return 'nothing-to-do';
  return dryRun ? 'planned' : null;
}

function report<S extends RunStep, R>(
  { options, direction, state, startedAt, firstCall }: RunContext<S, R>,
  end: RunEnd,
): Promise<R> {
  return direction.report(state, end, {
    runId: state.runId,
    startedAt: new Date(startedAt).toISOString(),
    executionTimeMs: Date.now() - startedAt,
    dataApiCalls: options.database.calls - firstCall,
  });
}

function stopped(problem: Problem, notes: readonly string[] = []): RunEnd {
  return { outcome: 'stopped', problems: [problem], notes };
}

/** One turn under the lease: finds the outcome of a lost call, plans anew, records what is not executed, runs the steps. */
async function takeTurn<S extends RunStep, R>(
  context: RunContext<S, R>,
  run: Run,
  unchanged: boolean,
): Promise<TurnEnd> {
  const { options, direction, state, deadline } = context;
  state.runId = run.runId;
  // Until the lease was granted another run may have written.
  if (!unchanged) state.snapshot = await readSnapshot(options, run.hook, state.snapshot);
  const resolved = await resolveLostCall(context);
  const plan = await direction.plan(state);
  const failed = resolved === 'failed' || (!resolved && (await failedForThisRequest(context, run, plan.steps)));
  if (failed) return { ...plan, outcome: 'failed', finished: true };
  if (plan.problems.length > 0) return { ...plan, outcome: 'stopped', finished: true };
  if (!state.chosen) state.planned = state.chosen = plan.steps;
  if (plan.install) await noteInstalled(context, run);
  const recorded = (await direction.record?.(state, run, plan.records)) ?? 0;
  const of = state.done.length + plan.steps.length;
  let released = false;
  for (const step of plan.steps) {
    const stop = whyStop(options, deadline);
    if (stop) return { ...stopped(stop, plan.notes), finished: false };
    options.on?.({ event: 'started', migration: step.name, number: state.done.length + 1, of });
    const outcome = await runStep(context, run, step, step === plan.steps.at(-1));
    // A stepwise script may have changed something whatever became of it.
    state.isSchemaChanged ||= step.mode === 'stepwise';
    switch (outcome.status) {
      case 'done':
        released = outcome.released === true;
        noteDone(context, step, outcome);
        await direction.recordNames(state, run, step);
        break;
      case 'failed':
        noteFailure(context, step, await direction.describe(state, step, outcome.failure), outcome);
        return { ...plan, outcome: 'failed', finished: true };
      case 'stopped':
        state.snapshot = await readSnapshot(options, run.hook, state.snapshot);
        return { ...stopped(whyStop(options, deadline)!, plan.notes), finished: false };
      default:
        state.lost = { step, before: direction.entryOf(state, step), unknown: outcome.status === 'unknown' };
        return 'again';
    }
  }
  const outcome = state.done.length + recorded > 0 ? 'done' : 'nothing-to-do';
  return { ...plan, outcome, finished: true, released };
}

/** Leaves the fingerprint of the schema, with which `verify` compares, where this run changed something. */
async function finish<S extends RunStep, R>(
  { options, state }: RunContext<S, R>,
  run: Run,
  end: TurnEnd,
): Promise<TurnEnd> {
  if (end === 'again' || !options.schema || !state.isSchemaChanged) return end;
  const { server } = state.snapshot.history;
  const { released, note } = await leaveFingerprint(options, run, { server, finished: end.finished });
  return { ...end, notes: note ? [...end.notes, note] : end.notes, released };
}
