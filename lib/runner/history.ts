import { type Identity, identitiesOf } from '../core/identity.ts';
import { isInForce, isUndoing } from '../core/state.ts';
import type { AttemptRow, Engine } from '../engine/engine.ts';
import { reportFailedUndoing, reportUnknownFailure } from './failure.ts';
import { guarded } from './guarded.ts';
import type { Attempt, RunnerOptions } from './options.ts';

/** Reads attempts, newest first. @param options.limit how many, default 50 */
export function history(
  options: RunnerOptions & { readonly limit?: number; readonly migration?: string },
): Promise<readonly Attempt[]> {
  return guarded(options.engine.diagnostics, async () => {
    const { database, engine, limit = 50, migration } = options;
    const read = await engine.store.readHistory(database, null);
    if (!read.installed) return [];
    // Under all names that it has had here.
    const identities = identitiesOf(read);
    const names = migration === undefined ? undefined : [...(identities.get(migration)?.names ?? [migration])];
    const rows = await engine.store.readAttempts(database, { limit, names });
    return rows.map(row => toAttempt(row, remedyOf(engine, row, identities.get(row.name))));
  });
}

/** What to do about the latest attempt of a migration; null: it did not fail, or another one came after it. */
function remedyOf(engine: Engine, row: AttemptRow, identity: Identity | undefined): string | null {
  if (!identity || row.status !== 'failed' || identity.latestName !== row.name) return null;
  if (identity.latest.attempt !== row.attempt) return null;
  const report = isUndoing(identity)
    ? reportFailedUndoing(engine, row)
    : reportUnknownFailure(engine, row, isInForce(identity));
  return report.remedy;
}

function toAttempt({ startedAt, finishedAt, ...row }: AttemptRow, remedy: string | null): Attempt {
  return {
    ...row,
    remedy,
    startedAt: new Date(startedAt).toISOString(),
    finishedAt: finishedAt === null ? null : new Date(finishedAt).toISOString(),
  };
}
