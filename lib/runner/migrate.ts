import { randomUUID } from 'node:crypto';
import { DatabaseError } from '../core/database.ts';
import type { Problem } from '../core/errors.ts';
import { type Migration, TRACKING_MIGRATION } from '../core/manifest.ts';
import type { Plan, Step } from '../core/plan.ts';
import type { FailureReport, Outcome, Report } from '../core/report.ts';
import { VERSION } from '../core/version.ts';
import type { Applied, Run } from '../engine/engine.ts';
import { reportFailure, toMigrationError, toProblem } from './failure.ts';
import type { MigrateOptions } from './options.ts';
import { describeAll, look, type Picture, planFor, withAttempt } from './picture.ts';
import { pause, sleep } from './sleep.ts';

/** How long a lease outlives the last sign of life of its run. Between two calls of a run lie milliseconds; its calls hold locks of their own. */
const LEASE_MS = 20_000;
/** How often a statement that meets a lock or a deadlock is tried. */
const TRIES = 6;

/**
 * Apply what is pending. Expected failures (a failed migration, a stopped plan, a database that stops answering half-way) are in the report;
 * only a run that could do nothing at all throws, a `MigrationError`.
 */
export async function migrate(options: MigrateOptions): Promise<Report> {
  const { database, engine, migrations, signal, on = () => undefined } = options;
  const hook = options.hook ?? null;
  const startedAt = Date.now();
  const firstCall = database.calls;
  const deadline = startedAt + (options.budgetMs ?? 600_000);
  const applied: string[] = [];
  const failures = new Map<string, FailureReport>();
  let run = newRun(options, null);
  let picture: Picture;

  try {
    picture = await look(options, hook);
    const plan = planFor(options, picture, options);
    if (plan.problems.length > 0) return await report('stopped', plan);
    if (plan.steps.length === 0) return await report('nothing-to-do', plan);
    if (!picture.history.installed) await install();
  } catch (error) {
    throw toMigrationError(error);
  }

  // Each turn holds a lease of its own. A second one comes about where the fate of a call is not known: under a new run id the lost call is
  // fenced off, and the history says what it did.
  let leased = false;
  try {
    for (let nth = 1; ; nth++) {
      const refusal = await lease();
      if (refusal) return await report('stopped', { steps: [], problems: [refusal], notes: [] });
      leased = true;
      // Read after the lease was granted: until then another run may have written.
      picture = await look(options, hook);
      const plan = planFor(options, picture, options);
      if (plan.problems.length > 0) return await report('stopped', plan);
      const end = await work(plan, nth);
      if (end !== 'again') return await report(end, plan);
      run = newRun(options, run.runId);
      leased = false;
      await sleep(pause(nth, 100, 3000), signal);
    }
  } catch (error) {
    if (!(error instanceof DatabaseError)) throw error;
    if (applied.length === 0) throw toMigrationError(error);
    return await report('stopped', { steps: [], problems: [toProblem(error)], notes: [] });
  } finally {
    // A lease that cannot be given back ends by itself.
    if (leased) await engine.release(database, run).catch(() => undefined);
  }

  /** Every step of the plan, up to the first that fails. */
  async function work({ steps }: Plan, nth: number): Promise<Outcome | 'again'> {
    const of = applied.length + steps.length;
    for (const step of steps) {
      const interrupted = signal?.aborted ? 'interrupted' : Date.now() > deadline ? 'out of time' : null;
      if (interrupted) return 'stopped';
      const migration = migrations.manifest.migrations.find(one => one.name === step.migration)!;
      if (migration.name === TRACKING_MIGRATION) {
        await install();
        continue;
      }
      on({ event: 'started', migration: migration.name, number: applied.length + 1, of });
      const outcome = await attempt(migration, step);
      switch (outcome.status) {
        case 'applied': {
          const { attempt, executionTimeMs } = outcome;
          picture = withAttempt(picture, migration, {
            attempt,
            status: 'applied',
            statementsApplied: migration.statements,
            executionTimeMs,
          });
          applied.push(migration.name);
          on({ event: 'applied', migration: migration.name, executionTimeMs, attempt });
          break;
        }
        case 'failed': {
          const { attempt, executionTimeMs } = outcome;
          const failure = reportFailure(migration, await migrations.body(migration.name), outcome.failure);
          failures.set(migration.name, failure);
          const statementsApplied = migration.mode === 'atomic' ? 0 : Math.max(0, (failure.statement ?? 1) - 1);
          picture = withAttempt(picture, migration, { attempt, status: 'failed', statementsApplied, executionTimeMs });
          on({ event: 'failed', migration: migration.name, executionTimeMs, failure });
          return 'failed';
        }
        default:
          // The time for settling what is unknown ends with the run's.
          if (Date.now() > deadline && nth > 1) return 'stopped';
          return 'again';
      }
    }
    return applied.length > 0 ? 'applied' : 'nothing-to-do';
  }

  async function attempt(migration: Migration, step: Step): Promise<Applied | { status: 'unknown' }> {
    const request = {
      run,
      migration,
      body: await migrations.body(migration.name),
      from: step.from,
      tries: TRIES,
      pause: (tried: number) => sleep(pause(tried, 250, 5000), signal),
      onStatement: (statement: number) =>
        on({ event: 'statement', migration: migration.name, statement, of: migration.statements }),
    };
    for (let nth = 1; ; nth++) {
      try {
        return await engine.apply(database, request);
      } catch (error) {
        if (!(error instanceof DatabaseError)) throw error;
        if (error.outcome === 'unknown') return { status: 'unknown' };
        // A function of ours is not there: somebody dropped it, or an older version made the tables.
        if (error.sqlState !== '42883' || nth > 1) throw error;
        await install();
      }
    }
  }

  /** Waits for the lease; answers with the problem when it cannot be had. */
  async function lease(): Promise<Problem | null> {
    const since = Date.now();
    for (let nth = 1; ; nth++) {
      const answer = await engine.acquire(database, run).catch((error: unknown) => {
        if (!(error instanceof DatabaseError) || error.outcome !== 'unknown' || Date.now() > deadline) throw error;
        run = newRun(options, run.runId);
        return { status: 'held' as const, by: 'a call without an answer' };
      });
      if (answer.status === 'acquired') return null;
      if (answer.status === 'superseded') return superseded;
      if (signal?.aborted || Date.now() > deadline) return held(answer.by);
      on({ event: 'waiting', what: `another run (${answer.by})`, seconds: Math.round((Date.now() - since) / 1000) });
      await sleep(pause(nth, 100, 2000), signal);
    }
  }

  async function install(): Promise<void> {
    const migration = migrations.manifest.migrations.find(one => one.name === TRACKING_MIGRATION)!;
    const began = Date.now();
    const first = !picture.history.entries.has(TRACKING_MIGRATION);
    if (first)
      on({ event: 'started', migration: migration.name, number: 1, of: migrations.manifest.migrations.length });
    const { up } = await migrations.body(migration.name);
    await engine.install(database, { migration, content: up.content, run });
    if (!first) return;
    const executionTimeMs = Date.now() - began;
    picture = withAttempt(picture, migration, {
      attempt: 1,
      status: 'applied',
      statementsApplied: migration.statements,
      executionTimeMs,
    });
    applied.push(migration.name);
    on({ event: 'applied', migration: migration.name, executionTimeMs, attempt: 1 });
  }

  async function report(
    outcome: Outcome,
    { problems, notes }: Pick<Plan, 'problems' | 'notes' | 'steps'>,
  ): Promise<Report> {
    const { migrations, counts } = await describeAll(options, picture, failures);
    // The release of the lease is counted, though it comes after this.
    const dataApiCalls = database.calls - firstCall + (leased ? 1 : 0);
    const executionTimeMs = Date.now() - startedAt;
    return {
      outcome,
      runId: run.runId,
      startedAt: new Date(startedAt).toISOString(),
      executionTimeMs,
      dataApiCalls,
      migrations,
      applied,
      counts,
      problems,
      notes,
    };
  }
}

function newRun({ hook, requestedBy, lockTimeoutMs }: MigrateOptions, previous: string | null): Run {
  return {
    runId: randomUUID(),
    previous,
    hook: hook ?? null,
    requestId: null,
    requestedBy,
    toolVersion: VERSION,
    leaseMs: LEASE_MS,
    lockTimeoutMs: lockTimeoutMs ?? 5000,
  };
}

const superseded: Problem = {
  code: 'superseded',
  message: 'A newer request of the same deploy hook has taken over',
  remedy: 'Nothing is to be done: the newer one does the work',
};

function held(by: string): Problem {
  return {
    code: 'lease-held',
    message: `Another run is still at work: ${by}`,
    remedy: 'Wait until it has ended, and run again; a run that died gives way by itself',
  };
}
