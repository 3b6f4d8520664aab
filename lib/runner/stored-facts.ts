import type { Database } from '../core/database.ts';
import type { Unfinished } from '../core/history.ts';
import type { IdentityFacts } from '../core/identity.ts';
import type { Engine } from '../engine/engine.ts';
import type { Attempt } from './options.ts';

/** What is stored of migrations besides their attempts. */
export interface StoredFacts {
  readonly facts: readonly (readonly [name: string, facts: IdentityFacts])[];
  /** How far those got that go statement by statement and did not come to their end. */
  readonly unfinished: readonly Unfinished[];
  /** Of the database, since it was opened. */
  readonly dataApiCalls: number;
}

/** Reads what a plan needs besides these attempts, newest first. One call for most folders, and one more where a migration is half done. */
export async function storedFacts(
  { database, engine }: { readonly database: Database; readonly engine: Pick<Engine, 'store'> },
  attempts: readonly Attempt[],
): Promise<StoredFacts> {
  const names = [...new Set(attempts.map(({ name }) => name))];
  if (names.length === 0) return { facts: [], unfinished: [], dataApiCalls: database.calls };
  const halfDone = attempts.filter(({ status, statementsApplied }) => status === 'failed' && statementsApplied);
  const unfinished = halfDone.length > 0 ? await engine.store.readUnfinished(database, names) : [];
  const facts = [...(await engine.store.readFacts(database, names))];
  return { facts, unfinished, dataApiCalls: database.calls };
}
