import type { Row } from '../core/database.ts';
import { MigrationError } from '../core/errors.ts';
import type { AttemptStatus, CountedStatus, Direction, HistoryEntry, PastEvent } from '../core/history.ts';
import type { IdentityFacts } from '../core/identity.ts';
import type { Script } from '../core/manifest.ts';
import type { Activity } from '../core/report.ts';
import type { AttemptRow } from './engine.ts';

// How both engines' queries give the rows of the tracking table back: the columns, and the words of a line, in one order.

/** A row of `attempts`, in the order of `AttemptRow`'s members. */
export function toAttempt(row: Row): AttemptRow {
  const number = (at: number) => (row[at] == null ? null : Number(row[at]));
  const text = (at: number) => row[at] ?? null;
  return {
    name: row[0]!,
    attempt: Number(row[1]),
    status: row[2] as AttemptRow['status'],
    checksum: row[3]!,
    startedAt: Number(row[4]),
    finishedAt: number(5),
    executionTimeMs: number(6),
    statements: number(7),
    statementsApplied: number(8),
    errorCode: text(9),
    errorMessage: text(10),
    errorDetail: text(11),
    errorHint: text(12),
    errorStatement: number(13),
    errorLine: number(14),
    runId: text(15),
    hook: text(16),
    requestedBy: text(17),
    toolVersion: text(18),
    otherName: text(19),
    statementsChecksum: row[20]!,
  };
}

/**
 * A line of the history, and the words after those that both engines write: latest attempt, its direction, status, checksum, statements done, their
 * chained checksum, what is in flight, time and milliseconds; status, checksum and time of the one that counts (`=`: the same one, `-`: none); `!` where another hook wrote that; what
 * `toPast` reads.
 */
export function toEntry(line: string): { entry: Omit<HistoryEntry, 'name'>; rest: string[] } {
  const [attempt, direction, status, sum, done, applied, inFlight, at, ms, ...others] = line.split(' ');
  const [inForce, inForceSum, inForceAt, hook, joined = '-', ...rest] = others;
  const past = toPast(joined);
  const latest = {
    attempt: Number(attempt),
    direction: direction as Direction,
    status: status as AttemptStatus,
    statementsChecksum: sum!,
    statementsApplied: done === '-' ? null : Number(done),
    ...(applied !== '-' && { appliedChecksum: applied! }),
    ...(inFlight !== '-' && { inFlight: inFlight! }),
    at: Number(at),
    executionTimeMs: ms === '-' ? null : Number(ms),
  };
  const byOtherHook = hook === '!';
  const counted =
    inForce === '='
      ? {
          status: latest.status as CountedStatus,
          statementsChecksum: latest.statementsChecksum,
          at: latest.at,
          byOtherHook,
        }
      : { status: inForce as CountedStatus, statementsChecksum: inForceSum!, at: Number(inForceAt), byOtherHook };
  const joinedBefore = past.length > 0 ? { past } : {};
  return { entry: { latest, inForce: inForce === '-' ? null : counted, ...joinedBefore }, rest };
}

const EVENTS = { x: 'executed', m: 'moved', r: 'reverted', p: 'replaced' } as const;

/** `x1700000000000,m1700000000001:002_y`: a letter for the kind, the time, the other name. As a JSON list, or with commas; `-`: none. */
function toPast(word: string): PastEvent[] {
  return [...word.matchAll(/([xmrp])(\d+)(?::([^",\]]+))?/g)].map(([, kind, at, other]) => ({
    kind: EVENTS[kind as keyof typeof EVENTS],
    at: Number(at),
    ...(other !== undefined && { other }),
  }));
}

/** The kinds of `toPast` as a CASE over a row of the table, `h`. `time`: its time as text, `joined`: texts joined. */
export function eventOf(time: string, joined: (...texts: string[]) => string): string {
  return `CASE WHEN h.status = 'reverted' THEN ${joined(`'r'`, time)}
    WHEN h.other_name IS NOT NULL AND h.status = 'replaced' THEN ${joined(`'p'`, time, `':'`, 'h.other_name')}
    WHEN h.other_name IS NOT NULL THEN ${joined(`'m'`, time, `':'`, 'h.other_name')}
    WHEN h.status = 'applied' THEN ${joined(`'x'`, time)} END`;
}

/** An activity as both engines' queries write it: JSON, its time in milliseconds since 1970. */
export function toActivity(text: string): Activity {
  const { since, interrupted, ...activity } = JSON.parse(text) as Activity & { since: number };
  return { ...activity, interrupted: Boolean(interrupted), since: new Date(since).toISOString() };
}

/** What is stored of a migration to recognise it by: three members of its facts, as JSON; null or older than they are: nothing. */
export function toFacts(once: string | null, names: string | null, drops: string | null): IdentityFacts {
  const list = (text: string | null) => JSON.parse(text ?? '[]') as string[];
  return { once: list(once), names: list(names), drops: list(drops) };
}

/** What goes into `content_facts` of a migration that is only recorded. */
export function identityFacts({ once, names, drops }: IdentityFacts): IdentityFacts {
  return { once, names, drops };
}

/** Characters that are read in one call, of up to four bytes each: an answer ends at 1 MiB. */
export const CHUNK = 200_000;

/**
 * A script that was stored with what is applied, read in as many calls as it takes; null: there is none. `read` gives `CHUNK` characters of a
 * column from one on, counted from 1.
 */
export async function storedScript(
  read: (column: 'revert_content' | 'revert_facts', from: number) => Promise<string | null | undefined>,
): Promise<Script | null> {
  const whole = async (column: 'revert_content' | 'revert_facts'): Promise<string | null> => {
    let text = '';
    for (let from = 1; ; from += CHUNK) {
      const chunk = await read(column, from);
      if (chunk == null) return null;
      text += chunk;
      if ([...chunk].length < CHUNK) return text;
    }
  };
  const content = await whole('revert_content');
  if (content === null) return null;
  return { content, facts: JSON.parse((await whole('revert_facts')) ?? '{}') as Script['facts'] };
}

/** Tables of our name that other tools make, by their columns. */
const makers: readonly [tool: string, columns: string][] = [
  ['golang-migrate', 'dirty,version'],
  ['Rails or dbmate', 'version'],
  ['Ecto', 'inserted_at,version'],
];

/** What to say of a table that is not ours. `columns` in the order of their names; `routines`: those of an earlier build of ours, in words. */
export function foreignTable(
  { table, columns, routines }: { table: string; columns: readonly string[]; routines: string },
  cause: unknown,
): MigrationError {
  if (columns.includes('picture') && columns.includes('attempt')) return earlierBuild(table, routines, cause);
  const maker = makers.find(([, its]) => its === columns.join())?.[0] ?? 'something else';
  return new MigrationError(
    {
      code: 'foreign-table',
      message: `The table ${table} was made by ${maker} (its columns: ${columns.join(', ')})`,
      remedy:
        'Choose another name with the option table, for example --table aurora_migrations; this one is left as it is',
    },
    { cause },
  );
}

/** Bytes of rows in one call, of the 4 MiB of a request: in JSON within JSON they may double. */
const REQUEST_PAGE = 1_000_000;

/** Rows in lists that fit into one request each. */
export function* inPages<T>(rows: readonly T[]): Generator<T[]> {
  let page: T[] = [];
  let bytes = 0;
  for (const row of rows) {
    const size = Buffer.byteLength(JSON.stringify(row), 'utf8');
    if (page.length > 0 && bytes + size > REQUEST_PAGE) {
      yield page;
      page = [];
      bytes = 0;
    }
    page.push(row);
    bytes += size;
  }
  if (page.length > 0) yield page;
}

/** Before the first release there is no way to take tables over. */
function earlierBuild(table: string, routines: string, cause: unknown): MigrationError {
  return new MigrationError(
    {
      code: 'foreign-table',
      message: `The table ${table} was made by an earlier build of aurora-migrations`,
      remedy: `Nothing of it was ever released: drop the tables ${table} and ${table}_lease and ${routines}, as far as they are there, and run again`,
    },
    { cause },
  );
}
