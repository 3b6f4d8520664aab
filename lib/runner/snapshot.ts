import { chainedChecksums } from '../core/checksum.ts';
import { databaseProblems } from '../core/database-use.ts';
import type { History, HistoryEntry, Unfinished } from '../core/history.ts';
import type { FactsByName, Identity } from '../core/identity.ts';
import type { Migration } from '../core/manifest.ts';
import { factsNeeded, type Matched, match } from '../core/match.ts';
import { hasBegun, makePlan, type Plan, type Resume } from '../core/plan.ts';
import { isHalfDone, shortSum } from '../core/state.ts';
import type { AttemptRow } from '../engine/engine.ts';
import type { RunnerOptions } from './options.ts';

/** A migration that this code does not have, or not in that version, and that did not come to its end. */
export interface UnknownFailure {
  readonly entry: Identity;
  readonly row: AttemptRow;
  /** This code has the version that is applied. */
  readonly isOther: boolean;
}

/** What is known of a database at one moment: its history, and how far half-done migrations got. */
export interface Snapshot {
  history: History;
  /** Those of the history: `noteAttempt` brings them up to date. */
  readonly entries: Map<string, HistoryEntry>;
  readonly resumes: Map<string, Resume>;
  /** Of the migrations that are gone or edited, where the plan would run something. */
  readonly facts: FactsByName;
  /** What stands in the database was made before us, and the option `baseline` says which migrations it amounts to. */
  readonly baselines: boolean;
  /** The latest attempts that failed or are half done of migrations that are not in this folder, or not in that version. */
  readonly unfinished: readonly UnknownFailure[];
  /** The name of the database, where a migration that is not applied names one as a whole. */
  readonly database: string | null;
}

/**
 * Reads the history and what a plan needs besides. One call; one more where a half-done migration was edited, and stands elsewhere than it did
 * `before`; one more where the plan would run something, and migrations of the history are gone or edited; and one more where a migration failed
 * that this code does not have.
 */
export async function readSnapshot(options: RunnerOptions, hook: string | null, before?: Snapshot): Promise<Snapshot> {
  const { database, engine, migrations, baseline } = options;
  const read = await engine.store.readHistory(database, hook);
  const entries = new Map(read.entries);
  const history = { ...read, entries };
  // An empty database has nothing to take over: there the migrations are run.
  const baselines =
    baseline != null && !hasBegun(migrations.manifest, history) && !(await engine.store.isEmpty(database));
  const asks = migrations.manifest.migrations.some(
    ({ name, databases }) => databases !== undefined && entries.get(name)?.latest.status !== 'applied',
  );
  const migrated = asks ? (before?.database ?? (await engine.store.databaseName?.(database)) ?? null) : null;
  const matched = match(migrations.manifest, history);
  const resumes = await readResumes(options, matched, entries, before);
  const unfinished = await readUnfinished(options, matched, before);
  const snapshot = { history, entries, resumes, facts: new Map(), baselines, unfinished, database: migrated };
  const draft = planFor(options, snapshot);
  const wanted = draft.steps.length + draft.problems.length > 0 ? factsNeeded(matched) : [];
  return wanted.length === 0 ? snapshot : { ...snapshot, facts: await engine.store.readFacts(database, wanted) };
}

/** What failed or stopped on its way, as its row tells it, and is in no file of this folder, or in another version. */
async function readUnfinished(
  { database, engine }: RunnerOptions,
  { own, unknown, failed }: Matched,
  before: Snapshot | undefined,
): Promise<UnknownFailure[]> {
  const all = [...unknown.filter(isHalfDone), ...failed];
  const known = new Map(before?.unfinished.map(one => [one.entry.latestName, one.row]));
  const asked = all.filter(({ latestName, latest }) => known.get(latestName)?.attempt !== latest.attempt);
  if (asked.length > 0)
    for (const row of await engine.store.readLatest(
      database,
      asked.map(({ latestName }) => latestName),
    ))
      known.set(row.name, row);
  const here = new Set(own.values());
  return all.flatMap(entry => {
    const row = known.get(entry.latestName);
    return row ? [{ entry, row, isOther: here.has(entry) }] : [];
  });
}

async function readResumes(
  { database, engine, migrations }: RunnerOptions,
  { own }: Matched,
  entries: ReadonlyMap<string, HistoryEntry>,
  before: Snapshot | undefined,
): Promise<Map<string, Resume>> {
  const resumes = new Map<string, Resume>();
  const edited = new Map<string, { readonly file: string; readonly sums: readonly string[] }>();
  for (const [{ name }, identity] of own) {
    if (!isHalfDone(identity)) continue;
    const known = before?.resumes.get(name);
    const [was, is] = [before?.entries.get(name)?.latest, entries.get(name)?.latest];
    const isSame = was?.attempt === is?.attempt && was?.statementsApplied === is?.statementsApplied;
    if (known && isSame) {
      resumes.set(name, known);
      continue;
    }
    const { sums } = (await migrations.body(name)).up.facts;
    const { statementsApplied, appliedChecksum } = identity.latest;
    const done = statementsApplied ?? 0;
    if (chainedChecksums(sums)[done] === appliedChecksum) resumes.set(name, { done, edited: null });
    else edited.set(identity.latestName, { file: name, sums });
  }
  if (edited.size === 0) return resumes;
  // The chain says that one of them was edited; which one, the checksums of each.
  for (const stored of await engine.store.readUnfinished(database, [...edited.keys()])) {
    const { file, sums } = edited.get(stored.name)!;
    resumes.set(file, { done: stored.statementsApplied, edited: editedOf(stored, sums) });
  }
  return resumes;
}

/** The statement that was edited since it was executed; 0: one of them, for a killed run has stored only their chained checksum. */
function editedOf({ statementsApplied, sums }: Unfinished, now: readonly string[]): number {
  const edited = sums?.slice(0, statementsApplied).findIndex((sum, index) => sum !== now[index]) ?? -1;
  return edited + 1;
}

/** Makes the plan for what was read. */
export function planFor(options: RunnerOptions, { history, resumes, facts, baselines, database }: Snapshot): Plan {
  const { manifest } = options.migrations;
  const how = { ...options, facts, isEmpty: !baselines };
  const plan = makePlan(manifest, history, resumes, how);
  const problems = databaseProblems(manifest, plan.steps, database);
  return problems.length === 0 ? plan : { ...plan, problems: [...plan.problems, ...problems] };
}

/** Brings the snapshot up to date after one more attempt, without asking the database again: a long history is not copied for each. */
export function noteAttempt(
  snapshot: Snapshot,
  migration: Migration,
  attempt: Omit<HistoryEntry['latest'], 'direction' | 'statementsChecksum' | 'at'>,
): void {
  const { name } = migration;
  const { status } = attempt;
  const latest = { ...attempt, direction: 'up' as const, statementsChecksum: shortSum(migration), at: Date.now() };
  const { statementsChecksum, at } = latest;
  const before = snapshot.entries.get(name);
  const inForce =
    status === 'applied' || status === 'baselined'
      ? { status, statementsChecksum, at, byOtherHook: false }
      : (before?.inForce ?? null);
  const past =
    before?.past && status === 'applied' ? [...before.past, { kind: 'executed' as const, at }] : before?.past;
  snapshot.entries.set(name, { name, latest, inForce, ...(past && { past }) });
  snapshot.resumes.delete(name);
  if (!snapshot.history.installed) snapshot.history = { ...snapshot.history, installed: true };
}
