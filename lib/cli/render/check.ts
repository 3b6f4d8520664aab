import type { JudgedFinding } from '../../compile/index.ts';
import type { Problem } from '../../core/errors.ts';
import type { EngineName } from '../../core/manifest.ts';

/** What `check` found in a folder. */
export interface Check {
  readonly engine: EngineName;
  /** How many there are, besides the tracking tables. */
  readonly migrations: number;
  readonly errors: readonly Problem[];
  readonly warnings: readonly Problem[];
  /** What the safety rules found and no comment allows. */
  readonly findings: readonly JudgedFinding[];
}
