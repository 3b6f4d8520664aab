import fc from 'fast-check';
import { significant } from '../../../lib/core/order.ts';
import type { PlanOptions } from '../../../lib/core/plan.ts';
import { byTheRules, type Decide, type Fault, TestDatabase } from './database.ts';
import { type Branch, type Folder, nameOf, Repository, type Statement, type TeamFile } from './team.ts';

/** One thing that somebody does; the numbers choose what to do it to. */
export interface Action {
  readonly kind: string;
  readonly branch: number;
  readonly pick: number;
  readonly n: number;
  readonly flag: boolean;
  readonly database: number;
}

type Edit = (file: TeamFile, files: readonly TeamFile[]) => TeamFile | TeamFile[] | null;
type Edits = Record<string, (repository: Repository, action: Action, at: Branch) => Edit>;

/** What is done to one file of a folder. */
const edits: Edits = {
  rename:
    (_, { n }) =>
    one => ({ ...one, words: `${one.words}_r${n}` }),
  renumber: repository => (one, files) => ({ ...one, version: repository.next(files) }),
  pad:
    (_, { flag }) =>
    one => ({ ...one, version: flag ? significant(one.version) : one.version.padStart(4, '0') }),
  'rename-renumber':
    (repository, { n }) =>
    (one, files) => ({
      ...one,
      words: `${one.words}_x${n}`,
      version: repository.next(files),
    }),
  edit:
    (repository, { n }) =>
    one => ({
      ...one,
      up: one.up.map((each, at) => (at === n % one.up.length ? repository.edited(each) : each)),
    }),
  'rename-edit':
    (repository, { n }) =>
    one => ({ ...withFirstEdited(repository, one), words: `${one.words}_e${n}` }),
  'renumber-edit': repository => (one, files) => ({
    ...withFirstEdited(repository, one),
    version: repository.next(files),
  }),
  append:
    (repository, { flag }) =>
    one =>
      one.isRepeatable ? null : { ...one, up: [...one.up, repository.statement({ isOnce: flag })] },
  remove: () => one => (one.up.length > 1 ? { ...one, up: one.up.slice(1) } : null),
  delete: () => () => [],
  split:
    (repository, { flag }) =>
    (one, files) => {
      if (one.up.length < 2) return null;
      const first = { ...one, words: flag ? one.words : `${one.words}_1`, up: one.up.slice(0, 1) };
      const version = repository.next(files);
      return [first, { ...one, id: ++repository.ids, words: `${one.words}_2`, version, up: one.up.slice(1) }];
    },
  retire: repository => (one, files) => {
    if (one.up.some(({ kills }) => kills)) return null;
    repository.retired.push(one);
    const up: Statement = {
      ...repository.statement(),
      object: one.up[0]!.object,
      kills: one.up.map(({ change, sameAs }) => sameAs ?? change),
      drops: one.up.map(({ object }) => object),
    };
    const version = repository.next(files);
    return [{ id: ++repository.ids, version, words: `drop_${one.words}`, up: [up], isStepwise: false }];
  },
  repeatable: () => one =>
    one.replaces || one.up.some(({ isOnce }) => isOnce) ? null : { ...one, isRepeatable: !one.isRepeatable },
};

function withFirstEdited(repository: Repository, one: TeamFile): TeamFile {
  const [first, ...rest] = one.up;
  return { ...one, up: [...(first ? [repository.edited(first)] : []), ...rest] };
}

type Works = Record<string, (repository: Repository, action: Action, at: Branch) => void>;

/** What is done to a whole folder, or to more than one file of it. */
const works: Works = {
  add: (repository, { n, flag }, at) => {
    const up = Array.from({ length: 1 + (n % 3) }, () => repository.statement({ isOnce: flag }));
    repository.add(at, { words: freshWords(repository, n), up, isStepwise: n % 4 === 0 });
  },
  branch: (repository, _, at) => at !== 'main' && repository.branchOff(at),
  merge: (repository, { flag }, at) => at !== 'main' && repository.merge(at, flag),
  shift: (repository, { pick }, at) => {
    const files = repository.branches[at];
    const from = Number(files[pick % files.length]?.version);
    const shifted = (one: TeamFile) => ({ ...one, version: String(Number(one.version) + 1).padStart(3, '0') });
    repository.set(
      at,
      files.map(one => (one.isRepeatable || Number(one.version) < from ? one : shifted(one))),
    );
  },
  'to-timestamps': (repository, _, at) => {
    const stamped = (one: TeamFile, nth: number) => ({ ...one, version: `2023${String(nth).padStart(10, '0')}` });
    repository.set(
      at,
      repository.branches[at].map((one, nth) => (one.version.length > 8 ? one : stamped(one, nth))),
    );
  },
  join: (repository, { pick }, at) => {
    const files = repository.branches[at];
    const place = pick % files.length;
    const [one, other] = [files[place], files[place + 1]];
    if (one && other) repository.set(at, files.toSpliced(place, 2, { ...one, up: [...one.up, ...other.up] }));
  },
  exchange: (repository, { pick }, at) => {
    const files = repository.branches[at];
    const [one, other] = [files[pick % files.length], files[(pick + 1) % files.length]];
    if (!one || !other) return;
    const ups = new Map([
      [one, other.up],
      [other, one.up],
    ]);
    repository.set(
      at,
      files.map(file => ({ ...file, up: ups.get(file) ?? file.up })),
    );
  },
  copy: (repository, { pick, n, flag }, at) => {
    const files = repository.branches[at];
    const one = files[pick % files.length];
    const first = one?.up[0];
    if (!one || !first) return;
    const up = [repository.statement({ isOnce: first.isOnce, text: first.text })];
    repository.add(at, { words: freshWords(repository, n), up, ...(flag && { again: [nameOf(one)] }) });
  },
  reland: (repository, _, at) => {
    const last = repository.retired.at(-1);
    if (!last || !repository.branches[at].some(({ words }) => words === `drop_${last.words}`)) return;
    repository.retired.pop();
    const up = last.up.map(one => ({
      ...one,
      change: ++repository.changes,
      edition: 1,
      sameAs: one.sameAs ?? one.change,
    }));
    repository.add(at, { words: last.words, up });
  },
  squash: (repository, { n, flag, pick }, at) => repository.squash(at, 2 + (n % 3), flag, pick % 2 === 1),
  'git-revert': (repository, { n }, at) => {
    const { commits } = repository;
    if (commits.length > 2) repository.set(at, commits[Math.max(1, commits.length - 2 - (n % 3))]!);
  },
};

const WORDS = ['users', 'orders', 'seed', 'index', 'fix'];

function freshWords({ ids }: Repository, n: number): string {
  return `${WORDS[n % WORDS.length]}${n % 3 === 0 ? '' : `_${ids}`}`;
}

export const DAILY =
  'add add add branch merge merge rename renumber pad shift deploy deploy deploy fail down snapshot restore to-timestamps git-revert'.split(
    ' ',
  );
export const EDITS = [...DAILY, ...'edit append remove delete rename-edit split join exchange'.split(' ')];
export const LANDINGS =
  'add add retire retire reland reland rename pad deploy deploy deploy fail snapshot restore'.split(' ');
export const ALL = [
  ...EDITS,
  ...'retire reland reland rename-renumber renumber-edit copy squash squash repeatable'.split(' '),
];

export function actions(kinds: readonly string[], maxLength = 70): fc.Arbitrary<Action[]> {
  const [small, big] = [fc.nat(9), fc.nat(11)];
  const action = fc.record({
    kind: fc.constantFrom(...kinds),
    branch: small,
    pick: small,
    n: big,
    flag: fc.boolean(),
    database: fc.nat(2),
  });
  return fc.array(action, { minLength: 10, maxLength, size: 'max' });
}

export interface Playing {
  readonly decide?: Decide;
  readonly options?: PlanOptions;
  readonly usesTimestamps?: boolean;
}

/** What is done to one of three databases. */
export type Operation = { readonly database: number } & (
  | { readonly kind: 'deploy'; readonly folder: Folder; readonly failAt: number; readonly reverts: boolean }
  | { readonly kind: 'down'; readonly folder: Folder; readonly steps: number }
  | { readonly kind: 'snapshot' | 'restore' }
);

/** What a team's actions come to for its databases: the folders do not depend on what happens there. */
export function* operationsOf(list: readonly Action[], usesTimestamps = false): Generator<Operation> {
  const repository = new Repository(usesTimestamps);
  for (const action of list) {
    const { kind, pick, n, flag } = action;
    const at = (['main', 'main', 'a', 'main', 'b'] as const)[action.branch % 5]!;
    const database = action.database % 3;
    if (at !== 'main' && repository.branches[at].length === 0) repository.branchOff(at);
    const folder = repository.branches[at];
    const edit = edits[kind];
    if (edit) repository.change(at, pick, edit(repository, action, at));
    else if (works[kind]) works[kind](repository, action, at);
    else if (kind === 'deploy') yield { database, kind, folder, failAt: 0, reverts: false };
    else if (kind === 'fail') yield { database, kind: 'deploy', folder, failAt: 1 + (n % 4), reverts: flag };
    else if (kind === 'down') yield { database, kind, folder, steps: 1 + (n % 2) };
    else yield { database, kind: kind === 'snapshot' ? kind : 'restore' };
  }
}

/** What was met. `needless`: stops where somebody who knows what everybody meant would have gone on. */
export interface Played {
  readonly faults: Fault[];
  readonly deploys: number;
  readonly stops: number;
  readonly needless: number;
}

/** What a team's actions end in: all that went wrong on its three databases, and the number of its deploys that stopped. */
export function play(
  list: readonly Action[],
  { decide = byTheRules, options = {}, usesTimestamps = false }: Playing = {},
): Played {
  const forgiven = new Set<number>();
  const databases = [1, 2, 3].map(() => new TestDatabase(forgiven, decide, options));
  const count = { deploys: 0, stops: 0, needless: 0 };
  for (const operation of operationsOf(list, usesTimestamps)) {
    const database = databases[operation.database]!;
    if (operation.kind === 'deploy') {
      const { folder, ...how } = operation;
      count.deploys++;
      if (database.deploy(folder, how) !== 'stopped') continue;
      count.stops++;
      if (!database.needsAPerson(folder)) count.needless++;
    } else if (operation.kind === 'down') database.down(operation.folder, operation.steps);
    else if (operation.kind === 'snapshot') database.snapshot();
    else database.restore();
  }
  return { faults: databases.flatMap(({ faults }) => [...faults.values()]), ...count };
}
