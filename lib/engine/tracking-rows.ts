import type { Row } from '../core/database.ts';
import { MigrationError } from '../core/errors.ts';
import type { AttemptStatus, HistoryEntry } from '../core/history.ts';
import type { Script } from '../core/manifest.ts';
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
  };
}

/**
 * A line of the history, and the words after the ten that both engines write: latest attempt, its status, checksum, statements done, time and
 * milliseconds; status, checksum and time of the one in force (`=`: the same one, `-`: none); `!` where another hook wrote that.
 */
export function toEntry(line: string): { entry: Omit<HistoryEntry, 'name'>; rest: string[] } {
  const [attempt, status, sum, done, at, ms, inForce, inForceSum, inForceAt, hook, ...rest] = line.split(
    ' ',
  ) as string[];
  const latest = {
    attempt: Number(attempt),
    status: status as AttemptStatus,
    statementsChecksum: sum!,
    statementsApplied: done === '-' ? null : Number(done),
    at: Number(at),
    executionTimeMs: ms === '-' ? null : Number(ms),
  };
  const byOtherHook = hook === '!';
  const counted =
    inForce === '='
      ? {
          status: latest.status as 'applied',
          statementsChecksum: latest.statementsChecksum,
          at: latest.at,
          byOtherHook,
        }
      : { status: inForce as 'applied', statementsChecksum: inForceSum!, at: Number(inForceAt), byOtherHook };
  return { entry: { latest, inForce: inForce === '-' ? null : counted }, rest };
}

/** Characters that are read in one call, of up to four bytes each: an answer ends at 1 MiB. */
export const CHUNK = 200_000;

/**
 * A script that was stored with what is in force, read in as many calls as it takes; null: there is none. `read` gives `CHUNK` characters of a
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

/** What to say of a table that is not ours. `columns` in the order of their names. */
export function foreignTable(table: string, columns: readonly string[], cause: unknown): MigrationError {
  if (columns.includes('picture') && columns.includes('attempt')) return earlierBuild(table, cause);
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

/** Before the first release there is no way to take tables over. */
function earlierBuild(table: string, cause: unknown): MigrationError {
  const procedures = `${table}_session_1, ${table}_picture_1 and ${table}_apply_1`;
  return new MigrationError(
    {
      code: 'foreign-table',
      message: `The table ${table} was made by an earlier build of aurora-migrations`,
      remedy: `Nothing of it was ever released: drop the tables ${table} and ${table}_lease and the procedures ${procedures}, as far as they are there, and run again`,
    },
    { cause },
  );
}
