import { type OnChanged, whyNotAgain } from './changed.ts';
import { MigrationError, type Problem } from './errors.ts';
import type { History, HistoryEntry } from './history.ts';
import { type Manifest, type Migration, TRACKING_MIGRATION } from './manifest.ts';
import { abandoned, isHalfUndone, isInForce, missing, stateOf } from './state.ts';

/** What to do with a pending migration that is older than the newest applied one. @default 'apply' */
export type OutOfOrder = 'apply' | 'fail';

/** The steps that a run would take and the problems that stop it. */
export interface Plan {
  readonly steps: readonly Step[];
  /** Not empty: nothing is applied. */
  readonly problems: readonly Problem[];
  /** What deserves a word but stops nothing: late branches, missing migrations, ignored changes. */
  readonly notes: readonly string[];
}

export interface Step {
  readonly migration: string;
  /** `baseline`: written down as in force, not executed. */
  readonly reason: 'pending' | 'failed' | 'changed' | 'reverted' | 'resumed' | 'baseline';
  readonly mode: 'atomic' | 'stepwise';
  /** Number of the first statement to execute: above 1 where a stepwise migration is resumed. */
  readonly from: number;
  readonly statements: number;
}

/** How a half-done migration compares with its file. */
export interface Resume {
  /** Statements that are in force. */
  readonly done: number;
  /** The first of these that is no longer what it was, or null. */
  readonly edited: number | null;
}

export interface PlanOptions {
  readonly onChanged?: OnChanged | undefined;
  readonly outOfOrder?: OutOfOrder | undefined;
  /** Version up to which the database has everything already. Only looked at where no versioned migration has a history. */
  readonly baseline?: string | null | undefined;
}

/** Pure: the same manifest, history and options give the same plan. `resumes` holds every migration that `isHalfDone`. */
export function makePlan(
  manifest: Manifest,
  history: History,
  resumes: ReadonlyMap<string, Resume>,
  { onChanged = 'reapply', outOfOrder = 'apply', baseline = null }: PlanOptions,
): Plan {
  const steps: Step[] = [];
  const problems: Problem[] = [];
  const notes: string[] = [];
  const strangers = missing(manifest, history);
  const baselined =
    baseline === null || hasBegun(manifest, history)
      ? new Set<string>()
      : new Set(upTo(manifest, baseline).map(one => one.name));
  const newest = manifest.migrations
    .filter(one => one.version !== null && isInForce(history.entries.get(one.name)))
    .at(-1);

  manifest.migrations.forEach((migration, position) => {
    const { name, mode, statements } = migration;
    const entry = history.entries.get(name);
    const state = stateOf(migration, entry);
    const step = (reason: Step['reason'], from = 1) => steps.push({ migration: name, reason, mode, from, statements });
    const resume = resumes.get(name);
    if (resume) {
      if (resume.edited === null) step('resumed', resume.done + 1);
      else problems.push(editedWhileHalfDone(migration, resume));
      return;
    }
    if (entry && isHalfUndone(entry)) {
      problems.push(halfUndone(migration, entry));
      return;
    }
    switch (state) {
      case 'applied':
      case 'baselined':
        return;
      case 'pending':
      case 'reverted': {
        const late =
          name !== TRACKING_MIGRATION &&
          migration.version !== null &&
          newest &&
          newest.name !== name &&
          isBefore(manifest, position, newest);
        if (baselined.has(name)) {
          step('baseline');
          return;
        }
        if (late && outOfOrder === 'fail') problems.push(lateBranch(migration, newest));
        else step(state);
        if (late && outOfOrder === 'apply')
          notes.push(`${name} is older than ${newest.name}, which is applied already (a late branch)`);
        return;
      }
      case 'failed':
        if (!isInForce(entry)) {
          step('failed');
          return;
        }
    }
    // What is left was applied once with other statements.
    if (onChanged === 'ignore') {
      notes.push(`${name} was changed after it was applied; the change is ignored`);
      return;
    }
    const problem = whyNotAgain(manifest, history, migration, onChanged);
    if (problem) problems.push(problem);
    else step(state === 'failed' ? 'failed' : 'changed');
  });

  if (strangers.length > 0) {
    const names = strangers.slice(0, 5).map(entry => entry.name);
    const more = strangers.length > names.length ? `, and ${strangers.length - names.length} more` : '';
    notes.push(`The database is ahead: ${names.join(', ')}${more} applied, but not in this folder`);
  }
  for (const { name, latest } of abandoned(manifest, history))
    notes.push(
      `${name} is half done (statements in force: ${latest.statementsApplied}), and its file is not in this folder`,
    );
  return { steps, problems, notes };
}

/** A versioned migration of this folder has a history: the database is ours already, and a baseline has had its day. */
export function hasBegun(manifest: Manifest, history: History): boolean {
  return manifest.migrations.some(
    one => one.version !== null && one.name !== TRACKING_MIGRATION && history.entries.has(one.name),
  );
}

/** The versioned migrations up to a version (`2`, `002`, or the name of one), the tracking tables left out. Throws `unknown-version`. */
export function upTo(manifest: Manifest, version: string): Migration[] {
  const versioned = manifest.migrations.filter(one => one.version !== null && one.name !== TRACKING_MIGRATION);
  const isIt = (one: Migration) =>
    one.name === version || (/^\d+$/.test(version) && BigInt(one.version!) === BigInt(version));
  const last = versioned.findIndex(isIt);
  if (last >= 0) return versioned.slice(0, last + 1);
  const known =
    versioned.length === 0
      ? 'there are none'
      : `the first is ${versioned[0]!.version}, the last ${versioned.at(-1)!.version}`;
  throw new MigrationError({
    code: 'unknown-version',
    message: `There is no migration of version ${JSON.stringify(version)} in this folder (${known})`,
    remedy: 'Name the version of a file, for example 002',
  });
}

function isBefore(manifest: Manifest, position: number, other: Migration): boolean {
  return position < manifest.migrations.indexOf(other);
}

function editedWhileHalfDone({ name, file }: Migration, { done, edited }: Resume): Problem {
  const which =
    edited === 0 ? (done === 1 ? 'statement 1' : `one of its first ${done} statements`) : `statement ${edited}`;
  return {
    code: 'edited-half-done',
    message: `${name} has ${done} of its statements in force, and ${which} was edited since`,
    remedy: `Put ${edited === 0 ? 'it' : `statement ${edited}`} back as it was and fix the rest; what is in force is changed by a new migration`,
    migration: name,
    place: { file, line: 1 },
  };
}

function halfUndone({ name, file }: Migration, { latest }: HistoryEntry): Problem {
  const done = latest.statementsApplied;
  return {
    code: 'half-undone',
    message: `${name} is half undone: ${done === 1 ? 'one statement' : `${done} statements`} of its down section ${done === 1 ? 'is' : 'are'} done, the rest is not`,
    remedy: 'Run `down` (the action revert): it goes on there. Then it can be applied again',
    migration: name,
    place: { file, line: 1 },
  };
}

function lateBranch({ name, file }: Migration, newest: Migration): Problem {
  return {
    code: 'out-of-order',
    message: `${name} is older than ${newest.name}, which is applied already`,
    remedy: `Give it a higher number than ${newest.name}, or allow it with outOfOrder: apply (--out-of-order apply)`,
    migration: name,
    place: { file, line: 1 },
  };
}
