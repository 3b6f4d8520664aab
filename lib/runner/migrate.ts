import { type Migration, TRACKING_MIGRATION } from '../core/manifest.ts';
import { executes, hasBegun, type Step } from '../core/plan.ts';
import type { Report } from '../core/report.ts';
import { isHalfDone, isInForce } from '../core/state.ts';
import type { AttemptRow, Failure, Run } from '../engine/engine.ts';
import { reportFailedAttempt, reportFailure, withTakeOver } from './failure.ts';
import { recordContained, recordJoined } from './joined.ts';
import type { MigrateOptions } from './options.ts';
import { describeMigrations, warnings } from './report.ts';
import { run } from './run.ts';
import type { Direction, RunEnd, RunFacts, RunPlan, RunState, RunStep, ScriptSource } from './run-state.ts';
import { noteAttempt, planFor, type Snapshot } from './snapshot.ts';
import { upScript } from './up-script.ts';

/**
 * Applies what is pending. Expected failures (a failed migration, a stopped plan, a database that stops answering half-way) are in the report;
 * only a run that could do nothing at all throws, a `MigrationError`.
 */
export function migrate(options: MigrateOptions): Promise<Report> {
  return run(options, new Up(options));
}

interface UpStep extends RunStep {
  readonly migration: Migration;
}

type State = RunState<UpStep>;

/** Applies migrations of the folder, in its order, by their up sections. */
class Up implements Direction<UpStep, Report> {
  readonly direction = 'up';
  readonly #options: MigrateOptions;

  constructor(options: MigrateOptions) {
    this.#options = options;
  }

  async plan({ snapshot }: State): Promise<RunPlan<UpStep>> {
    const { steps, problems, notes } = planFor(this.#options, snapshot);
    const executed = steps.filter(step => executes(step) && step.migration !== TRACKING_MIGRATION);
    return {
      steps: executed.map(step => this.#stepOf(step)),
      install: steps.some(({ migration }) => migration === TRACKING_MIGRATION),
      records: steps.filter(step => !executes(step) || step.other !== undefined),
      problems,
      notes,
    };
  }

  #stepOf({ migration: name, mode, from, reason }: Step): UpStep {
    const migration = this.#find(name);
    const wasTried = reason === 'failed' || reason === 'resumed';
    return { name, names: migration.names, migration, mode, from, wasTried };
  }

  #find(name: string): Migration {
    return this.#options.migrations.manifest.migrations.find(one => one.name === name)!;
  }

  async record(state: State, run: Run, records: readonly Step[]): Promise<number> {
    const { engine, database } = this.#options;
    const baselined = records
      .filter(step => isBaselined(step, state.snapshot))
      .map(({ migration }) => this.#find(migration));
    if (baselined.length > 0) {
      await engine.store.recordBaseline(database, run, baselined);
      state.isSchemaChanged = true;
    }
    const row = { attempt: 1, status: 'baselined', statementsApplied: 0, executionTimeMs: 0 } as const;
    for (const migration of baselined) noteAttempt(state.snapshot, migration, row);
    return baselined.length + (await recordJoined(this.#options, run, state.snapshot, records));
  }

  entryOf({ snapshot }: State, { name }: UpStep) {
    return snapshot.entries.get(name);
  }

  async script(state: State, step: UpStep, last: boolean): Promise<ScriptSource> {
    const { migration, from } = step;
    const entry = this.entryOf(state, step);
    return {
      ...upScript(migration, await this.#options.migrations.body(migration.name)),
      before: entry?.latest ?? null,
      // The rows of a name that is joined with others do not tell its state.
      ...(entry?.past && { seenAttempt: entry.latest.attempt }),
      from,
      last,
      // A fingerprint of the schema is left under the lease, and so is what a squash contains.
      releases: last && this.#options.schema === undefined && migration.replaces.length < 2,
    };
  }

  recordNames({ snapshot }: State, run: Run, { migration }: UpStep): Promise<void> {
    return recordContained(this.#options, run, snapshot, migration);
  }

  async describe({ snapshot }: State, { name, migration }: UpStep, failure: Failure | AttemptRow) {
    const { manifest, body } = this.#options.migrations;
    const wasApplied = isInForce(snapshot.entries.get(name));
    const report =
      'errorCode' in failure
        ? reportFailedAttempt(this.#options.engine, failure, migration, await body(name), wasApplied)
        : reportFailure(migration, await body(name), failure, wasApplied);
    return withTakeOver(report, hasBegun(manifest, snapshot.history));
  }

  async report({ snapshot, done, failures }: State, { outcome, problems, notes, isSilent }: RunEnd, facts: RunFacts) {
    // The attempts that failed before are left out where the database does not answer any more.
    const all = await describeMigrations(this.#options, snapshot, failures, isSilent);
    const warned = warnings(this.#options, outcome === 'nothing-to-do' ? snapshot : onlyHalfDone(snapshot));
    return {
      outcome: outcome === 'done' || outcome === 'planned' ? ('applied' as const) : outcome,
      ...facts,
      ...all,
      applied: done,
      problems,
      notes: [...notes, ...warned],
    };
  }
}

/** What a run that did something leaves as it was, of all that is wrong. */
function onlyHalfDone({ unfinished }: Snapshot): Pick<Snapshot, 'unfinished'> {
  return { unfinished: unfinished.filter(({ entry }) => isHalfDone(entry)) };
}

/** Recorded as applied and not executed: what the option `baseline` covers, and a squash of which everything is applied. */
function isBaselined({ migration, reason }: Step, { entries }: Snapshot): boolean {
  if (reason === 'baseline') return true;
  return reason === 'replaces' && !isInForce(entries.get(migration));
}
