import { type Database, DatabaseError, type Row } from '../../core/database.ts';
import type { InFlight } from './checkpoints.ts';
import { judged } from './definition-hash.ts';
import { lacksRight } from './errors.ts';
import { editedDone, type Failed, unknownOutcome } from './failure.ts';
import type { Naming } from './names.ts';
import type { Attempt } from './script-run.ts';

/** What this process knows of the statements that it sent, beyond what the database can tell. */
export interface Answered {
  /** So many statements have answered, and are committed. */
  readonly done: number;
  /** The next one found no transaction: it was not executed. */
  readonly refused: number | null;
}

/** Where a script goes on: behind `done` statements; or why it cannot, and what is then still in flight. */
export interface Resumed {
  /** The attempt whose row says so; 0: there is none. */
  readonly attempt: number;
  readonly done: number;
  readonly inFlight: InFlight | null;
  readonly failed?: Failed;
  /** A statement that is executed was edited: that is no attempt. */
  readonly isEdited?: true;
}

const query = (
  identity: boolean,
) => `SELECT h.direction, h.status, CAST(h.statements_applied AS char), h.applied_checksum, h.in_flight,
    CAST(${judged(`CAST(COALESCE(JSON_EXTRACT(h.in_flight, '$.judges'), '[]') AS json)`, identity)} AS char), CAST(h.attempt AS char)
  FROM schema_migrations h WHERE h.name = :name AND h.attempt = (SELECT MAX(c.attempt) FROM schema_migrations c WHERE c.name = :name)
  FOR SHARE OF h`;

/**
 * Finds out how many statements of a script were executed. The row is read with a lock, so that a commit that is still at work ends first. Executed is
 * everything up to the last statement one of whose judges has changed, for each was sent when the one before had answered.
 */
export async function resolveInFlight(
  database: Database,
  named: Naming,
  attempt: Attempt,
  answered: Answered,
): Promise<Resumed> {
  const { name, direction } = attempt.task;
  const ask = (identity: boolean) =>
    database.execute({ sql: named(query(identity)), parameters: { name }, effect: 'read' });
  let [row] = await ask(false);
  // Its last checkpoint was committed, and only then the session was lost: nothing of it is executed again.
  if (isEnd(row, attempt)) return { attempt: attempt.number, done: attempt.total, inFlight: null };
  if (!row || row[0] !== direction || !/^(running|failed)$/.test(row[1]!))
    return { attempt: 0, done: 0, inFlight: null };
  const found = { attempt: Number(row[6]) };
  const inFlight = row[4] == null ? null : (JSON.parse(row[4]) as InFlight);
  if (inFlight?.identity) {
    [row] = await ask(true).catch(error => {
      if (!(error instanceof DatabaseError) || !lacksRight(error)) throw error;
      return [row];
    });
  }
  const done = Number(row![2] ?? 0);
  if (attempt.chain[done] !== (row![3] ?? '')) {
    const edited = await firstEdited(database, named, attempt, done);
    return { ...found, done, inFlight, failed: editedDone(name, direction, done, edited), isEdited: true };
  }
  return { ...found, ...(inFlight === null ? { done, inFlight } : judge(attempt, done, inFlight, row!, answered)) };
}

/** Whether the row is that of this very attempt, which has come to its end. */
function isEnd(row: Row | undefined, { number, task }: Attempt): boolean {
  return (
    row !== undefined && row[0] === task.direction && Number(row[6]) === number && /^(applied|reverted)$/.test(row[1]!)
  );
}

function judge(
  { task }: Attempt,
  done: number,
  inFlight: InFlight,
  row: Row,
  answered: Answered,
): Omit<Resumed, 'attempt'> {
  const { checksums, judges, was = {}, unjudged } = inFlight;
  const is = JSON.parse(row[5] ?? '{}') as Record<string, string | null>;
  const last = done + checksums.length;
  let known = Math.max(done, Math.min(answered.done, last));
  for (const { i, at } of judges)
    if (was[i] != null && is[i] != null && was[i] !== is[i]) known = Math.max(known, done + at + 1);
  const { sums } = task.script.facts;
  for (let at = done; at < known; at++)
    if (sums[at] !== checksums[at - done])
      return { done, inFlight, failed: editedDone(task.name, task.direction, known, at + 1), isEdited: true };
  if (known === last) return { done: known, inFlight: null };
  const next = known - done;
  const left: InFlight = {
    ...inFlight,
    checksums: checksums.slice(next),
    judges: judges.filter(({ at }) => at >= next).map(one => ({ ...one, at: one.at - next })),
  };
  const isBlind = judges.some(
    ({ i, at, how }) => at === next && how === 'identity' && (was[i] == null || is[i] == null),
  );
  if ((unjudged || isBlind) && answered.refused !== known + 1)
    return { done: known, inFlight: left, failed: unknownOutcome(known + 1) };
  return { done: known, inFlight: null };
}

/** Which of the statements executed was edited, where that was stored; null: a run was killed before it could store that. */
async function firstEdited(database: Database, named: Naming, attempt: Attempt, done: number): Promise<number | null> {
  const [row] = await database.execute({
    sql: named(`SELECT h.statement_checksums FROM schema_migrations h WHERE h.name = :name AND h.statement_checksums IS NOT NULL
      ORDER BY h.attempt DESC LIMIT 1`),
    parameters: { name: attempt.task.name },
    effect: 'read',
  });
  const stored = JSON.parse(row?.[0] ?? '[]') as string[];
  const at = stored.slice(0, done).findIndex((checksum, index) => checksum !== attempt.task.script.facts.sums[index]);
  return at < 0 ? null : at + 1;
}
