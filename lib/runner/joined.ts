import type { History, HistoryEntry } from '../core/history.ts';
import { type Identity, identitiesOf } from '../core/identity.ts';
import type { Migration } from '../core/manifest.ts';
import type { Step } from '../core/plan.ts';
import { isHalfDone } from '../core/state.ts';
import type { Joined, Run } from '../engine/engine.ts';
import type { WriteOptions } from './options.ts';
import type { Snapshot } from './snapshot.ts';

/**
 * Writes down, in one call and before anything is executed, which migrations of these steps have a new name, and what recorded squashes
 * contain. Gives back how many rows that are.
 */
export async function recordJoined(
  { database, engine, migrations }: WriteOptions,
  run: Run,
  snapshot: Snapshot,
  steps: readonly Step[],
): Promise<number> {
  if (steps.every(({ reason, other }) => other === undefined && reason !== 'replaces')) return 0;
  const identities = identitiesOf(snapshot.history);
  const find = ({ migration }: Step) => migrations.manifest.migrations.find(({ name }) => name === migration)!;
  const moves = steps.flatMap(step => {
    const identity = step.other === undefined ? undefined : identities.get(step.other);
    return identity ? [{ migration: find(step), from: identity.name, halfDone: isHalfDone(identity), identity }] : [];
  });
  const replaced = steps
    .filter(({ reason }) => reason === 'replaces')
    .flatMap(step => containedIn(find(step), identities));
  if (moves.length + replaced.length === 0) return 0;
  const moved = moves.map(({ identity: _, ...move }) => move);
  await engine.store.recordJoined(database, run, { moved, replaced, restored: [] });
  for (const { migration, identity } of moves) noteMove(snapshot, migration, identity);
  for (const { name, by } of replaced) noteReplaced(snapshot, name, by);
  return moves.length + replaced.length;
}

/** After a squash was executed: older code finds what it contains applied. */
export async function recordContained(
  { database, engine }: WriteOptions,
  run: Run,
  snapshot: Snapshot,
  squash: Migration,
): Promise<void> {
  if (squash.replaces.length < 2) return;
  const replaced = containedIn(squash, identitiesOf(snapshot.history));
  if (replaced.length === 0) return;
  await engine.store.recordJoined(database, run, { moved: [], replaced, restored: [] });
  for (const { name, by } of replaced) noteReplaced(snapshot, name, by);
}

/** After a squash was undone: what it contains is undone with it. */
export async function recordRestored(
  { database, engine }: WriteOptions,
  run: Run,
  history: History,
  { names }: Identity,
): Promise<void> {
  // A name that a row names has a past.
  if (![...names].some(name => history.entries.get(name)?.past)) return;
  const restored = [...new Set(identitiesOf(history).values())]
    .filter(({ replacedBy }) => replacedBy !== null && names.has(replacedBy))
    .map(({ name }) => name);
  if (restored.length > 0) await engine.store.recordJoined(database, run, { moved: [], replaced: [], restored });
}

/** A migration that replaces one other is that one under a new name; only a squash contains others. */
function containedIn(squash: Migration, identities: ReadonlyMap<string, Identity>): Joined['replaced'] {
  if (squash.replaces.length < 2) return [];
  return squash.replaces
    .filter(({ name }) => identities.get(name)?.inForce?.status !== 'replaced')
    .map(({ name, checksum }) => ({ name, by: squash.name, checksum }));
}

function noteMove({ entries, resumes }: Snapshot, { name }: Migration, identity: Identity): void {
  const { latest, inForce } = identity;
  const attempt = (entries.get(name)?.latest.attempt ?? 0) + 1;
  const at = Date.now();
  entries.set(name, {
    name,
    latest: { ...latest, attempt, at },
    inForce: inForce && { ...inForce, at, byOtherHook: false },
    past: [...(entries.get(name)?.past ?? []), { kind: 'moved', at, other: identity.name }],
  });
  for (const known of identity.names) joinPast(entries, known);
  if (isHalfDone(identity)) resumes.set(name, { done: latest.statementsApplied ?? 0, edited: null });
}

/** A name that is joined from now on tells when it was executed by its past. */
function joinPast(entries: Map<string, HistoryEntry>, name: string): void {
  const entry = entries.get(name);
  if (!entry || entry.past) return;
  const executed = entry.inForce?.status === 'applied' ? [{ kind: 'executed' as const, at: entry.inForce.at }] : [];
  entries.set(name, { ...entry, past: executed });
}

function noteReplaced({ entries }: Snapshot, name: string, by: string): void {
  joinPast(entries, name);
  const before = entries.get(name);
  const at = Date.now();
  const statementsChecksum = before?.inForce?.statementsChecksum ?? '';
  entries.set(name, {
    name,
    latest: {
      attempt: (before?.latest.attempt ?? 0) + 1,
      direction: 'up',
      status: 'replaced',
      statementsChecksum,
      statementsApplied: 0,
      at,
      executionTimeMs: null,
    },
    inForce: { status: 'replaced', statementsChecksum, at, byOtherHook: false },
    past: [...(before?.past ?? []), { kind: 'replaced', at, other: by }],
  });
}
