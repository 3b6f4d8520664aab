import { DatabaseError } from '../core/database.ts';
import type { Problem } from '../core/errors.ts';
import { pause, sleep } from '../core/sleep.ts';
import { type Failure, type Run, type ScriptOutcome, type ScriptRun, TrackingMissing } from '../engine/engine.ts';
import { installTracking } from './install.ts';
import type { WriteOptions } from './options.ts';
import { startProgress } from './progress.ts';
import type { RunContext, RunStep } from './run-state.ts';

/** How often a statement that meets a lock or a deadlock is tried. */
const MAX_TRIES = 6;

/**
 * Executes the script of a step, or records its failure where calls were lost too often, and installs what of the tracking tables was dropped
 * meanwhile. `unknown`: the answer was lost, and only the history can tell.
 */
export async function runStep<S extends RunStep, R>(
  context: RunContext<S, R>,
  run: Run,
  step: S,
  last: boolean,
): Promise<ScriptOutcome | { readonly status: 'unknown' }> {
  const { options, lostCalls } = context;
  const { database, engine } = options;
  const failure = lostCalls.failure(step.name, step.mode === 'atomic' ? null : step.from);
  const script = await scriptRun(context, run, step, last);
  for (let nth = 1; ; nth++) {
    const endProgress = startProgress(options, run, step.name);
    try {
      if (!failure) return await engine.executor.execute(database, script);
      const outcome = await engine.executor.recordFailure(database, script, failure);
      return outcome.status === 'failed' ? { ...outcome, failure } : outcome;
    } catch (error) {
      if (!(error instanceof DatabaseError)) throw error;
      if (error.outcome === 'unknown') {
        // Whether or not the failure could be recorded.
        return failure ? { status: 'failed', attempt: 0, executionTimeMs: 0, failure } : { status: 'unknown' };
      }
      if (!(error instanceof TrackingMissing) || nth > 1) throw error;
      await installTracking(options, run);
    } finally {
      endProgress();
    }
  }
}

/** The script of a step, with how it waits at locks and when it stops. */
async function scriptRun<S extends RunStep, R>(
  { options, direction, state, lostCalls, deadline }: RunContext<S, R>,
  run: Run,
  step: S,
  last: boolean,
): Promise<ScriptRun> {
  const { database, engine, signal, on } = options;
  const { name, names } = step;
  const source = await direction.script(state, step, last);
  const of = source.script.facts.lines.length;
  const stop = () => whyStop(options, deadline) !== null;
  return {
    ...source,
    run,
    tries: lostCalls.tries(name) ?? MAX_TRIES,
    stop,
    waiting: (what, seconds) => on?.({ event: 'waiting', what, seconds }),
    onStatement(statement) {
      if (direction.direction === 'up') on?.({ event: 'statement', migration: name, statement, of });
    },
    async pause(tried: number, { waitedFor }: Failure) {
      if (stop()) return;
      const holders = waitedFor ?? (await engine.diagnostics.lockHolders(database, names).catch(() => null));
      on?.({ event: 'waiting', what: holders ?? 'a lock', seconds: 0 });
      await sleep(pause(tried, 250, 5000), signal);
    },
  };
}

/** Why no further step is begun, or null. */
export function whyStop({ signal }: WriteOptions, deadline: number): Problem | null {
  if (signal?.aborted) return { code: 'interrupted', message: 'The run was told to end before all was done', remedy };
  if (Date.now() > deadline)
    return { code: 'out-of-time', message: 'The time of this run is over, and not all is done', remedy };
  return null;
}

const remedy = 'Run again: it goes on with what is left';
