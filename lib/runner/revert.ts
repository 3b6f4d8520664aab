import { DatabaseError } from '../core/database.ts';
import type { Problem } from '../core/errors.ts';
import { locate } from '../core/locate.ts';
import type { FailureReport } from '../core/report.ts';
import { isUndoing } from '../core/state.ts';
import type { What } from '../core/undo.ts';
import type { AttemptRow, Failure, Run, ScriptOutcome } from '../engine/engine.ts';
import { INTERRUPTED } from '../engine/failure.ts';
import { attempt, whyStop } from './attempt.ts';
import { failureOf, reportFailedUndoing, toMigrationError, toProblem } from './failure.ts';
import { recordRestored } from './joined.ts';
import { newRun, type Turn, underLease } from './lease.ts';
import type { WriteOptions } from './options.ts';
import { look, type Picture } from './picture.ts';
import { type Undo, undoing } from './undoing.ts';
import { unheard } from './unheard.ts';
import { leaveFingerprint } from './verify.ts';

export interface RevertOptions extends WriteOptions {
  /** What to undo: so many of the newest, all above a version (`0`: all, where none has it), or what is newer than all that the manifest knows. */
  readonly what: What;
  /** Only say what would be executed. @default false */
  readonly dryRun?: boolean;
}

/** What a revert did, newest first. */
export interface RevertReport {
  /** `planned`: with `dryRun`, and there is something to undo. */
  readonly outcome: 'reverted' | 'nothing-to-do' | 'planned' | 'failed' | 'stopped';
  readonly runId: string;
  /** ISO 8601, UTC. */
  readonly startedAt: string;
  readonly reverted: readonly string[];
  /** What was to be done, as far as it was planned; with `dryRun` with the SQL. */
  readonly steps: readonly UndoStep[];
  readonly problems: readonly Problem[];
  /** Why the first that could not be undone could not, and which it is. */
  readonly failure: (FailureReport & { readonly migration: string }) | null;
  readonly executionTimeMs: number;
  readonly dataApiCalls: number;
}

export interface UndoStep {
  readonly migration: string;
  /** From where the down section was taken: the file, or what was stored when the migration was applied. */
  readonly from: 'file' | 'history';
  readonly statements: number;
  readonly sql?: string;
}

/**
 * Undo migrations with their down sections, newest first. One without a down section stops all of it beforehand, and one that fails leaves
 * those after it as they are. Throws a `MigrationError` where nothing at all could be done, `unknown-version` for one.
 */
export async function revert(options: RevertOptions): Promise<RevertReport> {
  const { database, engine, on = () => undefined } = options;
  const startedAt = Date.now();
  const firstCall = database.calls;
  const deadline = startedAt + (options.budgetMs ?? 3_600_000);
  const reverted: string[] = [];
  let runId = newRun(options).runId;
  let planned: readonly Undo[] = [];
  /** Set by the first turn: what another run does meanwhile changes nothing of it, nor does a lost answer. */
  let chosen: ReadonlySet<string> | undefined;
  let first: Picture;
  /** The one that did not come to its end, as far as is known. `unknown`: its answer was lost. */
  let lost: { undo: Undo; unknown: boolean } | null = null;
  const traceless = unheard(options);
  /** Something of the schema was undone, or may have been. */
  let isSchemaNew = false;

  try {
    first = await look(options, options.hook ?? null);
    const plan = await undoing(options, first, chosen);
    if ('problems' in plan) return report('stopped', plan);
    planned = plan.undos;
    if (planned.length === 0) return report('nothing-to-do');
    if (options.dryRun) return report('planned');
    const end = await underLease(options, deadline, first, turn);
    if ('problem' in end) return report('stopped', { problems: [end.problem] });
    return { ...end.value, dataApiCalls: database.calls - firstCall };
  } catch (error) {
    if (!(error instanceof DatabaseError) || reverted.length === 0) throw toMigrationError(error, engine);
    return report('stopped', { problems: [toProblem(error, engine)] });
  }

  async function turn(run: Run, unchanged: boolean): Promise<Turn<RevertReport>> {
    runId = run.runId;
    const end = await undoAll(run, unchanged ? first : await look(options, run.hook));
    const { schema } = options;
    // What `verify` will compare with is what this run leaves behind.
    if (end === 'again' || !schema || (!isSchemaNew && reverted.length === 0)) return end;
    const { server } = first.history;
    const { released } = await leaveFingerprint({ database, schema }, run, { server, finished: end.finished });
    return { ...end, released };
  }

  async function undoAll(run: Run, picture: Picture): Promise<Turn<RevertReport>> {
    const failed = await settle(picture);
    if (failed) return failed;
    const plan = await undoing(options, picture, chosen);
    if ('problems' in plan) return { value: report('stopped', plan), finished: true };
    const before = await failedBefore(run, plan.undos);
    if (before) return before;
    if (chosen === undefined) planned = plan.undos;
    chosen ??= new Set(planned.map(({ entry }) => entry.name));
    for (const one of plan.undos) {
      const stop = whyStop(options, deadline);
      if (stop) return stopped(stop);
      const { name } = one.entry;
      const unanswered = traceless.failure(name, null);
      if (unanswered) return fail(one, unanswered, 0);
      on({ event: 'started', migration: name, number: reverted.length + 1, of: chosen.size });
      const outcome = await undo(run, one, one === plan.undos.at(-1));
      isSchemaNew ||= outcome.status === 'done' || one.down.facts.stepwise === true;
      if (outcome.status === 'failed') return fail(one, outcome.failure, outcome.executionTimeMs);
      if (outcome.status === 'stopped') return stopped(whyStop(options, deadline)!);
      if (outcome.status !== 'done') {
        lost = { undo: one, unknown: outcome.status === 'unknown' };
        return 'again';
      }
      await recordRestored(options, run, picture.history, one.entry);
      succeed(name, outcome.attempt, outcome.executionTimeMs);
    }
    return { value: report(reverted.length > 0 ? 'reverted' : 'nothing-to-do'), finished: true };
  }

  function stopped(why: Problem): Turn<RevertReport> {
    return { value: report('stopped', { problems: [why] }), finished: false };
  }

  async function undo(
    run: Run,
    { entry, migration, down }: Undo,
    last: boolean,
  ): Promise<ScriptOutcome | { status: 'unknown' }> {
    const { name, inForce } = entry;
    const { statementsChecksum } = inForce!;
    const version = migration?.version ?? /^\d+/.exec(name)?.[0] ?? null;
    const names = migration?.names ?? [];
    const script = {
      ...({ direction: 'down', name, version, checksum: statementsChecksum, statementsChecksum, names } as const),
      ...{ script: down, identity: null, downScript: null, from: 1, before: entry.latest, last, releases: false },
      onStatement: () => undefined,
    };
    const how = { name, names, tries: traceless.tries(name) };
    return attempt(options, run, how, deadline, request => engine.execute(database, { ...script, ...request }));
  }

  /** What became of the call whose answer was lost, in the words of its row. No row: it did nothing, and is tried again. */
  async function settle({ history }: Picture): Promise<Turn<RevertReport> | null> {
    if (!lost) return null;
    const { undo, unknown } = lost;
    lost = null;
    const { entry } = undo;
    const { name, latest: before } = entry;
    const latest = history.entries.get(name)?.latest;
    const isNew = latest !== undefined && latest.attempt > before.attempt;
    if (isNew && latest.status === 'reverted') {
      succeed(name, latest.attempt, latest.executionTimeMs ?? 0);
      return null;
    }
    const done = isNew ? (latest.statementsApplied ?? 0) : 0;
    // One that was cut off on its way is simply resumed.
    if (isNew && latest.status === 'failed' && done === 0) {
      const [row] = await engine.latest(database, [name]);
      if (row && row.errorCode !== INTERRUPTED.code) return failedAs(undo, row);
    }
    const farther = done > (isUndoing(entry) ? (before.statementsApplied ?? 0) : 0);
    if (unknown) await traceless.note({ name, names: undo.migration?.names ?? [] }, farther);
    return null;
  }

  /** It failed for this very request already. Once is enough. */
  async function failedBefore(
    { requestId, requestedBy }: Run,
    undos: readonly Undo[],
  ): Promise<Turn<RevertReport> | null> {
    const names = undos
      .filter(({ entry }) => entry.latest.status === 'failed' && isUndoing(entry))
      .map(({ entry }) => entry.name);
    const rows = requestId === null || names.length === 0 ? [] : await engine.latest(database, names);
    const row = rows.find(one => one.requestedBy === requestedBy && one.errorCode !== INTERRUPTED.code);
    const undo = undos.find(({ entry }) => entry.name === row?.name);
    if (!row || !undo) return null;
    return failedAs(undo, row);
  }

  /** In the words of its row. */
  function failedAs(undo: Undo, row: AttemptRow): Turn<RevertReport> {
    const { remedy } = reportFailedUndoing(engine, row);
    return fail(undo, { ...failureOf(row), remedy }, row.executionTimeMs ?? 0);
  }

  function succeed(name: string, attempt: number, executionTimeMs: number): void {
    if (!reverted.includes(name)) reverted.push(name);
    on({ event: 'reverted', migration: name, executionTimeMs, attempt });
  }

  function fail({ entry, down, file, firstLine }: Undo, failure: Failure, executionTimeMs: number): Turn<RevertReport> {
    const { name } = entry;
    const remedy = failure.remedy ?? 'It is still applied: fix its down section and run `down` again';
    const { code, message, detail, hint, statement, atEnd } = failure;
    const place = file !== null && statement !== null ? locate(down, statement, message, firstLine) : null;
    const found: FailureReport = {
      code,
      message: atEnd ? `${message} (after the last statement, when the undoing ended)` : message,
      detail,
      hint,
      statement,
      file,
      line: place?.line ?? null,
      column: place?.column ?? null,
      remedy,
    };
    on({ event: 'failed', migration: name, executionTimeMs, failure: found });
    return { value: report('failed', { failure: { migration: name, ...found } }), finished: true };
  }

  function report(outcome: RevertReport['outcome'], more: Partial<RevertReport> = {}): RevertReport {
    return {
      outcome,
      runId,
      startedAt: new Date(startedAt).toISOString(),
      reverted,
      steps: planned.map(({ entry, down, file }) => ({
        migration: entry.name,
        from: file === null ? 'history' : 'file',
        statements: down.facts.lines.length,
        ...(options.dryRun && { sql: down.content }),
      })),
      problems: [],
      failure: null,
      executionTimeMs: Date.now() - startedAt,
      dataApiCalls: database.calls - firstCall,
      ...more,
    };
  }
}
