import { chainedChecksums } from '../core/checksum.ts';
import { databaseProblems } from '../core/database-use.ts';
import { codeAndStatement } from '../core/errors.ts';
import type { History, HistoryEntry, Unfinished } from '../core/history.ts';
import type { FactsByName, Identity } from '../core/identity.ts';
import { type Migration, TRACKING_MIGRATION } from '../core/manifest.ts';
import { factsNeeded, type Matched, match } from '../core/match.ts';
import { hasBegun, identityOf, makePlan, type Plan, type Resume } from '../core/plan.ts';
import type { FailureReport, MigrationReport, State } from '../core/report.ts';
import { isHalfDone, isInForce, isUndoing, shortSum, stateOf } from '../core/state.ts';
import type { AttemptRow } from '../engine/engine.ts';
import { reportFailedAttempt, reportFailedUndoing, reportUnknownFailure, withTakeOver } from './failure.ts';
import type { RunnerOptions } from './options.ts';

/** A migration that this code does not have, or not in that version, and that did not come to its end. */
export interface UnknownFailure {
  readonly entry: Identity;
  readonly row: AttemptRow;
  /** This code has the version that is applied. */
  readonly isOther: boolean;
}

/** What is known of a database at one moment: its history, and how far half-done migrations got. */
export interface Picture {
  history: History;
  /** Those of the history: `noteAttempt` brings them up to date. */
  readonly entries: Map<string, HistoryEntry>;
  readonly resumes: Map<string, Resume>;
  /** Of the migrations that are gone or edited, where the plan would run something. */
  readonly facts: FactsByName;
  /** What stands in the database was made before us, and the option `baseline` says which migrations it amounts to. */
  readonly adopts: boolean;
  /** The latest attempts that failed or are half done of migrations that are not in this folder, or not in that version. */
  readonly unfinished: readonly UnknownFailure[];
  /** The name of the database, where a migration that is not applied names one as a whole. */
  readonly database: string | null;
}

/**
 * One call; one more where a migration is half done, and stands elsewhere than it did `before`; one more where the plan would run
 * something, and migrations of the history are gone or edited; and one more where a migration failed that this code does not have.
 */
export async function look(options: RunnerOptions, hook: string | null, before?: Picture): Promise<Picture> {
  const { database, engine, migrations, baseline } = options;
  const read = await engine.history(database, hook);
  const entries = new Map(read.entries);
  const history = { ...read, entries };
  // An empty database has nothing to take over: there the migrations are run.
  const adopts = baseline != null && !hasBegun(migrations.manifest, history) && !(await engine.isEmpty(database));
  const asks = migrations.manifest.migrations.some(
    ({ name, databases }) => databases !== undefined && entries.get(name)?.latest.status !== 'applied',
  );
  const migrated = asks ? (before?.database ?? (await engine.databaseName?.(database)) ?? null) : null;
  const matched = match(migrations.manifest, history);
  const resumes = await readResumes(options, matched, entries, before);
  const unfinished = await readUnfinished(options, matched, before);
  const picture = { history, entries, resumes, facts: new Map(), adopts, unfinished, database: migrated };
  const draft = planFor(options, picture);
  const wanted = draft.steps.length + draft.problems.length > 0 ? factsNeeded(matched) : [];
  return wanted.length === 0 ? picture : { ...picture, facts: await engine.facts(database, wanted) };
}

/** What failed or stopped on its way, as its row tells it, and is in no file of this folder, or in another version. */
async function readUnfinished(
  { database, engine }: RunnerOptions,
  { own, unknown, failed }: Matched,
  before: Picture | undefined,
): Promise<UnknownFailure[]> {
  const all = [...unknown.filter(isHalfDone), ...failed];
  const known = new Map(before?.unfinished.map(one => [one.entry.latestName, one.row]));
  const asked = all.filter(({ latestName, latest }) => known.get(latestName)?.attempt !== latest.attempt);
  if (asked.length > 0)
    for (const row of await engine.latest(
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
  before: Picture | undefined,
): Promise<Map<string, Resume>> {
  const resumes = new Map<string, Resume>();
  const unknown = [...own].filter(([{ name }, identity]) => {
    if (!isHalfDone(identity)) return false;
    const known = before?.resumes.get(name);
    const [was, is] = [before?.entries.get(name)?.latest, entries.get(name)?.latest];
    const same = known && was?.attempt === is?.attempt && was?.statementsApplied === is?.statementsApplied;
    if (same) resumes.set(name, known);
    return !same;
  });
  if (unknown.length === 0) return resumes;
  const fileOf = new Map(unknown.map(([{ name }, { latestName }]) => [latestName, name]));
  for (const unfinished of await engine.unfinished(database, [...fileOf.keys()])) {
    const file = fileOf.get(unfinished.name)!;
    const { up } = await migrations.body(file);
    resumes.set(file, { done: unfinished.statementsApplied, edited: editedOf(unfinished, up.facts.sums) });
  }
  return resumes;
}

/** The statement that was edited since it was applied; 0: one of them, and only their chained checksum is known; null: none. */
function editedOf({ statementsApplied, sums, appliedChecksum }: Unfinished, now: readonly string[]): number | null {
  if (sums === null) return chainedChecksums(now)[statementsApplied] === appliedChecksum ? null : 0;
  const edited = sums.slice(0, statementsApplied).findIndex((sum, index) => sum !== now[index]);
  return edited < 0 ? null : edited + 1;
}

/** The plan for what was seen. */
export function planFor(options: RunnerOptions, { history, resumes, facts, adopts, database }: Picture): Plan {
  const { manifest } = options.migrations;
  const how = { ...options, facts, isEmpty: !adopts };
  const plan = makePlan(manifest, history, resumes, how);
  const problems = databaseProblems(manifest, plan.steps, database);
  return problems.length === 0 ? plan : { ...plan, problems: [...plan.problems, ...problems] };
}

/** Names what is wrong in the database and stops nothing here, each with its cause and what to do. Without values of rows: a log shows it. */
export function warnings(
  { engine }: Pick<RunnerOptions, 'engine'>,
  { history, unfinished }: Pick<Picture, 'unfinished'> & Partial<Pick<Picture, 'history'>>,
): string[] {
  const failures = unfinished.map(({ entry, row, isOther }) => {
    const failure = reportUnknownFailure(engine, row, isInForce(entry));
    const told = codeAndStatement(failure);
    const cause = `${engine.withoutValues(failure.message)}${told && ` (${told})`}`;
    return `${entry.name} ${whatIsWrong(row.statementsApplied, isOther)}: ${cause}. ${failure.remedy}`;
  });
  const invalid = (history?.invalidIndexes ?? []).map(
    name => `The index ${name} is invalid, no query uses it: \`verify\` says what to do`,
  );
  return [...failures, ...invalid];
}

/** Of a migration that is not in this folder; `isOther`: in the version that is applied. */
export function whatIsWrong(done: number | null, isOther: boolean): string {
  if (isOther) return 'failed in another version than the one of this deploy, which is applied';
  return done
    ? `is half done (statements executed: ${done}), and is not in this deploy`
    : 'failed, and is not in this deploy';
}

/** Bring the picture up to date after one more attempt, without asking the database again: a long history is not copied for each. */
export function noteAttempt(
  picture: Picture,
  migration: Migration,
  attempt: Omit<HistoryEntry['latest'], 'direction' | 'statementsChecksum' | 'at'>,
): void {
  const { name } = migration;
  const { status } = attempt;
  const latest = { ...attempt, direction: 'up' as const, statementsChecksum: shortSum(migration), at: Date.now() };
  const { statementsChecksum, at } = latest;
  const before = picture.entries.get(name);
  const inForce =
    status === 'applied' || status === 'baselined'
      ? { status, statementsChecksum, at, byOtherHook: false }
      : (before?.inForce ?? null);
  const past =
    before?.past && status === 'applied' ? [...before.past, { kind: 'executed' as const, at }] : before?.past;
  picture.entries.set(name, { name, latest, inForce, ...(past && { past }) });
  picture.resumes.delete(name);
  if (!picture.history.installed) picture.history = { ...picture.history, installed: true };
}

/** One that the manifest does not know, and of which nothing need be applied. */
export function describeStranger({ name, latest }: HistoryEntry): MigrationReport {
  const { attempt, at, executionTimeMs, statementsApplied } = latest;
  return {
    name,
    version: null,
    description: null,
    file: null,
    state: 'missing',
    mode: null,
    checksum: null,
    attempt,
    at: new Date(at).toISOString(),
    executionTimeMs,
    statements: null,
    statementsApplied,
    error: null,
  };
}

/** What a file, what the history says of it, or both. */
interface Described {
  readonly migration: Migration | undefined;
  readonly entry: HistoryEntry | undefined;
  readonly state: State;
}

/** Every migration with its state: those of the manifest in their order, then those that only the history knows. */
export async function describeAll(
  options: RunnerOptions,
  { history, facts, unfinished }: Picture,
  known: ReadonlyMap<string, FailureReport> = new Map(),
): Promise<{ migrations: MigrationReport[]; counts: Record<State, number> }> {
  const { manifest } = options.migrations;
  const matched = match(manifest, history, facts);
  const strangers = matched.unknown.filter(one => isInForce(one));
  // What failed is old news where something was applied since, by this run for one.
  const left = new Set(matched.failed.map(({ name }) => name));
  const elsewhere = unfinished.filter(({ entry, isOther }) => !isOther && (isHalfDone(entry) || left.has(entry.name)));
  const all: Described[] = [
    ...manifest.migrations.map(migration => {
      const entry = entryOf(history, matched, migration);
      return { migration, entry, state: stateOf(migration, entry) };
    }),
    ...strangers.map(entry => ({ migration: undefined, entry, state: 'missing' as State })),
    ...elsewhere.map(({ entry }) => ({ migration: undefined, entry, state: 'failed' as State })),
  ];
  const failed = all.filter(one => hasFailed(one, left) && !known.has(nameOf(one)));
  const rows = new Map(unfinished.map(({ row }) => [row.name, row]));
  const unread = failed.map(({ entry }) => latestNameOf(entry!)).filter(name => !rows.has(name));
  if (unread.length > 0)
    for (const row of await options.engine.latest(options.database, unread)) rows.set(row.name, row);

  const errors = new Map(known);
  for (const one of failed) {
    const row = rows.get(latestNameOf(one.entry!));
    if (row) errors.set(nameOf(one), await failureOfRow(options, one, row, hasBegun(manifest, history)));
  }
  const counts: Record<State, number> = {
    pending: 0,
    applied: 0,
    failed: 0,
    changed: 0,
    reverted: 0,
    baselined: 0,
    replaced: 0,
    missing: 0,
  };
  for (const { state } of all) counts[state]++;
  return { migrations: all.map(one => describe(one, errors.get(nameOf(one)))), counts };
}

function nameOf({ migration, entry }: Described): string {
  return migration?.name ?? entry!.name;
}

/** Its latest attempt failed, or stopped on its way. `left`: the names of those of which another version failed, and nothing was applied since. */
function hasFailed({ migration, entry, state }: Described, left: ReadonlySet<string>): boolean {
  if (state === 'failed') return entry !== undefined;
  if (entry?.latest.status !== 'failed') return false;
  const isOther = (state === 'applied' || state === 'baselined') && migration?.version != null && !isUndoing(entry);
  return !isOther || left.has(entry.name);
}

async function failureOfRow(
  { engine, migrations }: RunnerOptions,
  { migration, entry, state }: Described,
  row: AttemptRow,
  begun: boolean,
): Promise<FailureReport> {
  if (isUndoing(entry!)) return reportFailedUndoing(engine, row);
  const wasApplied = isInForce(entry);
  // Where the file is applied as it is, another version of it failed.
  if (migration === undefined || state === 'applied' || state === 'baselined')
    return reportUnknownFailure(engine, row, wasApplied);
  const body = await migrations.body(migration.name);
  return withTakeOver(reportFailedAttempt(engine, row, migration, body, wasApplied), begun);
}

function describe(one: Described, error: FailureReport | undefined): MigrationReport {
  const { migration, entry, state } = one;
  const isTracking = nameOf(one) === TRACKING_MIGRATION;
  // The tracking tables come with the package: each engine has its own, and none is a file of the folder.
  const ofFolder = isTracking ? undefined : migration;
  return {
    name: nameOf(one),
    version: migration?.version ?? null,
    description: migration?.description ?? null,
    file: ofFolder?.file ?? null,
    state,
    mode: migration?.mode ?? null,
    checksum: ofFolder?.checksum ?? null,
    attempt: entry?.latest.attempt ?? 0,
    at: entry ? new Date(entry.latest.at).toISOString() : null,
    executionTimeMs: entry?.latest.executionTimeMs ?? null,
    statements: ofFolder?.statements ?? null,
    statementsApplied: isTracking ? null : ((entry && doneOf(entry)) ?? null),
    error: (state === 'failed' || entry?.latest.status === 'failed') && error !== undefined ? error : null,
  };
}

/** Statements of its up section that its latest attempt has done; null: the attempt was of its down section. */
function doneOf(entry: HistoryEntry): number | null {
  return entry.latest.status === 'reverted' || isUndoing(entry) ? null : entry.latest.statementsApplied;
}

/** What the history says of a migration, under whatever name; of the tracking tables by theirs. */
function entryOf(history: History, matched: Matched, migration: Migration): HistoryEntry | undefined {
  return migration.name === TRACKING_MIGRATION ? history.entries.get(migration.name) : identityOf(matched, migration);
}

function latestNameOf(entry: HistoryEntry): string {
  return 'latestName' in entry ? (entry as Identity).latestName : entry.name;
}
