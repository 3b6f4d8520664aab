import { codeAndStatement } from '../core/errors.ts';
import type { History, HistoryEntry } from '../core/history.ts';
import type { Identity } from '../core/identity.ts';
import { type Migration, TRACKING_MIGRATION } from '../core/manifest.ts';
import { type Matched, match } from '../core/match.ts';
import { hasBegun, identityOf } from '../core/plan.ts';
import type { FailureReport, MigrationReport, State } from '../core/report.ts';
import { isHalfDone, isInForce, isUndoing, stateOf } from '../core/state.ts';
import type { AttemptRow } from '../engine/engine.ts';
import { reportFailedAttempt, reportFailedUndoing, reportUnknownFailure, withTakeOver } from './failure.ts';
import type { RunnerOptions } from './options.ts';
import type { Snapshot } from './snapshot.ts';

/** One that the manifest does not know, and of which nothing need be applied. */
export function describeUnknown({ name, latest }: HistoryEntry): MigrationReport {
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

/**
 * Describes every migration with its state: those of the manifest in their order, then those that only the history knows.
 * @param known failures of this run, by name
 * @param isSilent asks the database nothing
 */
export async function describeMigrations(
  options: RunnerOptions,
  { history, facts, unfinished }: Snapshot,
  known: ReadonlyMap<string, FailureReport> = new Map(),
  isSilent = false,
): Promise<{ migrations: MigrationReport[]; counts: Record<State, number> }> {
  const { manifest } = options.migrations;
  const matched = match(manifest, history, facts);
  const unknown = matched.unknown.filter(one => isInForce(one));
  // What failed is old news where something was applied since, by this run for one.
  const left = new Set(matched.failed.map(({ name }) => name));
  const elsewhere = unfinished.filter(({ entry, isOther }) => !isOther && (isHalfDone(entry) || left.has(entry.name)));
  const all: Described[] = [
    ...manifest.migrations.map(migration => {
      const entry = entryOf(history, matched, migration);
      return { migration, entry, state: stateOf(migration, entry) };
    }),
    ...unknown.map(entry => ({ migration: undefined, entry, state: 'missing' as State })),
    ...elsewhere.map(({ entry }) => ({ migration: undefined, entry, state: 'failed' as State })),
  ];
  const failed = all.filter(one => hasFailed(one, left) && !known.has(nameOf(one)));
  const rows = new Map(unfinished.map(({ row }) => [row.name, row]));
  const unread = failed.map(({ entry }) => latestNameOf(entry!)).filter(name => !rows.has(name));
  if (unread.length > 0 && !isSilent)
    for (const row of await options.engine.store.readLatest(options.database, unread)) rows.set(row.name, row);

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

/** Names what is wrong in the database and stops nothing here, each with its cause and what to do. Without values of rows: a log shows it. */
export function warnings(
  { engine }: Pick<RunnerOptions, 'engine'>,
  { history, unfinished }: Pick<Snapshot, 'unfinished'> & Partial<Pick<Snapshot, 'history'>>,
): string[] {
  const failures = unfinished.map(({ entry, row, isOther }) => {
    const failure = reportUnknownFailure(engine, row, isInForce(entry));
    const told = codeAndStatement(failure);
    const cause = `${engine.diagnostics.withoutValues(failure.message)}${told && ` (${told})`}`;
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
