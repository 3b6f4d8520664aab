import { createHash } from 'node:crypto';
import type { AttemptStatus, History, HistoryEntry, PastEvent } from '../../../lib/core/history.ts';
import { type Identity, type IdentityFacts, identitiesOf } from '../../../lib/core/identity.ts';
import { type Manifest, type Migration, TRACKING_MIGRATION } from '../../../lib/core/manifest.ts';
import { factsNeeded, match } from '../../../lib/core/match.ts';
import { versionOf } from '../../../lib/core/name-parts.ts';
import { compareMigrations } from '../../../lib/core/order.ts';
import { makePlan, type Plan, type PlanOptions } from '../../../lib/core/plan.ts';
import { isInForce, shortSum } from '../../../lib/core/state.ts';

export const hash = (text: string) => createHash('sha256').update(text).digest('hex').slice(0, 16);

/** A row of the tracking table, as far as it tells who a migration is. They are given in the order of writing. */
export interface Row {
  readonly migration: Migration;
  readonly name: string;
  readonly status: AttemptStatus;
  readonly done: number;
  readonly otherName: string | null;
  readonly hook: string;
}

export function rowOf(migration: Migration, more: Partial<Row> = {}): Row {
  const { name, statements } = migration;
  return { migration, name, status: 'applied', done: statements, otherName: null, hook: 'h', ...more };
}

/** The migrations of a folder: all of them, in order. */
export function manifestOf(files: readonly Migration[]): Manifest {
  return { format: 1, engine: 'postgresql', digest: '', migrations: files.toSorted(compareMigrations) };
}

/** What a query makes of the rows: an entry a name, with the past of the names that are joined. */
export function historyOf(rows: readonly Row[], hook: string | null = null): History {
  const joined = new Set(rows.flatMap(({ name, otherName }) => (otherName === null ? [] : [name, otherName])));
  const entries = new Map<string, HistoryEntry>();
  rows.forEach((row, index) => {
    // A time, and none is 0.
    const at = index + 1;
    const { name, status, migration, done } = row;
    const before = entries.get(name);
    const statementsChecksum = shortSum(migration);
    // Nobody tries to apply what is applied with the same statements.
    const isDown = before && isInForce(before) && before.inForce?.statementsChecksum === statementsChecksum;
    const counts = status !== 'failed' && status !== 'running';
    const byOtherHook = hook !== null && row.hook !== hook;
    const event = joined.has(name) ? eventOf(row, at) : undefined;
    const past = [...(before?.past ?? []), ...(event ? [event] : [])];
    entries.set(name, {
      name,
      latest: {
        attempt: (before?.latest.attempt ?? 0) + 1,
        direction: status === 'reverted' || (!counts && isDown) ? 'down' : 'up',
        status,
        statementsChecksum,
        statementsApplied: counts || migration.mode === 'stepwise' ? done : 0,
        at,
        executionTimeMs: null,
      },
      inForce: counts ? { status, statementsChecksum, at, byOtherHook } : (before?.inForce ?? null),
      ...(past.length > 0 && { past }),
    });
  });
  entries.set(TRACKING_MIGRATION, tracking);
  return { installed: true, entries, openRequest: null, leaseTaken: null, server: 17 };
}

const tracking: HistoryEntry = {
  name: TRACKING_MIGRATION,
  latest: {
    attempt: 1,
    direction: 'up',
    status: 'applied',
    statementsChecksum: '',
    statementsApplied: 1,
    at: -1,
    executionTimeMs: null,
  },
  inForce: null,
};

function eventOf({ status, otherName }: Row, at: number): PastEvent | undefined {
  if (status === 'reverted') return { kind: 'reverted', at };
  if (otherName !== null) return { kind: status === 'replaced' ? 'replaced' : 'moved', at, other: otherName };
  return status === 'applied' ? { kind: 'executed', at } : undefined;
}

/** The facts that the database would be asked for. */
export function factsOf(
  files: readonly Migration[],
  rows: readonly Row[],
  hook: string | null,
): Map<string, IdentityFacts> {
  const needed = factsNeeded(match(manifestOf(files), historyOf(rows, hook)));
  return new Map(
    needed.flatMap(name => {
      const row = rows.findLast(one => one.name === name && hasContent(one));
      return row ? [[name, row.migration] as const] : [];
    }),
  );
}

/** A failed attempt in one transaction stores nothing, nor does one that undoes. */
function hasContent({ status, done }: Row): boolean {
  return status === 'applied' || status === 'baselined' || ((status === 'failed' || status === 'running') && done > 0);
}

/** The plan of a folder, for the database of these rows. `hook`: the deploy hook that asks. */
export function planOf(
  files: readonly Migration[],
  rows: readonly Row[],
  { hook = null, ...options }: PlanOptions & { readonly hook?: string | null } = {},
): Plan {
  const manifest = manifestOf(files);
  const history = historyOf(rows, hook);
  return makePlan(manifest, history, resumesOf(files, rows), { ...options, facts: factsOf(files, rows, hook) });
}

function resumesOf(files: readonly Migration[], rows: readonly Row[]) {
  const { own } = match(manifestOf(files), historyOf(rows));
  return new Map(
    [...own].map(([file, one]) => {
      const row = rows.findLast(({ name }) => name === one.latestName);
      const done = row?.done ?? 0;
      const edited = row?.migration.once
        .slice(0, done)
        .findIndex((_, at) => textsOf(row.migration)[at] !== textsOf(file)[at]);
      return [file.name, { done, edited: edited === undefined || edited < 0 ? null : edited + 1 }] as const;
    }),
  );
}

/** The statements of a migration of these tests: its content is not stored, so its description holds them. */
export function textsOf({ description }: Migration): string[] {
  return JSON.parse(description) as string[];
}

/** The identity of a name. */
export function identityIn(rows: readonly Row[], name: string): Identity | undefined {
  return identitiesOf(historyOf(rows)).get(name);
}

/** A statement of these tests. `replace …` may run again; `create x`, `insert x`, … name the object x. */
export interface TestStatement {
  readonly text: string;
  readonly isOnce: boolean;
  readonly object: string;
  readonly drops?: readonly string[];
}

/** A migration of these statements. */
export function migrationOf(
  name: string,
  statements: readonly TestStatement[],
  more: Partial<Migration> = {},
): Migration {
  const once = statements.map(({ text, isOnce }) => (isOnce ? hash(text) : ''));
  const first = statements.findIndex(({ isOnce }) => isOnce);
  return {
    name,
    version: versionOf(name),
    file: `${name}.sql`,
    description: JSON.stringify(statements.map(({ text }) => text)),
    created: null,
    checksum: '',
    statementsChecksum: hash(statements.map(({ text }) => hash(text)).join()),
    mode: 'atomic',
    reapply: false,
    statements: statements.length,
    revertible: true,
    names: [...new Set(statements.flatMap(({ object, drops = [] }) => [object, ...drops]))].sort(),
    drops: statements.flatMap(({ drops = [] }) => drops),
    once,
    destructive: first < 0 ? null : { what: 'inserts', line: first + 1 },
    ifNotExists: null,
    replaces: [],
    again: [],
    ...more,
  };
}
