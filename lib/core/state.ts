import { type HistoryEntry, SHORT_CHECKSUM } from './history.ts';
import { type Migration, TRACKING_MIGRATION } from './manifest.ts';
import type { State } from './report.ts';

/** The checksum of the manifest as the history is read with. */
export function shortSum(migration: Migration): string {
  return migration.statementsChecksum.slice(0, SHORT_CHECKSUM);
}

/** What is true of a migration of the manifest, by what the history says of it. */
export function stateOf(migration: Migration, entry: HistoryEntry | undefined): Exclude<State, 'missing'> {
  if (!entry) return 'pending';
  // Its statements may all be run again and old ones stay, so one that is there is as good as applied, whatever version made it.
  if (migration.name === TRACKING_MIGRATION) return 'applied';
  const { latest, inForce } = entry;
  const sum = shortSum(migration);
  if (isHalfDone(entry)) return latest.status === 'running' ? 'pending' : 'failed';
  if (isHalfUndone(entry)) return 'failed';
  const asItIs = isInForce(entry) && inForce?.statementsChecksum === sum;
  if (latest.status === 'failed' && latest.statementsChecksum === sum && !asItIs) return 'failed';
  if (!inForce) return latest.status === 'failed' ? 'failed' : 'pending';
  // What a squash contains is never changed.
  if (inForce.status === 'reverted' || inForce.status === 'replaced') return inForce.status;
  return inForce.statementsChecksum === sum ? inForce.status : 'changed';
}

/** Some statements of its latest attempt are committed, others are not. Only a stepwise migration can be. */
export function isHalfDone(entry: HistoryEntry): boolean {
  return isUnfinished(entry) && (entry.latest.statementsApplied ?? 0) > 0 && !isUndoing(entry);
}

/** Some statements of its down section are done, others are not. Only one that goes statement by statement can be. */
export function isHalfUndone(entry: HistoryEntry): boolean {
  return isUndoing(entry) && (entry.latest.statementsApplied ?? 0) > 0;
}

/** Its latest attempt was to revert it, and did not come to its end. */
export function isUndoing(entry: HistoryEntry): boolean {
  return isUnfinished(entry) && entry.latest.direction === 'down';
}

/** Its latest attempt did not come to its end. */
export function isUnfinished({ latest }: Pick<HistoryEntry, 'latest'>): boolean {
  return latest.status === 'failed' || latest.status === 'running';
}

/** Its schema changes are in the database. */
export function isInForce(entry: HistoryEntry | undefined): boolean {
  const status = entry?.inForce?.status;
  return status === 'applied' || status === 'baselined' || status === 'replaced';
}

/** It is applied, or some of its statements are. */
export function isThere<T extends HistoryEntry>(entry: T | undefined): entry is T {
  return entry !== undefined && (isInForce(entry) || isHalfDone(entry));
}
