import type { Problem } from './errors.ts';
import type { History } from './history.ts';
import { type FactsByName, type Identity, type IdentityFacts, identitiesOf } from './identity.ts';
import * as problems from './identity-problems.ts';
import { type Manifest, type Migration, type Replaced, TRACKING_MIGRATION } from './manifest.ts';
import { sameVersion, versionOf, wordsOf } from './name-parts.ts';
import { compareMigrations, compareVersions } from './order.ts';
import { isHalfDone, isInForce, isThere, isUndoing, shortSum } from './state.ts';

/** Which migration of the history each file of the folder is. */
export interface Matched {
  /** Files that have a name of the identity, or that name it with `replaces:`. */
  readonly own: ReadonlyMap<Migration, Identity>;
  /** Files that were recognised by their statements: the identity has another name so far. */
  readonly moved: ReadonlyMap<Migration, Identity>;
  /** Squashes of which everything is applied here, with what they contain. */
  readonly absorbed: ReadonlyMap<Migration, readonly Identity[]>;
  /** Files that must not be applied: each has a problem. */
  readonly stuck: ReadonlySet<Migration>;
  /** Applied or half done here, and no file of the folder is it. */
  readonly unknown: readonly Identity[];
  /**
   * Those that failed last, of which the folder has no file, or the version that is applied, and since when nothing was applied, undone or
   * baselined.
   */
  readonly failed: readonly Identity[];
  readonly problems: readonly Problem[];
  readonly notes: readonly string[];
}

/** The files of a folder and what the history knows, while they are matched. Each identity stands for one file at most. */
interface Matching {
  readonly folder: readonly Migration[];
  readonly all: readonly Identity[];
  readonly byName: ReadonlyMap<string, Identity>;
  readonly facts: FactsByName;
  readonly own: Map<Migration, Identity>;
  readonly moved: Map<Migration, Identity>;
  readonly absorbed: Map<Migration, readonly Identity[]>;
  readonly taken: Set<Identity>;
  readonly stuck: Set<Migration>;
  readonly problems: Problem[];
}

/**
 * Matches the whole folder with the history at once: by name, by what a file says, by statements, then by what is left of a name. The order
 * decides; the document FORMAT.md holds it as a table. `facts`: those of `factsNeeded`, as far as they were read.
 */
export function match(manifest: Manifest, history: Pick<History, 'entries'>, facts: FactsByName = new Map()): Matched {
  const byName = identitiesOf(history);
  const work: Matching = {
    folder: manifest.migrations.filter(({ name }) => name !== TRACKING_MIGRATION),
    all: [...new Set(byName.values())].sort((a, b) => timeOf(a) - timeOf(b)),
    byName,
    facts,
    own: new Map(),
    moved: new Map(),
    absorbed: new Map(),
    taken: new Set(),
    stuck: new Set(),
    problems: [],
  };
  matchNames(work);
  for (const file of work.folder) if (file.version !== null && file.replaces.length > 0) matchReplaced(work, file);
  matchStatements(work);
  refuseExecuted(work);
  refuseEdited(work);
  refuseLostHistory(work);
  const unknown = work.all.filter(one => isLoose(work, one)).sort((a, b) => (a.name < b.name ? -1 : 1));
  return { ...work, unknown, failed: failedSince(work), notes: notesOf(work, unknown) };
}

/** The current names of the identities whose facts `match` and the plan want to know: those that are gone, edited or half done. */
export function factsNeeded({ own, moved, unknown }: Matched): string[] {
  const differs = [...own].filter(([file, one]) => isThere(one) && (isHalfDone(one) || !hasSum(file, one)));
  const identities = [...unknown, ...moved.values(), ...differs.map(([, one]) => one)];
  return [...new Set(identities.map(({ name }) => name))];
}

function timeOf({ inForce, latest }: Identity): number {
  return inForce?.at ?? latest.at;
}

const NO_FACTS: IdentityFacts = { once: [], names: [], drops: [] };

function factsOf({ facts }: Pick<Matching, 'facts'>, { name }: Identity): IdentityFacts {
  return facts.get(name) ?? NO_FACTS;
}

function isLoose({ taken }: Matching, one: Identity): boolean {
  return isThere(one) && !taken.has(one);
}

/** Those that a later deploy would not mention: what failed last, and whose file this folder has not, or not in that version. */
function failedSince({ all, own, taken }: Matching): Identity[] {
  const settledAt = all.reduce((last, { inForce }) => Math.max(last, inForce?.at ?? 0), 0);
  const before = new Set([...own].filter(([file, one]) => failedInAnotherVersion(file, one)).map(([, one]) => one));
  return all.filter(
    one =>
      one.latest.status === 'failed' &&
      one.latest.at >= settledAt &&
      (before.has(one) || (!taken.has(one) && !isHalfDone(one) && !isInForce(one))),
  );
}

function failedInAnotherVersion(file: Migration, one: Identity): boolean {
  return isInForce(one) && hasSum(file, one) && !isHalfDone(one) && !isUndoing(one);
}

/** Two folders in one table: their names may meet, their statements may not. */
function isForeign(one: Identity): boolean {
  return one.inForce?.byOtherHook ?? false;
}

/** A file of which nothing is known by its name, and which has statements by which to recognise it. */
function isOpen({ own, absorbed }: Matching, file: Migration): boolean {
  return (
    file.version !== null &&
    file.statements > 0 &&
    file.replaces.length === 0 &&
    !isThere(own.get(file)) &&
    !absorbed.has(file)
  );
}

function stop({ stuck, problems }: Matching, file: Migration, problem: Problem): void {
  stuck.add(file);
  problems.push(problem);
}

function join({ own, taken }: Matching, file: Migration, one: Identity): void {
  own.set(file, one);
  taken.add(one);
}

/** The same name, or one that the migration had before here. */
function matchNames(work: Matching): void {
  for (const file of work.folder) {
    const one = work.byName.get(file.name);
    if (!one) continue;
    const rivals = one.names.size === 1 ? [file] : work.folder.filter(({ name }) => one.names.has(name));
    const owner = rivals.find(({ name }) => name === one.name) ?? rivals[0]!;
    if (file === owner) join(work, file, one);
    else if (isThere(one)) stop(work, file, problems.nameReused(file, owner));
  }
}

/** What `replaces:` says: another name of one migration, or the list of what a squash contains. */
function matchReplaced(work: Matching, file: Migration): void {
  const { byName, own, taken, folder } = work;
  const named = file.replaces.flatMap(({ name }) => byName.get(name) ?? []);
  const present = folder.find(other => file.replaces.some(({ name }) => name === other.name));
  if (present) stop(work, file, problems.replacedPresent(file, present));
  else if (isThere(own.get(file))) for (const one of named) taken.add(one);
  else if (file.replaces.length > 1) matchSquash(work, file, named);
  else if (isThere(named[0]) && !taken.has(named[0])) join(work, file, named[0]);
}

function matchSquash(work: Matching, file: Migration, named: readonly Identity[]): void {
  const { byName, taken, absorbed } = work;
  for (const one of named) taken.add(one);
  const changed = file.replaces.find(entry => isChanged(entry, byName.get(entry.name)));
  if (changed) {
    stop(work, file, problems.replacedChanged(file, changed.name));
    return;
  }
  // What an earlier squash contains counts neither way.
  const open = file.replaces.map(({ name }) => byName.get(name)).filter(one => one?.inForce?.status !== 'replaced');
  const there = [...new Set(open.filter((one): one is Identity => isInForce(one)))];
  const missing = file.replaces.find(({ name }) => !isInForce(byName.get(name)));
  if (missing === undefined && there.length > 0) absorbed.set(file, there);
  else if (there.length > 0 || open.some(one => one && isHalfDone(one)))
    stop(work, file, problems.partlyReplaced(file, there.length, missing?.name ?? file.name));
}

/** It was applied here with other statements than the squash contains. */
function isChanged({ checksum }: Replaced, one: Identity | undefined): boolean {
  if (checksum === null || !one?.inForce || !isInForce(one) || one.inForce.status === 'replaced') return false;
  const length = Math.min(checksum.length, one.inForce.statementsChecksum.length);
  return checksum.slice(0, length) !== one.inForce.statementsChecksum.slice(0, length);
}

function sumOf(one: Identity): string | null {
  if (isHalfDone(one)) return one.latest.statementsChecksum;
  return one.inForce?.status === 'replaced' ? null : (one.inForce?.statementsChecksum ?? null);
}

function hasSum(file: Migration, one: Identity): boolean {
  return sumOf(one) === shortSum(file);
}

function hasVersion(file: Migration, one: Identity): boolean {
  return [...one.names].some(name => sameVersion(name, file.name));
}

function hasWords(file: Migration, one: Identity): boolean {
  return [...one.names].some(name => wordsOf(name) === wordsOf(file.name));
}

function isAgain(file: Migration, one: Identity): boolean {
  return file.again.some(name => one.names.has(name));
}

/** Gives each file that is still open the last identity that is free and fits. */
function pass(
  work: Matching,
  fits: (file: Migration, one: Identity) => boolean,
  then: (file: Migration, one: Identity) => void,
): void {
  const loose = work.all.filter(one => isLoose(work, one));
  if (loose.length === 0) return;
  for (const file of work.folder) {
    if (!isOpen(work, file) || work.moved.has(file) || work.stuck.has(file)) continue;
    const one = loose.findLast(other => !work.taken.has(other) && !isAgain(file, other) && fits(file, other));
    if (one) then(file, one);
  }
}

function matchStatements(work: Matching): void {
  const accept = (file: Migration, one: Identity) => {
    work.taken.add(one);
    if (isForeign(one)) stop(work, file, problems.otherHook(file, one));
    else work.moved.set(file, one);
  };
  const isRepeatable = ({ once }: Migration) => once.every(sum => sum === '');
  pass(work, (file, one) => hasSum(file, one) && hasVersion(file, one), accept);
  pass(work, (file, one) => hasSum(file, one) && hasWords(file, one) && !isRedone(work, file, one), accept);
  pass(work, (file, one) => hasSum(file, one) && isRepeatable(file) && !isRedone(work, file, one), accept);
}

/** What another migration drops, or makes anew, after this one was executed here, may be meant to be made again. */
function isRedone(work: Matching, file: Migration, one: Identity): boolean {
  const names = new Set(file.names.filter(name => name !== ANYTHING));
  const isRepeatable = file.once.every(sum => sum === '');
  const touches = (other: IdentityFacts) =>
    [...other.drops, ...(isRepeatable ? other.names : [])].some(name => names.has(name));
  const executedAt = one.executedAt ?? -1;
  const ranBefore = (other: Migration) => {
    const its = work.own.get(other);
    return isInForce(its) && (its?.executedAt ?? -1) < executedAt;
  };
  return (
    work.folder.some(
      other => other !== file && compareMigrations(other, file) < 0 && !ranBefore(other) && touches(other),
    ) ||
    work.all.some(
      other => isLoose(work, other) && (other.executedAt ?? -1) > executedAt && touches(factsOf(work, other)),
    )
  );
}

/** MySQL names this where a statement may touch anything. */
const ANYTHING = '*';

/** Checksums of the once-statements that were executed as part of it. */
function executedOnce(work: Matching, one: Identity): string[] {
  const { once } = factsOf(work, one);
  return (isHalfDone(one) ? once.slice(0, one.latest.statementsApplied ?? 0) : once).filter(sum => sum !== '');
}

/** Statements that were executed here and stand in no file of their migration any more: a file that holds one is no new migration. */
function refuseExecuted(work: Matching): void {
  const { folder, own, moved } = work;
  const lost = new Map<string, Identity>();
  for (const one of work.all)
    if (isLoose(work, one) && !isForeign(one)) for (const sum of executedOnce(work, one)) lost.set(sum, one);
  for (const [file, one] of own)
    if (isInForce(one) && !hasSum(file, one))
      for (const sum of executedOnce(work, one)) if (!file.once.includes(sum)) lost.set(sum, one);
  if (lost.size === 0) return;
  for (const file of folder) {
    const half = [own.get(file), moved.get(file)].find(one => one && isHalfDone(one));
    if (!half && (!isOpen(work, file) || moved.has(file) || work.stuck.has(file))) continue;
    const rest = file.once.slice(half?.latest.statementsApplied ?? 0);
    const isLost = (sum: string) => sum !== '' && lost.has(sum) && !isAgain(file, lost.get(sum)!);
    const first = rest.find(isLost);
    if (first === undefined) continue;
    const one = lost.get(first)!;
    moved.delete(file);
    const equal = rest.filter(sum => isLost(sum) && lost.get(sum) === one).length;
    stop(work, file, problems.alreadyExecuted(file, one, equal, hasSum(file, one)));
  }
}

/** The same number or the same words, other statements, an object in common: renamed and edited, or two migrations with one number. */
function refuseEdited(work: Matching): void {
  const shared = (file: Migration, one: Identity) => {
    const names = new Set(factsOf(work, one).names);
    return file.names.find(name => name !== ANYTHING && names.has(name));
  };
  const refuse = (what: 'number' | 'words') => (file: Migration, one: Identity) => {
    if (isForeign(one)) return;
    work.taken.add(one);
    stop(work, file, problems.renamedAndChanged(file, one, what, shared(file, one)!, work.folder));
  };
  const isShared = (file: Migration, one: Identity) => shared(file, one) !== undefined;
  pass(work, (file, one) => hasVersion(file, one) && isShared(file, one), refuse('number'));
  pass(work, (file, one) => hasWords(file, one) && isShared(file, one), refuse('words'));
}

/** So many must be gone below a file, and nothing of the folder applied there, before it is taken for a squash or for the wrong folder. */
const GONE_BELOW = 2;

/** Everything that is applied below a file is gone: squashed, the wrong folder, or the wrong database. */
function refuseLostHistory(work: Matching): void {
  const { folder, own, moved, absorbed, stuck } = work;
  const unknown = work.all.filter(one => isLoose(work, one) && !isForeign(one));
  const isBelow = (version: string | null, file: Migration) =>
    version !== null && compareVersions(version, file.version!) <= 0;
  const goneBelow = (file: Migration) => unknown.filter(({ name }) => isBelow(versionOf(name), file)).length;
  const isKnown = (file: Migration) => isThere(own.get(file)) || moved.has(file) || absorbed.has(file);
  const isFirst = (file: Migration) =>
    !folder.some(other => other !== file && isKnown(other) && isBelow(other.version, file));
  if (unknown.length >= GONE_BELOW) {
    const first = folder.find(file => isOpen(work, file) && goneBelow(file) >= GONE_BELOW);
    if (first && !stuck.has(first) && !moved.has(first) && isFirst(first))
      stop(work, first, problems.historyGone(first, unknown.length));
  }
  for (const file of folder)
    if (file.version !== null && file.replaces.length > 1 && !isKnown(file) && !stuck.has(file) && goneBelow(file) > 0)
      stop(work, file, problems.notInSquash(file, unknown[0]!.name));
}

function notesOf(work: Matching, unknown: readonly Identity[]): string[] {
  const notes: string[] = [];
  for (const [file, one] of work.moved)
    notes.push(
      `${file.name} is ${one.name} under a new name; recorded, not run${isHalfDone(one) ? ' from its start' : ''}`,
    );
  for (const file of work.folder) {
    if (!isOpen(work, file) || work.moved.has(file) || work.stuck.has(file)) continue;
    const one = unknown.find(other => !isForeign(other) && isInForce(other) && hasVersion(file, other));
    if (one) notes.push(`${file.name} has the number of ${one.name}, which is applied here and is not in this folder`);
  }
  return notes;
}
