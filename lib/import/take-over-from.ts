import type { Database } from '../core/database.ts';
import { didYouMean } from '../core/did-you-mean.ts';
import type { Problem } from '../core/errors.ts';
import type { History } from '../core/history.ts';
import type { EngineName, Manifest } from '../core/manifest.ts';
import type { OutOfOrder } from '../core/plan.ts';
import { SOURCE_TOOLS, type SourceTool } from '../core/source.ts';
import type { BaselineFrom, TakenOver } from '../core/take-over.ts';
import { type OtherHistory, readApplied } from './read-applied.ts';
import { takeOver } from './take-over.ts';

/** What the question is asked with, as the runner's options have it. */
export interface Asked {
  readonly database: Database;
  readonly engine: { readonly name: EngineName; readonly store: Pick<Store, 'isEmpty'> };
  readonly migrations: { readonly manifest: Manifest };
  readonly outOfOrder?: OutOfOrder | undefined;
}

/**
 * Finds out which migrations another tool has applied in a database. `read` reads that tool's table where the database itself is out of reach.
 */
export async function takeOverFrom(
  option: BaselineFrom,
  { database, engine, migrations, outOfOrder }: Asked,
  read?: () => Promise<OtherHistory>,
): Promise<TakenOver> {
  const problem = unknownTool(option.from);
  if (problem) return { baselined: [], problems: [problem], notes: [] };
  const history = await (read ? read() : readApplied(database, engine.name, option));
  const isEmpty = history.table === null && (await engine.store.isEmpty(database));
  return takeOver(option, migrations.manifest, history, { isEmpty, outOfOrder });
}

function unknownTool(tool: string): Problem | null {
  if (SOURCE_TOOLS.includes(tool as SourceTool)) return null;
  const meant = didYouMean(tool, SOURCE_TOOLS);
  return {
    code: 'unknown-tool',
    message: `No table of a tool ${JSON.stringify(tool)} is known`,
    remedy: meant === undefined ? `The tools are ${SOURCE_TOOLS.join(', ')}` : `Did you mean ${meant}?`,
  };
}

/** What is asked of the tracking tables here. */
export interface Store {
  readHistory(database: Database, hook: string | null): Promise<History>;
  isEmpty(database: Database): Promise<boolean>;
}

/**
 * The engine of a database that another tool has migrated: as long as nothing of the folder is applied, its history says what that tool has
 * applied. From then on the other tool's table is not read any more.
 */
export function withOtherTool<E extends { readonly name: EngineName; readonly store: Store }>(
  engine: E,
  option: BaselineFrom,
  folder: Pick<Asked, 'migrations' | 'outOfOrder'>,
  read?: () => Promise<OtherHistory>,
): E {
  const { name, store } = engine;
  const readHistory: Store['readHistory'] = async (database, hook) => {
    const history = await store.readHistory(database, hook);
    if (hasBegun(history, folder.migrations.manifest)) return history;
    return { ...history, taken: await takeOverFrom(option, { ...folder, database, engine }, read) };
  };
  const readOther = (database: Database) => readApplied(database, name, option);
  return { ...engine, store: { ...store, readHistory, readApplied: readOther } };
}

/** Whether a versioned migration of the folder was ever applied here, or in part: what was undone since is not the other tool's any more. */
function hasBegun({ entries }: History, { migrations }: Manifest): boolean {
  return migrations.slice(1).some(({ name, version }) => {
    const entry = entries.get(name);
    return (
      version !== null && entry !== undefined && (entry.inForce !== null || (entry.latest.statementsApplied ?? 0) > 0)
    );
  });
}
