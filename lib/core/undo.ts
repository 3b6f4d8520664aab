import { MigrationError } from './errors.ts';
import type { History } from './history.ts';
import type { FactsByName, Identity } from './identity.ts';
import { type Manifest, TRACKING_MIGRATION } from './manifest.ts';
import { type Matched, match } from './match.ts';
import { versionOf } from './name-parts.ts';
import { compareMigrations, compareVersions } from './order.ts';
import { identityOf } from './plan.ts';
import { isInForce, shortSum } from './state.ts';

/** What to undo: so many of the newest, all above a version, which stays (`0`: all, where none has it), or what is newer than all that the manifest knows. */
export type What = { readonly steps: number } | { readonly to: string } | 'missing';

/**
 * The current names of what is to be undone, newest first: by their versions, for that is the order that people see. Throws
 * `unknown-version`.
 */
export function undoNames(manifest: Manifest, history: History, facts: FactsByName, what: What): string[] {
  const matched = match(manifest, history, facts);
  const unknown = matched.unknown.filter(one => isInForce(one));
  // What this code does not know of may hang together in any way, so it goes the way it came.
  if (what === 'missing')
    return unknown
      .filter(executedAfter(matched))
      .sort((a, b) => b.executedAt! - a.executedAt! || (a.name < b.name ? 1 : -1))
      .map(({ name }) => name);
  const known = versioned(manifest).map(migration => identityOf(matched, migration));
  const applied = [...known, ...unknown]
    .filter((entry): entry is Identity => isInForce(entry) && entry?.inForce?.status !== 'replaced')
    .flatMap(({ name }) => withVersion(name))
    .sort((a, b) => compareMigrations(b, a));
  if ('steps' in what) return applied.slice(0, what.steps).map(({ name }) => name);
  const floor = floorOf(manifest, [...history.entries.keys()], what.to);
  return applied.filter(({ version }) => compareVersions(version, floor) > 0).map(({ name }) => name);
}

/**
 * Whether it was executed after all that is applied as this folder has it, by the same deploy hook: what is older has lost its file some time
 * ago, and its tables may be in use. The time of the execution counts, not that of a row that only gave it another name; what was only
 * recorded never ran here.
 */
function executedAfter(matched: Matched): (unknown: Identity) => boolean {
  const own = [...matched.own, ...matched.moved].flatMap(([migration, one]) => {
    const isAsInFolder = isInForce(one) && one.inForce?.statementsChecksum === shortSum(migration);
    return isAsInFolder ? [one.executedAt ?? (one.inForce?.status === 'baselined' ? one.inForce.at : 0)] : [];
  });
  const newest = own.reduce((one, other) => Math.max(one, other), 0);
  return ({ inForce, executedAt }) =>
    inForce?.status !== 'replaced' && !inForce?.byOtherHook && executedAt !== null && executedAt > newest;
}

function versioned(manifest: Manifest) {
  return manifest.migrations.filter(one => one.name !== TRACKING_MIGRATION && one.version !== null);
}

/** The version in a name; a repeatable migration has none, and is not undone by version. */
export function withVersion(name: string): { name: string; version: string }[] {
  const version = versionOf(name);
  return version === null ? [] : [{ name, version }];
}

/** The version that is meant: a number (`2`, `002`) or a name that the folder or the history knows, or 0. */
function floorOf(manifest: Manifest, recorded: readonly string[], to: string): string {
  const known = [...new Set([...versioned(manifest).map(({ name }) => name), ...recorded])]
    .filter(name => name !== TRACKING_MIGRATION)
    .flatMap(withVersion)
    .sort(compareMigrations);
  const isIt = ({ name, version }: { name: string; version: string }) =>
    name === to || (/^\d+$/.test(to) && compareVersions(version, to) === 0);
  const found = known.find(isIt);
  if (found) return found.version;
  // Below every version that is there.
  if (/^0+$/.test(to)) return to;
  const range =
    known.length === 0 ? 'there are none' : `the first is ${known[0]!.version}, the last ${known.at(-1)!.version}`;
  throw new MigrationError({
    code: 'unknown-version',
    message: `There is no migration of version ${JSON.stringify(to)}, in the folder or in the database (${range})`,
    remedy: 'Name the version that is to stay, for example 002, or 0 to undo all',
  });
}
