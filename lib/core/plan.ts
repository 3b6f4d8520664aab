import type { Problem } from './errors.ts';

/** What to do with an applied migration whose statements were edited. @default 'reapply' */
export type OnChanged = 'reapply' | 'fail' | 'ignore';
/** What to do with a pending migration that is older than the newest applied one. @default 'apply' */
export type OutOfOrder = 'apply' | 'fail';

/** The steps that a run would take and the problems that stop it. */
export interface Plan {
  readonly steps: readonly Step[];
  /** Not empty: nothing is applied. */
  readonly problems: readonly Problem[];
  /** What deserves a word but stops nothing: late branches, missing migrations, ignored changes. */
  readonly notes: readonly string[];
}

export interface Step {
  readonly migration: string;
  readonly reason: 'pending' | 'failed' | 'changed' | 'reverted' | 'resumed';
  readonly mode: 'atomic' | 'stepwise';
  /** Number of the first statement to execute: above 1 where a stepwise migration is resumed. */
  readonly from: number;
  readonly statements: number;
}
