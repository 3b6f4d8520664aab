import type { Problem } from '../core/errors.ts';
import type { Migration } from '../core/manifest.ts';
import type { BaselineFrom } from '../core/take-over.ts';
import { type Asked, type Store, takeOverFrom } from './take-over-from.ts';

/** What the runner's `baseline` answers. */
interface Report {
  readonly outcome: 'baselined' | 'nothing-to-do' | 'stopped';
  readonly baselined: readonly string[];
  readonly problems: readonly Problem[];
  readonly dataApiCalls: number;
}

/**
 * Records what another tool has applied in a database as applied; nothing is run. What was undone here since stays undone. `record` is the
 * runner's `baseline`.
 */
export async function baselineFrom<Options extends Asked & { readonly engine: { readonly store: Store } }>(
  options: Options,
  option: BaselineFrom,
  record: (options: Options & { readonly to: readonly Migration[] }) => Promise<Report>,
): Promise<Report & { readonly notes: readonly string[] }> {
  const { database, engine } = options;
  const firstCall = database.calls;
  // Throws where our own table is that of another tool.
  const { entries } = await engine.store.readHistory(database, null);
  const { baselined, problems, notes } = await takeOverFrom(option, options);
  const to = baselined.filter(({ name }) => entries.get(name)?.inForce?.status !== 'reverted');
  const stopped = { outcome: 'stopped', baselined: [], problems } as const;
  const report = problems.length > 0 ? stopped : await record({ ...options, to });
  return { ...report, notes, dataApiCalls: database.calls - firstCall };
}
