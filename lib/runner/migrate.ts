import { DatabaseError } from '../core/database.ts';
import type { Problem } from '../core/errors.ts';
import type { HistoryEntry } from '../core/history.ts';
import { type Migration, TRACKING_MIGRATION } from '../core/manifest.ts';
import { executes, hasBegun, type Plan, type Step } from '../core/plan.ts';
import type { FailureReport, Outcome, Report } from '../core/report.ts';
import { isHalfDone, isInForce, shortSum } from '../core/state.ts';
import type { AttemptRow, Run, ScriptOutcome, ScriptRun } from '../engine/engine.ts';
import { INTERRUPTED } from '../engine/failure.ts';
import { attempt, whyStop } from './attempt.ts';
import { reportFailedAttempt, reportFailure, toMigrationError, toProblem, withTakeOver } from './failure.ts';
import { recordContained, recordJoined } from './joined.ts';
import { newRun, type Turn, underLease } from './lease.ts';
import type { MigrateOptions } from './options.ts';
import { describeAll, look, noteAttempt, type Picture, planFor, warnings } from './picture.ts';
import { installTracking } from './tracking.ts';
import { unheard } from './unheard.ts';
import { upScript } from './up-script.ts';
import { leaveFingerprint } from './verify.ts';

/**
 * Apply what is pending. Expected failures (a failed migration, a stopped plan, a database that stops answering half-way) are in the report;
 * only a run that could do nothing at all throws, a `MigrationError`.
 */
export async function migrate(options: MigrateOptions): Promise<Report> {
  const { database, engine, migrations, schema, on = () => undefined } = options;
  const startedAt = Date.now();
  const firstCall = database.calls;
  const deadline = startedAt + (options.budgetMs ?? 3_600_000);
  const applied: string[] = [];
  const failures = new Map<string, FailureReport>();
  let runId = newRun(options).runId;
  let picture: Picture;
  /** The attempt that did not come to its end, as far as is known: the next turn finds out what became of it. `unknown`: its answer was lost. */
  let lost: { migration: Migration; before: HistoryEntry['latest'] | undefined; unknown: boolean } | null = null;
  const traceless = unheard(options);
  /** This run has changed the schema, or taken over what is there. */
  let isSchemaNew = false;

  try {
    picture = await look(options, options.hook ?? null);
    const plan = planFor(options, picture);
    if (plan.problems.length > 0) return await report('stopped', plan);
    if (plan.steps.length === 0) return await report('nothing-to-do', plan);
    if (!picture.history.installed) await install(newRun(options));
    const end = await underLease(options, deadline, picture, turn);
    if ('problem' in end) return await report('stopped', { problems: [end.problem], notes: [] });
    // The lease is often given back after the report was made.
    return { ...end.value, dataApiCalls: database.calls - firstCall };
  } catch (error) {
    if (!(error instanceof DatabaseError) || applied.length === 0) throw toMigrationError(error, engine);
    // What this run did is told, whether or not the database says more of what failed before.
    const silent = { ...options, engine: { ...engine, latest: async () => [] } };
    return await report('stopped', { problems: [toProblem(error, engine)], notes: [] }, silent);
  }

  async function turn(run: Run, unchanged: boolean): Promise<Turn<Report>> {
    runId = run.runId;
    // Until the lease was granted another run may have written.
    if (!unchanged) picture = await look(options, run.hook, picture);
    const settled = (await settle()) ?? (await failedBefore(run));
    const plan = planFor(options, picture);
    if (settled === 'failed') return { value: await report('failed', plan), finished: true };
    if (plan.problems.length > 0) return { value: await report('stopped', plan), finished: true };
    const baselined = plan.steps.filter(step => isBaselined(step, picture)).map(find);
    if (baselined.length > 0) await engine.baseline(database, run, baselined);
    const row = { attempt: 1, status: 'baselined', statementsApplied: 0, executionTimeMs: 0 } as const;
    for (const migration of baselined) noteAttempt(picture, migration, row);
    isSchemaNew ||= baselined.length > 0;
    const recorded = baselined.length + (await recordJoined(options, run, picture, plan.steps));
    const steps = plan.steps.filter(executes);
    const of = applied.length + steps.length;
    let released = false;
    for (const step of steps) {
      const stop = whyStop(options, deadline);
      if (stop) return stopped(stop);
      const migration = find(step);
      if (migration.name === TRACKING_MIGRATION) {
        await install(run);
        continue;
      }
      on({ event: 'started', migration: migration.name, number: applied.length + 1, of });
      const last = step === steps.at(-1);
      // A fingerprint of the schema is left under the lease.
      const releases = last && schema === undefined && migration.replaces.length < 2;
      const outcome = await apply(run, migration, { from: step.from, last, releases });
      if (outcome.status === 'failed') {
        await noteFailure(migration, outcome);
        return ended('failed', plan, run);
      }
      if (outcome.status === 'stopped') {
        picture = await look(options, run.hook, picture);
        isSchemaNew = true;
        return stopped(whyStop(options, deadline)!);
      }
      if (outcome.status !== 'done') {
        const before = picture.history.entries.get(migration.name)?.latest;
        lost = { migration, before, unknown: outcome.status === 'unknown' };
        return 'again';
      }
      noteSuccess(migration, outcome);
      await recordContained(options, run, picture, migration);
      released = outcome.released === true;
    }
    const outcome = applied.length + recorded > 0 ? 'applied' : 'nothing-to-do';
    return await ended(outcome, plan, run, released);

    function stopped(why: Problem): Promise<Turn<Report>> {
      return ended('stopped', { ...plan, problems: [why] }, run);
    }
  }

  /** The end of a run that had steps to take: what it leaves behind is what `verify` will compare with. */
  async function ended(outcome: Outcome, { problems, notes }: Plan, run: Run, released = false): Promise<Turn<Report>> {
    const { server } = picture.history;
    const finished = outcome !== 'stopped';
    const left = {
      released,
      note: null,
      ...(schema && isSchemaNew && (await leaveFingerprint({ database, schema }, run, { server, finished }))),
    };
    const value = await report(outcome, { problems, notes: left.note ? [...notes, left.note] : notes });
    return { value, finished, released: left.released };
  }

  function find(step: Step): Migration {
    return migrations.manifest.migrations.find(one => one.name === step.migration)!;
  }

  async function apply(run: Run, migration: Migration, how: Pick<ScriptRun, 'from' | 'last' | 'releases'>) {
    const { name, names, mode, statements } = migration;
    const body = await migrations.body(name);
    const onStatement = (statement: number) => on({ event: 'statement', migration: name, statement, of: statements });
    const failure = traceless.failure(name, mode === 'atomic' ? null : how.from);
    const about = { name, names, tries: traceless.tries(name) };
    const seen = seenAttempt(picture, name);
    const before = picture.history.entries.get(name)?.latest ?? null;
    const script = { ...upScript(migration, body), before, ...seen, ...how, onStatement };
    const outcome = await attempt(options, run, about, deadline, request =>
      failure
        ? engine.recordFailure(database, { ...script, ...request }, failure)
        : engine.execute(database, { ...script, ...request }),
    );
    if (!failure) return outcome;
    // Whether or not it could be written down.
    if (outcome.status === 'unknown') return { status: 'failed', attempt: 0, executionTimeMs: 0, failure } as const;
    return outcome.status === 'failed' ? { ...outcome, failure } : outcome;
  }

  /** It failed for this very request already: in an earlier slice, or in a run of the same event delivered twice. Once is enough. */
  async function failedBefore({ requestId, requestedBy }: Run): Promise<'failed' | null> {
    if (requestId === null) return null;
    const names = planFor(options, picture)
      .steps.filter(step => step.reason === 'failed' || step.reason === 'resumed')
      .map(step => step.migration);
    const rows = names.length === 0 ? [] : await engine.latest(database, names);
    const row = rows.find(
      one => one.requestedBy === requestedBy && one.status === 'failed' && one.errorCode !== INTERRUPTED.code,
    );
    return row ? noteFailedAttempt(row) : null;
  }

  /** What became of the call whose answer was lost, in the words of its row. No row: it did nothing, and is pending still. */
  async function settle(): Promise<'applied' | 'failed' | null> {
    if (!lost) return null;
    const { migration, before, unknown } = lost;
    lost = null;
    const latest = picture.history.entries.get(migration.name)?.latest;
    const isOurs = latest?.statementsChecksum === shortSum(migration) && latest.attempt > (before?.attempt ?? 0);
    if (isOurs && latest.status === 'applied') {
      noteSuccess(migration, { attempt: latest.attempt, executionTimeMs: latest.executionTimeMs ?? 0 });
      return 'applied';
    }
    // One that goes statement by statement, and was cut off, says that it is running, or was interrupted: it is simply resumed.
    if (isOurs && latest.status === 'failed') {
      const [row] = await engine.latest(database, [migration.name]);
      if (row && row.errorCode !== INTERRUPTED.code) return noteFailedAttempt(row);
    }
    const farther = isOurs && (latest.statementsApplied ?? 0) > (before?.statementsApplied ?? 0);
    if (unknown) await traceless.note(migration, farther);
    return null;
  }

  async function noteFailedAttempt(row: AttemptRow): Promise<'failed'> {
    const migration = migrations.manifest.migrations.find(one => one.name === row.name)!;
    const was = isInForce(picture.history.entries.get(row.name));
    const report = reportFailedAttempt(engine, row, migration, await migrations.body(row.name), was);
    const failure = withTakeOver(report, hasBegun(migrations.manifest, picture.history));
    failures.set(row.name, failure);
    on({ event: 'failed', migration: row.name, executionTimeMs: row.executionTimeMs ?? 0, failure });
    return 'failed';
  }

  function noteSuccess(
    migration: Migration,
    { attempt, executionTimeMs }: { attempt: number; executionTimeMs: number },
  ): void {
    noteAttempt(picture, migration, {
      attempt,
      status: 'applied',
      statementsApplied: migration.statements,
      executionTimeMs,
    });
    isSchemaNew = true;
    // One whose last checkpoint was lost is met again.
    if (!applied.includes(migration.name)) applied.push(migration.name);
    on({ event: 'applied', migration: migration.name, executionTimeMs, attempt });
  }

  async function noteFailure(
    migration: Migration,
    { attempt, executionTimeMs, ...outcome }: Extract<ScriptOutcome, { status: 'failed' }>,
  ) {
    const begun = hasBegun(migrations.manifest, picture.history);
    const was = isInForce(picture.history.entries.get(migration.name));
    const report = reportFailure(migration, await migrations.body(migration.name), outcome.failure, was);
    const failure = withTakeOver(report, begun);
    failures.set(migration.name, failure);
    const statementsApplied = migration.mode === 'atomic' ? 0 : Math.max(0, (failure.statement ?? 1) - 1);
    isSchemaNew ||= migration.mode === 'stepwise';
    noteAttempt(picture, migration, { attempt, status: 'failed', statementsApplied, executionTimeMs });
    on({ event: 'failed', migration: migration.name, executionTimeMs, failure });
  }

  async function install(run: Run): Promise<void> {
    const migration = migrations.manifest.migrations.find(one => one.name === TRACKING_MIGRATION)!;
    on({ event: 'started', migration: migration.name, number: 1, of: migrations.manifest.migrations.length });
    noteSuccess(migration, { attempt: 1, executionTimeMs: await installTracking(options, run) });
  }

  async function report(
    outcome: Outcome,
    { problems, notes }: Pick<Plan, 'problems' | 'notes'>,
    asked: MigrateOptions = options,
  ): Promise<Report> {
    const all = await describeAll(asked, picture, failures);
    const executionTimeMs = Date.now() - startedAt;
    const dataApiCalls = database.calls - firstCall;
    return {
      outcome,
      runId,
      startedAt: new Date(startedAt).toISOString(),
      executionTimeMs,
      dataApiCalls,
      ...all,
      applied,
      problems,
      notes: [...notes, ...warnings(asked, outcome === 'nothing-to-do' ? picture : onlyHalfDone(picture))],
    };
  }
}

/** Of what is wrong, what a run that did something else leaves as it was. */
function onlyHalfDone({ unfinished }: Picture): Pick<Picture, 'unfinished'> {
  return { unfinished: unfinished.filter(({ entry }) => isHalfDone(entry)) };
}

/** Written down as applied and not executed: what the option `baseline` covers, and a squash of which everything is applied. */
function isBaselined({ migration, reason }: Step, { entries }: Picture): boolean {
  if (reason === 'baseline') return true;
  return reason === 'replaces' && !isInForce(entries.get(migration));
}

/** Of a name that is joined with others: its own rows do not tell its state. */
function seenAttempt({ entries }: Picture, name: string): { seenAttempt?: number } {
  const entry = entries.get(name);
  return entry?.past ? { seenAttempt: entry.latest.attempt } : {};
}
