import type { MigrationReport, Report } from '../core/report.ts';
import type { BaselineFrom } from '../core/take-over.ts';
import type { Dump } from '../runner/dump.ts';
import type { Attempt, BaselineReport, Planned, RevertReport, Status } from '../runner/index.ts';
import type { VerifyReport } from '../runner/verify.ts';

/** The actions: what a command asks, and the answer that it shows. It is the same value from the runner here and from a deployed function. */
export interface Questions {
  status: { fields: Record<never, never>; answer: Status };
  plan: { fields: { sql?: true }; answer: Planned };
  history: { fields: { limit?: number; migration?: string }; answer: HistoryAnswer };
  migrate: { fields: Record<never, never>; answer: Report };
  revert: { fields: { to?: string; steps?: number; dryRun?: true }; answer: RevertReport };
  baseline: { fields: { to: string } | BaselineFrom; answer: BaselineReport };
  resolve: { fields: { migration: string; statement: number; as: 'done' | 'not-done' }; answer: ResolveAnswer };
  dump: { fields: { grants?: true; server?: true }; answer: Dump };
  verify: { fields: Record<never, never>; answer: VerifyReport };
}

export type Action = keyof Questions;

export type Ask = <A extends Action>(action: A, fields: Questions[A]['fields']) => Promise<Questions[A]['answer']>;

export interface HistoryAnswer {
  readonly attempts: readonly Attempt[];
  readonly dataApiCalls: number;
}

export interface ResolveAnswer {
  readonly migration: MigrationReport;
  readonly dataApiCalls: number;
}
