import type { Problem } from '../core/errors.ts';
import type { HistoryEntry } from '../core/history.ts';
import { locate } from '../core/locate.ts';
import type { FailureReport } from '../core/report.ts';
import { isUndoing } from '../core/state.ts';
import type { What } from '../core/undo.ts';
import type { AttemptRow, Failure, Run } from '../engine/engine.ts';
import { failureOf, reportFailedUndoing } from './failure.ts';
import { recordRestored } from './joined.ts';
import type { WriteOptions } from './options.ts';
import { planRevert, type Revert } from './revert-plan.ts';
import { run } from './run.ts';
import type { Direction, RunEnd, RunFacts, RunPlan, RunState, RunStep, ScriptSource } from './run-state.ts';

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
 * Reverts migrations with their down sections, newest first. One without a down section stops all of it beforehand, and one that fails leaves
 * those after it as they are. Throws a `MigrationError` where nothing at all could be done, `unknown-version` for one.
 */
export function revert(options: RevertOptions): Promise<RevertReport> {
  return run(options, new Down(options));
}

interface DownStep extends RunStep {
  readonly revert: Revert;
}

type State = RunState<DownStep>;

/** Reverts what is applied, newest first, by the down sections of the folder, or as they were stored. */
class Down implements Direction<DownStep, RevertReport> {
  readonly direction = 'down';
  readonly dryRun: boolean;
  readonly #options: RevertOptions;

  constructor(options: RevertOptions) {
    this.#options = options;
    this.dryRun = options.dryRun ?? false;
  }

  async plan({ snapshot, chosen }: State): Promise<RunPlan<DownStep>> {
    // What another run does meanwhile changes nothing of the choice, nor does a lost answer.
    const names = chosen?.map(({ name }) => name);
    const plan = await planRevert(this.#options, snapshot, names);
    const [steps, problems] = 'problems' in plan ? [[], plan.problems] : [plan.reverts.map(toStep), []];
    return { steps, install: false, records: [], problems, notes: [] };
  }

  entryOf(_: State, { revert }: DownStep): HistoryEntry {
    return revert.entry;
  }

  async script(_: State, { name, names, migration, from, revert }: DownStep, last: boolean): Promise<ScriptSource> {
    const { entry, down } = revert;
    const { statementsChecksum } = entry.inForce!;
    return {
      direction: 'down',
      name,
      version: migration?.version ?? /^\d+/.exec(name)?.[0] ?? null,
      checksum: statementsChecksum,
      statementsChecksum,
      names,
      script: down,
      identity: null,
      downScript: null,
      from,
      before: entry.latest,
      last,
      releases: false,
    };
  }

  recordNames({ snapshot }: State, run: Run, { revert }: DownStep): Promise<void> {
    return recordRestored(this.#options, run, snapshot.history, revert.entry);
  }

  async describe(_: State, { revert }: DownStep, failure: Failure | AttemptRow): Promise<FailureReport> {
    if (!('errorCode' in failure)) return describeFailure(revert, failure);
    const { remedy } = reportFailedUndoing(this.#options.engine, failure);
    return describeFailure(revert, { ...failureOf(failure), remedy });
  }

  async report({ done, failures, planned }: State, { outcome, problems }: RunEnd, facts: RunFacts) {
    const [failed] = [...failures];
    return {
      outcome: outcome === 'done' ? ('reverted' as const) : outcome,
      ...facts,
      reverted: done,
      steps: planned.map(({ name, revert: { down, file } }) => ({
        migration: name,
        from: file === null ? ('history' as const) : ('file' as const),
        statements: down.facts.lines.length,
        ...(this.dryRun && { sql: down.content }),
      })),
      problems,
      failure: failed ? { migration: failed[0], ...failed[1] } : null,
    };
  }
}

function toStep(revert: Revert): DownStep {
  const { entry, migration, down } = revert;
  return {
    name: entry.name,
    names: migration?.names ?? [],
    migration,
    mode: down.facts.stepwise ? 'stepwise' : 'atomic',
    from: isUndoing(entry) ? (entry.latest.statementsApplied ?? 0) + 1 : 1,
    wasTried: entry.latest.status === 'failed' && isUndoing(entry),
    revert,
  };
}

function describeFailure({ down, file, firstLine }: Revert, failure: Failure): FailureReport {
  const { code, message, detail, hint, statement, atEnd } = failure;
  const place = file !== null && statement !== null ? locate(down, statement, message, firstLine) : null;
  return {
    code,
    message: atEnd ? `${message} (after the last statement, when the undoing ended)` : message,
    detail,
    hint,
    statement,
    file,
    line: place?.line ?? null,
    column: place?.column ?? null,
    remedy: failure.remedy ?? 'It is still applied: fix its down section and run `down` again',
  };
}
