import { MigrationError, type Problem } from '../core/errors.ts';
import type { HistoryEntry } from '../core/history.ts';
import { type Manifest, TRACKING_MIGRATION } from '../core/manifest.ts';
import { compareMigrations, compareVersions } from '../core/order.ts';
import { isHalfDone, isInForce, missing } from '../core/state.ts';
import type { Picture } from './picture.ts';

/** What to undo: so many of the newest, all above a version (which stays; `0`: all), or what is in force and not in the manifest. */
export type What = { readonly steps: number } | { readonly to: string } | 'missing';

/** The names to undo, newest first: by their versions, for that is the order that people see. Throws `unknown-version`. */
export function choose(manifest: Manifest, { history }: Picture, what: What): string[] {
  const strangers = missing(manifest, history);
  // What this code does not know of may hang together in any way, so it goes the way it came.
  if (what === 'missing')
    return strangers
      .sort((a, b) => b.inForce!.at - a.inForce!.at || (a.name < b.name ? 1 : -1))
      .map(({ name }) => name);
  const known = versioned(manifest).map(({ name }) => history.entries.get(name));
  const inForce = [...known, ...strangers]
    .filter((entry): entry is HistoryEntry => isInForce(entry))
    .flatMap(({ name }) => ordered(name))
    .sort((a, b) => compareMigrations(b, a));
  if ('steps' in what) return inForce.slice(0, what.steps).map(({ name }) => name);
  const floor = versionOf(manifest, [...history.entries.keys()], what.to);
  return inForce.filter(({ version }) => compareVersions(version, floor) > 0).map(({ name }) => name);
}

/** Migrations of which a part is in force, and which undoing others must not pass over. */
export function halfDone(manifest: Manifest, { history }: Picture, undone: readonly string[]): Problem[] {
  const lowest = undone.flatMap(ordered).at(-1);
  if (!lowest) return [];
  return versioned(manifest)
    .filter(one => {
      const entry = history.entries.get(one.name);
      return entry && isHalfDone(entry) && compareVersions(one.version!, lowest.version) >= 0;
    })
    .map(({ name }) => ({
      code: 'half-done',
      message: `${name} is half done: some of its statements are in force, others are not`,
      remedy: 'Run it to its end first (`up`), then undo it',
      migration: name,
    }));
}

function versioned(manifest: Manifest) {
  return manifest.migrations.filter(one => one.name !== TRACKING_MIGRATION && one.version !== null);
}

/** The version in a name; a repeatable migration has none, and is not undone by version. */
function ordered(name: string): { name: string; version: string }[] {
  const version = /^\d+/.exec(name)?.[0];
  return version === undefined ? [] : [{ name, version }];
}

/** The version that is meant: a number (`2`, `002`) or a name that the folder or the history knows, or 0. */
function versionOf(manifest: Manifest, recorded: readonly string[], to: string): string {
  if (/^0+$/.test(to)) return to;
  const known = [...new Set([...versioned(manifest).map(({ name }) => name), ...recorded])]
    .filter(name => name !== TRACKING_MIGRATION)
    .flatMap(ordered)
    .sort(compareMigrations);
  const isIt = ({ name, version }: { name: string; version: string }) =>
    name === to || (/^\d+$/.test(to) && compareVersions(version, to) === 0);
  const found = known.find(isIt);
  if (found) return found.version;
  const range =
    known.length === 0 ? 'there are none' : `the first is ${known[0]!.version}, the last ${known.at(-1)!.version}`;
  throw new MigrationError({
    code: 'unknown-version',
    message: `There is no migration of version ${JSON.stringify(to)}, in the folder or in the database (${range})`,
    remedy: 'Name the version that is to stay, for example 002, or 0 to undo all',
  });
}
