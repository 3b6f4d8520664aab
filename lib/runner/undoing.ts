import { MigrationError, type Problem } from '../core/errors.ts';
import type { HistoryEntry } from '../core/history.ts';
import {
  type Manifest,
  type Migration,
  type MigrationBody,
  type Script,
  TRACKING_MIGRATION,
} from '../core/manifest.ts';
import { compareMigrations, compareVersions } from '../core/order.ts';
import { isHalfDone, isInForce, missing, shortSum } from '../core/state.ts';
import type { RunnerOptions } from './options.ts';
import type { Picture } from './picture.ts';

/** What to undo: so many of the newest, all above a version (which stays; `0`: all), or what is newer than all that the manifest knows. */
export type What = { readonly steps: number } | { readonly to: string } | 'missing';

/** One migration to undo, and with which SQL. */
export interface Undo {
  readonly entry: HistoryEntry;
  readonly migration: Migration | undefined;
  readonly down: Script;
  /** Null: only the history knows it. */
  readonly file: string | null;
  /** The line of the file at which the down section begins. */
  readonly firstLine: number;
}

/** What is to be undone, newest first, or why it cannot be. `chosen`: the names that an earlier look has settled. */
export async function undoing(
  { database, engine, migrations, what }: RunnerOptions & { readonly what: What },
  picture: Picture,
  chosen: ReadonlySet<string> | undefined,
): Promise<{ undos: Undo[] } | { problems: Problem[] }> {
  const { manifest } = migrations;
  const { entries } = picture.history;
  const names = chosen ? [...chosen].filter(name => isInForce(entries.get(name))) : choose(manifest, picture, what);
  const problems = what === 'missing' ? [] : halfDone(manifest, picture, names);
  const undos: Undo[] = [];
  for (const name of names) {
    const entry = entries.get(name)!;
    const migration = manifest.migrations.find(one => one.name === name);
    const own = migration?.revertible ? await migrations.body(name) : null;
    const down = own?.down ?? (await engine.storedDown(database, name));
    const place = own ? placeOfDown(migration!, own) : { file: null, firstLine: 1 };
    if (down) undos.push({ entry, migration, down, ...place });
    else problems.push(noDown(name));
  }
  return problems.length > 0 ? { problems } : { undos };
}

/** Of a pair of files it is the other one; else what follows the up section. */
function placeOfDown({ file }: Migration, { up }: MigrationBody): { file: string; firstLine: number } {
  if (file.endsWith('.up.sql')) return { file: file.replace(/\.up\.sql$/, '.down.sql'), firstLine: 1 };
  return { file, firstLine: up.content.split('\n').length };
}

function noDown(name: string): Problem {
  return {
    code: 'no-down',
    message: `${name} has no down section, neither in a file nor stored with it`,
    remedy: 'Write one below `-- migrate:down`, or undo it with a new migration',
    migration: name,
  };
}

/** The names to undo, newest first: by their versions, for that is the order that people see. Throws `unknown-version`. */
function choose(manifest: Manifest, { history }: Picture, what: What): string[] {
  const strangers = missing(manifest, history);
  // What this code does not know of may hang together in any way, so it goes the way it came.
  if (what === 'missing')
    return strangers
      .filter(newerThan(manifest, history))
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

/**
 * Whether it came after all that is in force as this folder has it, by the same deploy hook: what is older has lost its file some time ago, and
 * its tables may be in use.
 */
function newerThan(manifest: Manifest, { entries }: Picture['history']): (stranger: HistoryEntry) => boolean {
  const own = manifest.migrations.flatMap(migration => {
    const entry = entries.get(migration.name);
    return isInForce(entry) && entry?.inForce?.statementsChecksum === shortSum(migration) ? [entry.inForce.at] : [];
  });
  const newest = own.reduce((one, other) => Math.max(one, other), 0);
  return ({ inForce }) => !inForce!.byOtherHook && inForce!.at > newest;
}

/** Migrations of which a part is in force, and which undoing others must not pass over. */
function halfDone(manifest: Manifest, { history }: Picture, undone: readonly string[]): Problem[] {
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
