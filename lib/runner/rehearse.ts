import type { Problem } from '../core/errors.ts';
import { type ManifestReader, TRACKING_MIGRATION } from '../core/manifest.ts';
import type { Effects, RehearsedMigration } from '../core/rehearsal.ts';
import type { FailureReport, MigrationReport, Report } from '../core/report.ts';
import type { CopiedHistory, Rehearser, Seen } from '../engine/rehearser.ts';
import { type MigrateOptions, migrate, type RevertReport, revert } from './index.ts';
import { installTracking } from './install.ts';
import { newRun } from './lease.ts';

/** What is rehearsed, on a database that holds a copy of a schema and nothing else. */
export interface RehearseOptions extends MigrateOptions {
  readonly rehearser: Rehearser;
  /** Of the database that the schema was copied from: no attempts, where it has no tracking tables. */
  readonly copied: CopiedHistory;
  /** Whether to undo again what was applied. */
  readonly down: boolean;
  /** Makes what the copy lacks for no fault of the migration. False: there is nothing to make, and the migration failed. */
  readonly complete: (failure: FailureReport) => Promise<boolean>;
  /** Called when all is applied that can be, and before it is undone. Not called where nothing is pending. */
  readonly onApplied: () => Promise<void>;
}

/** What the pending migrations did on the copy. */
export interface Rehearsed {
  readonly outcome: 'works' | 'failed' | 'stopped' | 'nothing-to-do';
  readonly migrations: readonly RehearsedMigration[];
  readonly problems: readonly Problem[];
  readonly notes: readonly string[];
}

/** Applies what is pending to the copy, measures it, and undoes it again where that is wanted. */
export async function rehearse(options: RehearseOptions): Promise<Rehearsed> {
  const { copied, rehearser, database, migrations } = options;
  if (copied.attempts.length > 0) {
    await installTracking(options, newRun(options));
    await rehearser.restore(database, copied);
  }
  const seen: Seen[] = [];
  const observed = { ...options, database: rehearser.observe(database, effects => void seen.push(effects)) };
  const { report, applied } = await migrateCompletely(observed);
  const measured = seen.splice(0);
  const all = await Promise.all(
    touched(report, applied).map(one => toRehearsed(one, { report, applied, measured }, migrations)),
  );
  if (all.length > 0) await options.onApplied();
  const undone = options.down && applied.length > 0 ? await undo(observed, applied, seen) : null;
  const problems = [...report.problems, ...(undone?.problems ?? [])];
  const failed = [...all, ...(undone?.migrations ?? [])].some(({ result }) => result === 'failed');
  const outcome = failed ? 'failed' : problems.length > 0 ? 'stopped' : all.length > 0 ? 'works' : 'nothing-to-do';
  const notes = [...halfDone(copied, all), ...report.notes];
  return { outcome, migrations: [...all, ...(undone?.migrations ?? [])], problems, notes };
}

/** Runs until nothing fails that the copy lacks only because it is a copy. What a run applied before counts. */
async function migrateCompletely(options: RehearseOptions): Promise<{ report: Report; applied: string[] }> {
  const applied: string[] = [];
  for (;;) {
    const report = await migrate(options);
    applied.push(...report.applied.filter(name => name !== TRACKING_MIGRATION));
    const failed = report.outcome === 'failed' ? failedIn(report) : undefined;
    if (!failed || !(await options.complete(failed.error!))) return { report, applied };
  }
}

function failedIn({ migrations }: Report): MigrationReport | undefined {
  return migrations.find(({ state, error }) => state === 'failed' && error !== null);
}

/** What the run applied, what failed, and what it did not come to, in the order of the folder. */
function touched(report: Report, applied: readonly string[]): MigrationReport[] {
  const isLeft = ({ state }: MigrationReport) => /^(pending|changed|reverted|failed)$/.test(state);
  return report.migrations.filter(
    one => applied.includes(one.name) || (report.outcome === 'failed' && one.file !== null && isLeft(one)),
  );
}

/** What the runs said, and what was measured of them. */
interface Ran {
  readonly report: Report;
  readonly applied: readonly string[];
  readonly measured: readonly Seen[];
}

async function toRehearsed(
  { name, file, statements, error }: MigrationReport,
  { report, applied, measured }: Ran,
  { body }: ManifestReader,
): Promise<RehearsedMigration> {
  const isApplied = applied.includes(name);
  const isFailed = !isApplied && failedIn(report)?.name === name;
  const { lines } = (await body(name)).up.facts;
  return {
    name,
    file,
    direction: 'up',
    result: isApplied ? 'works' : isFailed ? 'failed' : 'not-tried',
    statements: statements ?? 0,
    error: isFailed ? error : null,
    effects: effectsOf(name, isApplied, measured, lines),
  };
}

/** What was measured of a migration; a transaction that failed left nothing. */
function effectsOf(name: string, isWhole: boolean, seen: readonly Seen[], lines: readonly number[]): Effects[] {
  const latest = new Map<number | null, Effects>();
  for (const { migration, ...effects } of seen) {
    if (migration !== name || !isNotable(effects) || (!isWhole && effects.statement === null)) continue;
    const { statement, ...measured } = effects;
    const line = statement === null ? null : (lines[statement - 1] ?? null);
    latest.set(statement, { statement, line, ...measured });
  }
  return [...latest.values()];
}

/** Checkpoints are calls of their own, and touch nothing but the tracking tables. */
function isNotable({ locks, rewritten, scanned, accepted, statement }: Omit<Seen, 'migration'>): boolean {
  if (statement === null || locks === null || accepted !== undefined) return true;
  return locks.length + rewritten.length + (scanned?.length ?? 0) > 0;
}

/** Half-done migrations are rehearsed from the first statement on that is not done. */
function halfDone({ unfinished }: CopiedHistory, all: readonly RehearsedMigration[]): string[] {
  return unfinished.flatMap(({ name, statementsApplied }) =>
    all.some(one => one.name === name && one.direction === 'up' && one.result !== 'not-tried')
      ? [`${name} is half done: rehearsed from statement ${statementsApplied + 1} on`]
      : [],
  );
}

/** Undoes what was applied to the copy, and nothing that the database had before. */
async function undo(
  options: RehearseOptions,
  applied: readonly string[],
  seen: readonly Seen[],
): Promise<Pick<Rehearsed, 'migrations' | 'problems'>> {
  const { engine, migrations } = options;
  const own = new Set(applied);
  const readHistory: typeof engine.store.readHistory = async (database, hook) => {
    const read = await engine.store.readHistory(database, hook);
    return { ...read, entries: new Map([...read.entries].filter(([name]) => own.has(name))) };
  };
  const versioned = migrations.manifest.migrations.filter(({ name, version }) => own.has(name) && version !== null);
  if (versioned.length === 0) return { migrations: [], problems: [] };
  const copied = { ...engine, store: { ...engine.store, readHistory } };
  const report = await revert({ ...options, engine: copied, what: { steps: versioned.length } });
  return { migrations: await undoneOf(report, migrations, seen), problems: report.problems };
}

function undoneOf(
  { steps, reverted, failure }: RevertReport,
  { manifest, body }: ManifestReader,
  seen: readonly Seen[],
): Promise<RehearsedMigration[]> {
  return Promise.all(
    steps.map(async ({ migration: name, statements }) => {
      const isUndone = reverted.includes(name);
      const isFailed = failure?.migration === name;
      const { migration: _, ...error } = failure ?? { migration: null };
      return {
        name,
        file: manifest.migrations.find(one => one.name === name)?.file ?? null,
        direction: 'down',
        result: isUndone ? 'works' : isFailed ? 'failed' : 'not-tried',
        statements,
        error: isFailed ? (error as FailureReport) : null,
        effects: effectsOf(name, isUndone, seen, (await body(name)).down?.facts.lines ?? []),
      } satisfies RehearsedMigration;
    }),
  );
}
