import type { Problem } from '../core/errors.ts';
import type { HistoryEntry } from '../core/history.ts';
import type { Migration } from '../core/manifest.ts';
import type { Step } from '../core/plan.ts';
import type { FailureReport } from '../core/report.ts';
import type { AttemptRow, Failure, Run, ScriptRun } from '../engine/engine.ts';
import type { LostCalls } from './lost-calls.ts';
import type { WriteOptions } from './options.ts';
import type { Snapshot } from './snapshot.ts';

/** One script that a run executes: the up section of a migration, or its down section. */
export interface RunStep extends Pick<ScriptRun, 'name' | 'names' | 'from'> {
  /** Undefined: only the history knows it. */
  readonly migration: Migration | undefined;
  readonly mode: 'atomic' | 'stepwise';
  /** Its latest attempt in this direction failed or stopped on its way. */
  readonly wasTried: boolean;
}

/** What a run is going to do, and what stops it. */
export interface RunPlan<S extends RunStep> {
  readonly steps: readonly S[];
  /** The tracking tables, or the row of their migration, are missing. */
  readonly install: boolean;
  /** Steps of which rows are written before anything is executed. */
  readonly records: readonly Step[];
  readonly problems: readonly Problem[];
  readonly notes: readonly string[];
}

/** What is executed and recorded of one step, without what is the same for each. */
export type ScriptSource = Omit<ScriptRun, 'run' | 'tries' | 'stop' | 'pause' | 'waiting' | 'onStatement'>;

/** All in which `up` and `down` differ: what they plan, which scripts they execute, and how they report. */
export interface Direction<S extends RunStep, R> {
  readonly direction: 'up' | 'down';
  /** Executes nothing and reports the plan. @default false */
  readonly dryRun?: boolean;
  plan(state: RunState<S>): Promise<RunPlan<S>>;
  /** Records what the plan records and does not execute. Answers with the number of rows. */
  record?(state: RunState<S>, run: Run, records: readonly Step[]): Promise<number>;
  /** What the history says of the step. */
  entryOf(state: RunState<S>, step: S): HistoryEntry | undefined;
  /** @param last no further step of this run follows */
  script(state: RunState<S>, step: S, last: boolean): Promise<ScriptSource>;
  /** Records which names a step that is done joins with its own. */
  recordNames(state: RunState<S>, run: Run, step: S): Promise<void>;
  /** Describes a failure that this run has met, or the row of one. */
  describe(state: RunState<S>, step: S, failure: Failure | AttemptRow): Promise<FailureReport>;
  /** @param facts what every report has */
  report(state: RunState<S>, end: RunEnd, facts: RunFacts): Promise<R>;
}

/** What the reports of both directions tell of a run. */
export interface RunFacts {
  readonly runId: string;
  /** ISO 8601, UTC. */
  readonly startedAt: string;
  readonly executionTimeMs: number;
  readonly dataApiCalls: number;
}

/** How a run ends. */
export interface RunEnd {
  readonly outcome: 'done' | 'nothing-to-do' | 'planned' | 'failed' | 'stopped';
  readonly problems: readonly Problem[];
  readonly notes: readonly string[];
  /** The database has stopped answering: the report asks it nothing. @default false */
  readonly isSilent?: boolean;
}

/** How a turn under the lease ends; `again`: the outcome of a call is unknown, or the lease was lost, and another turn finds out. */
export type TurnEnd =
  | (RunEnd & {
      /** Nothing is left to do for the request: no further slice will come. */
      readonly finished: boolean;
      /** The lease was given back with the last call. @default false */
      readonly released?: boolean;
    })
  | 'again';

/** What changes while a run goes on. */
export interface RunState<S extends RunStep> {
  snapshot: Snapshot;
  runId: string;
  /** The steps of the first plan: of the one under the lease, as soon as there is one. */
  planned: readonly S[];
  /** The steps that the first plan under the lease has chosen; null before. */
  chosen: readonly S[] | null;
  /** The step that did not come to its end, as far as is known: the next turn finds out. `unknown`: its answer was lost. */
  lost: { readonly step: S; readonly before: HistoryEntry | undefined; readonly unknown: boolean } | null;
  /** Names, in the order in which they were applied or reverted. */
  readonly done: string[];
  readonly failures: Map<string, FailureReport>;
  /** This run has changed the schema, or may have, or has taken over what is there. */
  isSchemaChanged: boolean;
}

/** What stays the same during a run. */
export interface RunContext<S extends RunStep, R> {
  readonly options: WriteOptions;
  readonly direction: Direction<S, R>;
  readonly state: RunState<S>;
  readonly lostCalls: LostCalls;
  /** Milliseconds since 1970. */
  readonly startedAt: number;
  /** Milliseconds since 1970 after which no step is begun. */
  readonly deadline: number;
  /** Data API calls of the database before this run. */
  readonly firstCall: number;
}
