import type { Problem } from './errors.ts';
import type { TrackingNames } from './identifier.ts';
import type { EngineName, Migration } from './manifest.ts';
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

/** Tools whose own table has the name that ours has where nobody names it. */
const OF_OUR_NAME: readonly SourceTool[] = ['golang-migrate', 'dbmate', 'rails'];

/**
 * Finds that our table would have the place of the other tool's, and says which name to write. Without an explicit name a later change could
 * bring the default back: with an empty history, every migration would run again.
 */
export function ownTableProblem(
  { from, fromTable }: BaselineFrom,
  { schema, table }: TrackingNames,
  engine: EngineName,
): Problem | null {
  const theirs = fromTable?.split('.') ?? (OF_OUR_NAME.includes(from) ? ['schema_migrations'] : []);
  if (theirs.at(-1)?.toLowerCase() !== (table ?? 'schema_migrations').toLowerCase()) return null;
  const ours = schema ?? (engine === 'mysql' ? undefined : 'public');
  if (theirs.length > 1 && ours !== undefined && theirs.at(-2)!.toLowerCase() !== ours.toLowerCase()) return null;
  const name = theirs.at(-1)!;
  return {
    code: 'own-table',
    message:
      table === undefined
        ? `The table of ${from} is called ${name}, and so is the tracking table where the option table does not say otherwise`
        : `The option table names ${name}, which is the table of ${from}`,
    remedy:
      "Write table: 'aurora_migrations' (--table aurora_migrations), and keep it when the table of the other tool is gone",
  };
}
