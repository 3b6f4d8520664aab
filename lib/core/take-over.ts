import type { Problem } from './errors.ts';
import type { Migration } from './manifest.ts';
import type { SourceTool } from './source.ts';

/** Names the tool that has migrated a database so far: the option `baseline` in its second form. */
export interface BaselineFrom {
  /** The tool, as `-- Source:` names it. */
  readonly from: SourceTool;
  /** Its table, `schema.table` or `table`, where it has another name than usual. @default the usual name, in any schema */
  readonly fromTable?: string;
  /** Ids that the other tool has applied and for which no file is wanted here: migrations that are code. @default none */
  readonly skip?: readonly string[];
}

/** Which migrations are applied already, by another tool's account. */
export interface TakenOver {
  /** In order: they are recorded, not run. */
  readonly baselined: readonly Migration[];
  /** Not empty: nothing may be recorded and nothing run. */
  readonly problems: readonly Problem[];
  readonly notes: readonly string[];
}
