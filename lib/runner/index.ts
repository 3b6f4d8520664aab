import type { Plan } from '../core/plan.ts';
import type { MigrationReport, Report, State } from '../core/report.ts';
import type { Attempt, MigrateOptions, RunnerOptions } from './options.ts';

export type { Attempt, MigrateOptions, RunnerOptions } from './options.ts';

/** How things stand: no statement that changes anything is sent. Works before the tracking tables exist (everything is pending). */
export interface Status {
  readonly migrations: readonly MigrationReport[];
  readonly counts: Readonly<Record<State, number>>;
  readonly notes: readonly string[];
  readonly dataApiCalls: number;
}

/** Apply what is pending. Expected failures (a failed migration, a stopped plan) are in the report; only what no report can say is thrown. */
export declare function migrate(options: MigrateOptions): Promise<Report>;
export declare function status(options: RunnerOptions): Promise<Status>;
/** What `migrate` would do now. */
export declare function plan(options: RunnerOptions): Promise<Plan & { readonly dataApiCalls: number }>;
/** Attempts, newest first. @param limit how many, default 50 */
export declare function history(
  options: RunnerOptions & { readonly limit?: number; readonly migration?: string },
): Promise<readonly Attempt[]>;
/** Tell the history what a person found out about a statement whose outcome no program can know. */
export declare function resolve(
  options: RunnerOptions & {
    readonly migration: string;
    readonly statement: number;
    readonly as: 'done' | 'not-done';
    readonly requestedBy: string;
  },
): Promise<MigrationReport>;
