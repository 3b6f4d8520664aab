import { type OnChanged, whyNotAgain } from './changed.ts';
import { MigrationError, type Problem } from './errors.ts';
import type { History, HistoryEntry } from './history.ts';
import type { FactsByName, Identity } from './identity.ts';
import { type Manifest, type Migration, TRACKING_MIGRATION } from './manifest.ts';
import { type Matched, match } from './match.ts';
import { compareMigrations } from './order.ts';
import { isHalfDone, isHalfUndone, isInForce, isThere, stateOf } from './state.ts';
import type { TakenOver } from './take-over.ts';

/** What to do with a pending migration that is older than the newest applied one. @default 'apply' */
export type OutOfOrder = 'apply' | 'fail';

/** The steps that a run would take and the problems that stop it. */
export interface Plan {
  readonly steps: readonly Step[];
  /** Not empty: nothing is applied. */
  readonly problems: readonly Problem[];
  /** What deserves a word but stops nothing: late branches, unknown migrations, ignored changes. */
  readonly notes: readonly string[];
}

export interface Step {
  readonly migration: string;
  /** `baseline`, `moved` and `replaces` execute nothing: they only write rows. */
  readonly reason: 'pending' | 'failed' | 'changed' | 'reverted' | 'resumed' | 'baseline' | 'moved' | 'replaces';
  readonly mode: 'atomic' | 'stepwise';
  /** Number of the first statement to execute: above 1 where a stepwise migration is resumed, 0 where none is executed. */
  readonly from: number;
  readonly statements: number;
  /** The name that the migration has had in this database so far. @default the same */
  readonly other?: string;
}

/** How a half-done migration compares with its file. */
export interface Resume {
  /** Statements that are committed. */
  readonly done: number;
  /** The first of these that is no longer what it was, or null. */
  readonly edited: number | null;
}

export interface PlanOptions {
  readonly onChanged?: OnChanged | undefined;
  readonly outOfOrder?: OutOfOrder | undefined;
  /** Version up to which the database has everything already. Only looked at where no versioned migration is applied or half done. */
  readonly baseline?: string | null | undefined;
  /** The database holds nothing that a baseline could take over. @default false */
  readonly isEmpty?: boolean | undefined;
  /** Facts of the identities that are gone or edited. @default none are known: statements are not compared one by one */
  readonly facts?: FactsByName | undefined;
}

/** Whether a step executes statements. */
export function executes({ reason }: Pick<Step, 'reason'>): boolean {
  return reason !== 'baseline' && reason !== 'moved' && reason !== 'replaces';
}

/** Pure: the same manifest, history and options give the same plan. `resumes` holds every migration that `isHalfDone`. */
export function makePlan(
  manifest: Manifest,
  history: History,
  resumes: ReadonlyMap<string, Resume>,
  options: PlanOptions,
): Plan {
  const { facts = new Map() } = options;
  const matched = match(manifest, history, facts);
  const taking = history.taken ?? takeOver(manifest, matched, options);
  const planning: Planning = {
    manifest,
    history,
    matched,
    resumes,
    options: { onChanged: 'reapply', outOfOrder: 'apply', facts, ...defined(options) },
    newest: manifest.migrations.filter(one => isVersioned(one) && isInForce(identityOf(matched, one))).at(-1),
    baselined: new Set(taking.baselined),
    steps: [],
    problems: [...matched.problems, ...(taking.problems ?? [])],
    notes: [...matched.notes, ...taking.notes],
  };
  for (const migration of manifest.migrations) if (!matched.stuck.has(migration)) planOne(planning, migration);
  noteUnknown(planning);
  const { steps, problems, notes } = planning;
  return { steps, problems, notes };
}

interface Planning {
  readonly manifest: Manifest;
  readonly history: History;
  readonly matched: Matched;
  readonly resumes: ReadonlyMap<string, Resume>;
  readonly options: { readonly onChanged: OnChanged; readonly outOfOrder: OutOfOrder; readonly facts: FactsByName };
  readonly newest: Migration | undefined;
  readonly baselined: ReadonlySet<Migration>;
  readonly steps: Step[];
  readonly problems: Problem[];
  readonly notes: string[];
}

function defined<T extends object>(options: T): { [K in keyof T]: NonNullable<T[K]> } {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value != null)) as never;
}

function isVersioned({ name, version }: Migration): boolean {
  return version !== null && name !== TRACKING_MIGRATION;
}

/** What the history knows of a migration, under whatever name. */
export function identityOf({ own, moved }: Pick<Matched, 'own' | 'moved'>, migration: Migration): Identity | undefined {
  return moved.get(migration) ?? own.get(migration);
}

function planOne(planning: Planning, migration: Migration): void {
  const { matched, history, steps, problems } = planning;
  const { name, mode, statements } = migration;
  if (name === TRACKING_MIGRATION) {
    if (!history.entries.has(name)) steps.push({ migration: name, reason: 'pending', mode, from: 1, statements });
    return;
  }
  const identity = identityOf(matched, migration);
  const other = identity && !identity.names.has(name) ? { other: identity.name } : {};
  const step = (reason: Step['reason'], from = 1) =>
    steps.push({ migration: name, reason, mode, from, statements, ...other });
  if (matched.absorbed.has(migration)) step('replaces', 0);
  else if (identity && isHalfUndone(identity)) problems.push(halfUndone(migration, identity));
  else if (identity && isHalfDone(identity)) planHalfDone(planning, migration, identity, step);
  else if (!identity || !isInForce(identity)) planPending(planning, migration, identity, step);
  else if (isAsApplied(migration, identity)) {
    if (other.other !== undefined || lacksReplaced(planning, migration))
      step(other.other === undefined ? 'replaces' : 'moved', 0);
  } else planChanged(planning, migration, identity, step);
}

type AddStep = (reason: Step['reason'], from?: number) => void;

function isAsApplied(migration: Migration, identity: Identity): boolean {
  const state = stateOf(migration, identity);
  return state === 'applied' || state === 'baselined' || state === 'replaced';
}

/** A squash was executed, and the run ended before it wrote down what the squash contains. */
function lacksReplaced({ history }: Planning, { replaces }: Migration): boolean {
  return replaces.length > 1 && replaces.some(({ name }) => !history.entries.has(name));
}

function planHalfDone({ resumes, problems }: Planning, migration: Migration, identity: Identity, step: AddStep): void {
  const moved = { done: identity.latest.statementsApplied ?? 0, edited: null };
  const resume = resumes.get(migration.name) ?? moved;
  if (resume.edited === null) step('resumed', resume.done + 1);
  else problems.push(editedWhileHalfDone(migration, resume));
}

function planPending(planning: Planning, migration: Migration, identity: Identity | undefined, step: AddStep): void {
  const { newest, options, baselined, problems, notes } = planning;
  if (baselined.has(migration)) {
    step('baseline');
    return;
  }
  const state = stateOf(migration, identity);
  // One that failed before was no branch.
  const isNew = isVersioned(migration) && state !== 'failed';
  const late = isNew && newest !== undefined && compareMigrations(migration, newest) < 0;
  if (late && options.outOfOrder === 'fail') {
    problems.push(lateBranch(migration, newest));
    return;
  }
  step(state === 'failed' || state === 'reverted' ? state : 'pending');
  if (late) notes.push(`${migration.name} is older than ${newest.name}, which is applied already (a late branch)`);
}

function planChanged(planning: Planning, migration: Migration, identity: Identity, step: AddStep): void {
  const { manifest, matched, options, problems, notes } = planning;
  if (options.onChanged === 'ignore') {
    notes.push(`${migration.name} was changed after it was applied; the change is ignored`);
    return;
  }
  const problem = whyNotAgain({ manifest, matched, ...options }, migration, identity);
  if (problem) problems.push(problem);
  else step(stateOf(migration, identity) === 'failed' ? 'failed' : 'changed');
}

function noteUnknown({ matched, notes }: Planning): void {
  const applied = matched.unknown.filter(one => isInForce(one));
  if (applied.length > 0) {
    const names = applied.slice(0, 5).map(entry => entry.name);
    const more = applied.length > names.length ? `, and ${applied.length - names.length} more` : '';
    notes.push(`The database is ahead: ${names.join(', ')}${more} applied, but not in this folder`);
  }
}

/** A versioned migration of this folder is applied or half done here: the database is ours already. What failed and left nothing does not count. */
export function hasBegun(manifest: Manifest, history: History): boolean {
  return firstThere(manifest, match(manifest, history)) !== undefined;
}

function firstThere(manifest: Manifest, matched: Matched): Migration | undefined {
  const isKnown = (one: Migration) => isThere(identityOf(matched, one)) || matched.absorbed.has(one);
  return manifest.migrations.find(one => isVersioned(one) && isKnown(one));
}

/** What the option `baseline` covers, or why it is not followed, where anything that it covers is not applied. */
function takeOver(
  manifest: Manifest,
  matched: Matched,
  { baseline = null, isEmpty = false }: PlanOptions,
): Partial<TakenOver> & Pick<TakenOver, 'baselined' | 'notes'> {
  if (baseline === null) return { baselined: [], notes: [] };
  const first = firstThere(manifest, matched);
  if (first === undefined && !isEmpty) return { baselined: upTo(manifest, baseline), notes: [] };
  const open = coveredBy(manifest, baseline).find(
    one => !isInForce(identityOf(matched, one)) && !matched.absorbed.has(one),
  );
  if (open === undefined) return { baselined: [], notes: [] };
  const why = first === undefined ? 'the database is empty' : `${first.name} is applied here already`;
  const what = `The option baseline (${baseline}) is not followed, because ${why}: ${open.name} is run like any other`;
  return { baselined: [], notes: [what] };
}

/** The versioned migrations up to a version (`2`, `002`, or the name of one), the tracking tables left out. Throws `unknown-version`. */
export function upTo(manifest: Manifest, version: string): Migration[] {
  const covered = coveredBy(manifest, version);
  if (covered.length > 0) return covered;
  const versioned = manifest.migrations.filter(isVersioned);
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

function coveredBy(manifest: Manifest, version: string): Migration[] {
  const versioned = manifest.migrations.filter(isVersioned);
  const isIt = (one: Migration) =>
    one.name === version || (/^\d+$/.test(version) && BigInt(one.version!) === BigInt(version));
  return versioned.slice(0, versioned.findIndex(isIt) + 1);
}

function editedWhileHalfDone({ name, file }: Migration, { done, edited }: Resume): Problem {
  const which =
    edited === 0 ? (done === 1 ? 'statement 1' : `one of its first ${done} statements`) : `statement ${edited}`;
  return {
    code: 'edited-half-done',
    message: `${name} has ${done} of its statements committed, and ${which} was edited since`,
    remedy: `Put ${edited === 0 ? 'it' : `statement ${edited}`} back as it was and fix the rest; what is committed is changed by a new migration`,
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
