import type { History, HistoryEntry } from './history.ts';
import { TRACKING_MIGRATION } from './manifest.ts';

/** One migration of the history under all the names that it has had in this database. `name` is the current one. */
export interface Identity extends HistoryEntry {
  readonly names: ReadonlySet<string>;
  /** When its statements were last executed here, in milliseconds since 1970; null: it was only recorded. */
  readonly executedAt: number | null;
  /** The name that the latest attempt has. */
  readonly latestName: string;
  /** The squash that contains it, where its state is `replaced`. */
  readonly replacedBy: string | null;
}

/** What a row tells of an executed migration beyond its checksum: needed to recognise its statements in another file. */
export interface IdentityFacts {
  /** See `Migration.once`. */
  readonly once: readonly string[];
  readonly names: readonly string[];
  readonly drops: readonly string[];
}

/** By the current name of the identity. */
export type FactsByName = ReadonlyMap<string, IdentityFacts>;

/** The identities of a history, by each of their names. The tracking tables are left out: they are no file of the folder. */
export function identitiesOf({ entries }: Pick<History, 'entries'>): ReadonlyMap<string, Identity> {
  const { groups, endedAt } = joinedNames(entries);
  const found = new Map<string, Identity>();
  for (const entry of entries.values()) {
    if (entry.name === TRACKING_MIGRATION || found.has(entry.name)) continue;
    const names = groups.get(entry.name) ?? new Set([entry.name]);
    const members = [...names].flatMap(name => {
      const member = entries.get(name);
      return member ? [asEnded(member, endedAt.get(name))] : [];
    });
    const identity = { ...merge(members), names };
    for (const name of names) found.set(name, identity);
  }
  return found;
}

/**
 * Joins names that were moved, in the order of time: a name belongs to the identity that it was moved from until that identity is reverted.
 * `endedAt`: when that was, for the names that have no row of it.
 */
function joinedNames(entries: History['entries']) {
  const groups = new Map<string, Set<string>>();
  const endedAt = new Map<string, number>();
  const events = [...entries.values()]
    .flatMap(({ name, past = [] }) => past.map(event => ({ ...event, name })))
    .sort((a, b) => a.at - b.at);
  for (const { kind, name, other, at } of events) {
    if (kind === 'moved' && other !== undefined) {
      const group = groups.get(other) ?? new Set([other]);
      if (groups.get(name) !== group) groups.get(name)?.delete(name);
      group.add(name);
      groups.set(name, group).set(other, group);
    } else if (kind === 'reverted') {
      for (const one of [...(groups.get(name) ?? [name])]) {
        endedAt.set(one, at);
        groups.set(one, new Set([one]));
      }
    }
  }
  return { groups, endedAt };
}

/** A name whose identity was reverted under another one of its names. */
function asEnded(entry: HistoryEntry, endedAt: number | undefined): HistoryEntry {
  if (endedAt === undefined) return entry;
  const past = (entry.past ?? []).filter(({ at }) => at > endedAt);
  const { latest, inForce } = entry;
  if (inForce === null || inForce.status === 'reverted' || inForce.at > endedAt) return { ...entry, past };
  const reverted = { status: 'reverted', at: endedAt } as const;
  return {
    ...entry,
    past,
    latest: latest.at > endedAt ? latest : { ...latest, ...reverted, statementsApplied: 0 },
    inForce: { ...inForce, ...reverted },
  };
}

/** The state of an identity is that of its latest attempts, whichever name they have. */
function merge(members: readonly HistoryEntry[]): Omit<Identity, 'names'> {
  const newest = (timeOf: (entry: HistoryEntry) => number) =>
    members.reduce((best, entry) => (timeOf(entry) >= timeOf(best) ? entry : best));
  const current = newest(({ latest, inForce }) =>
    Math.max(inForce?.at ?? 0, (latest.statementsApplied ?? 0) > 0 ? latest.at : 0),
  );
  const { latest, name: latestName } = newest(entry => entry.latest.at);
  const { inForce } = newest(entry => entry.inForce?.at ?? 0);
  const executed = members.flatMap(entry => executionOf(entry) ?? []);
  const replaced = inForce?.status === 'replaced' ? members.flatMap(({ past = [] }) => past) : [];
  return {
    name: current.name,
    latest,
    latestName,
    inForce,
    executedAt: executed.length === 0 ? null : Math.max(...executed),
    replacedBy: replaced.findLast(({ kind }) => kind === 'replaced')?.other ?? null,
  };
}

function executionOf({ inForce, past = [] }: HistoryEntry): number | undefined {
  if (past.length === 0) return inForce?.status === 'applied' ? inForce.at : undefined;
  const ended = past.findLast(({ kind }) => kind === 'reverted')?.at ?? 0;
  return past.findLast(({ kind, at }) => kind === 'executed' && at > ended)?.at;
}
