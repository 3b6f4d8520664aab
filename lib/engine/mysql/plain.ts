import { DatabaseError } from '../../core/database.ts';
import type { Ddl } from '../../core/manifest.ts';
import { INTERRUPTED } from '../failure.ts';
import { abandon, type Context, sendable } from './context.ts';
import { ER, isError, isLocked, isUntold, lacksRight, refused, unclear, verdictOf, withNumber } from './errors.ts';
import {
  editedInForce,
  explain,
  type Failed,
  LONGEST_STATEMENT,
  lockedAtUnknown,
  lostSession,
  tooLong,
  unknownOutcome,
} from './failure.ts';
import { isSuperseded } from './lease.ts';
import { awaited } from './outlived.ts';
import { patiently } from './patience.ts';
import { pictureOf } from './picture.ts';
import { type Attempt, begin, checkpoint, type Position, record } from './plain-sql.ts';
import { send } from './sending.ts';
import { dropTemporary, inSession, lockSeconds } from './session.ts';
import { standing } from './standing.ts';
import { hinted, type Outcome, type Task, tag, takesNoHints } from './task.ts';

/**
 * Without the procedure: every statement is sent as it is. What changes rows shares a Data API transaction with its checkpoint; DDL stands
 * between two checkpoints, the first of which keeps the picture.
 */
export async function applyPlainly({ database, named, known, keeping }: Context, task: Task): Promise<Outcome> {
  const { facts } = task.script;
  const { total, sql, wanted } = sendable(task);
  const latest = known.latest.get(task.name);
  const attempt: Attempt = { number: (latest?.attempt ?? 0) + 1, interrupts: latest?.running ?? false };
  const started = Date.now();
  let done = task.from - 1;
  let begun = false;
  let renewed = started;
  /** Several statements in one transaction have failed: from here on each has its own, so that what was done before the culprit stays. */
  let alone = false;
  /** A statement was sent that may commit a part of what it does: nothing but its success tells what of it is done. */
  let halfDone = false;
  /** How things stood before the statement that an earlier attempt may have sent: that is carried on, for it may still arrive. */
  let stood: { readonly statement: number; readonly hash: string } | undefined;

  if (await isSuperseded(database, named, task.run)) return { status: 'fenced' };
  try {
    const failed = await resume();
    if (failed) return await fail(failed, true);
    if (done === total) await write({ done, mark: null, total });
    while (done < total) {
      // Each run comes farther by one statement at least.
      if (begun && task.stop()) return await stopped();
      const ended = await tried(() => {
        const ddl = facts.ddl?.find(one => one.statement === done + 1);
        return ddl ? define(ddl) : change();
      });
      if (ended) return ended;
    }
  } catch (error) {
    if (verdictOf(error) === 'fenced' || isBegun(error)) {
      await abandon(keeping);
      return { status: 'fenced' };
    }
    throw error;
  }
  return { status: 'done', attempt: attempt.number, executionTimeMs: Date.now() - started };

  /**
   * A statement that a transaction takes back, and its checkpoint, in one. Where the session has to be made for it, and put back, the next ones
   * go with it: as many as it takes to come to five calls for each.
   */
  async function change(): Promise<Failed | undefined> {
    const first = done + 1;
    const sets = facts.session.some(number => number <= first) || takesNoHints(sql(first));
    const session = wanted(first).sets(0);
    const room = sets && !alone ? Math.ceil((session.length + 4) / 4) : 1;
    const apart = [...(facts.ddl ?? []), ...(facts.bound ?? [])].map(one => one.statement);
    let last = first;
    while (last < total && last - first + 1 < room && !apart.includes(last + 1) && !isTooLong(last + 1)) last++;
    const lost = beginning(first);
    if (lost) return lost;
    await renew();
    const position = { done: last, mark: null, total };
    try {
      await database.transaction(async ({ execute }) => {
        const work = async () => {
          await execute(
            begun ? checkpoint(named, task, attempt.number, position) : begin(named, task, attempt, position),
          );
          try {
            for (let statement = first; statement <= last; statement++) {
              if (statement > first) task.onStatement(statement);
              const returnsRows = facts.rows.includes(statement);
              const one = { sql: sets ? sql(statement) : sent(statement), effect: 'write' } as const;
              const send = () =>
                awaited(execute, one, { returnsRows, stop: task.stop }).catch((error: unknown) => {
                  throw isUntold(error) ? refused(error, error) : error;
                });
              await (sets ? send() : patiently(database, tag(task, statement), lockSeconds(task.run), send));
            }
          } finally {
            const drop = dropTemporary(facts, first, last);
            if (drop !== null) await execute({ sql: drop, effect: 'write' }).catch(() => undefined);
          }
        };
        if (sets) await inSession(execute, session, facts, work);
        else await work();
      });
    } catch (error) {
      const ours = verdictOf(error) || isBegun(error);
      if (last === first || ours || !(error instanceof DatabaseError) || error.outcome !== 'failed') throw error;
      alone = true;
      return undefined;
    }
    begun = true;
    done = last;
    return undefined;
  }

  /** A statement that commits by itself, between two checkpoints. */
  async function define(ddl: Ddl): Promise<Failed | undefined> {
    const { statement, truth } = ddl;
    const lost = beginning(statement);
    if (lost) return lost;
    const hash = stood?.statement === statement ? stood.hash : undefined;
    const mark = { ...ddl, sum: facts.sums[statement - 1]!, hash };
    const position: Position = { done: statement - 1, mark, total };
    let tells = truth !== 'unknown';
    await write(position).catch((error: unknown) => {
      if (truth !== 'identity' || !(error instanceof DatabaseError) || !lacksRight(error)) throw error;
      // The user may not see the numbers of the tables: then nothing will tell.
      tells = false;
      return write({ ...position, mark: { ...mark, blind: true } });
    });
    halfDone = truth === 'unknown';
    await send(database, keeping, {
      wanted: wanted(statement),
      statement: { sql: sql(statement), effect: 'write' },
      returnsRows: facts.rows.includes(statement),
      stop: task.stop,
      meanwhile: renew,
      mayCommit: truth === 'unknown',
    }).catch(async (error: unknown) => {
      if (!tells || !(await isDoneAllTheSame(ddl, error))) throw error;
    });
    halfDone = false;
    renewed = Date.now();
    // The next checkpoint says it too, and until then the picture does.
    const next = statement < total && !facts.ddl?.some(one => one.statement === statement + 1);
    if (!next || !tells) await writeDone(statement);
    done = statement;
    return undefined;
  }

  /** DDL that fails changes nothing. Where its picture has changed, an earlier request of it, of a run that is no more, has arrived just now. */
  async function isDoneAllTheSame(ddl: Ddl, error: unknown): Promise<boolean> {
    if (!(error instanceof DatabaseError) || error.outcome !== 'failed' || verdictOf(error)) return false;
    const { sql, parameters } = pictureOf(ddl);
    const [row] = await database.execute({
      sql: named(`SELECT CAST(JSON_UNQUOTE(JSON_EXTRACT(h.picture, '$.hash')) <> ${sql} AS char)
        FROM schema_migrations h WHERE h.name = :name AND h.attempt = ${attempt.number}`),
      parameters: { name: task.name, ...parameters },
      effect: 'read',
    });
    return row?.[0] === '1';
  }

  /** It was sent, and is done: what stops this checkpoint is no failure of it, and it is not to be sent again. Else its picture tells. */
  async function writeDone(statement: number): Promise<void> {
    for (let nth = 1; ; nth++) {
      try {
        return await write({ done: statement, mark: null, total });
      } catch (error) {
        if (!(error instanceof DatabaseError) || verdictOf(error)) throw error;
        if (!isLocked(error) || nth >= task.tries) throw unclear(error, error);
        await task.pause(nth, explain(task.name, task.target, { code: null, message: error.message, statement }));
      }
    }
  }

  /** The statement that an earlier attempt may have sent. */
  async function resume(): Promise<Failed | undefined> {
    const mark = latest?.mark;
    if (!mark || mark.target !== task.target || mark.statement !== done + 1) return undefined;
    const stands = await standing(database, mark);
    if (stands === 'unknown') return unknownOutcome(mark.statement);
    const isSame = mark.sum === facts.sums[done];
    if (stands === 'not-done') {
      if (isSame && mark.hash !== null) stood = { statement: mark.statement, hash: mark.hash };
      return undefined;
    }
    if (!isSame) return editedInForce(mark.statement);
    done = mark.statement;
    return undefined;
  }

  function beginning(statement: number): Failed | undefined {
    task.onStatement(statement);
    const bound = facts.bound?.find(one => one.statement === statement);
    if (bound) return lostSession(statement, bound.what, bound.to);
    return isTooLong(statement) ? tooLong(statement, sent(statement).length) : undefined;
  }

  /** In a session that cannot be told how long it may wait. */
  function sent(statement: number): string {
    return hinted(sql(statement), lockSeconds(task.run), known.hints);
  }

  function isTooLong(statement: number): boolean {
    return sent(statement).length > LONGEST_STATEMENT;
  }

  async function write(position: Position): Promise<void> {
    await database.execute(
      begun ? checkpoint(named, task, attempt.number, position) : begin(named, task, attempt, position),
    );
    begun = true;
  }

  /** The lease of a run whose migrations are short is not renewed by their checkpoints, which are the rows themselves. */
  async function renew(): Promise<void> {
    if (Date.now() - renewed < task.run.leaseMs / 3) return;
    await database.execute({
      sql: named(`UPDATE schema_migrations_lease SET expires_at = UTC_TIMESTAMP(6) + INTERVAL CAST(:lease AS unsigned) * 1000 MICROSECOND
        WHERE id = 'lease' AND run_id = :run`),
      parameters: { lease: String(task.run.leaseMs), run: task.run.runId },
      effect: 'write',
    });
    renewed = Date.now();
  }

  /** Do it, again where it met a lock or a deadlock. */
  async function tried(work: () => Promise<Failed | undefined>): Promise<Outcome | undefined> {
    for (let nth = 1; ; nth++) {
      try {
        const lost = await work();
        return lost && (await fail(lost, false));
      } catch (error) {
        if (verdictOf(error) || isBegun(error) || !(error instanceof DatabaseError) || error.outcome !== 'failed')
          throw error;
        await abandon(keeping);
        const failed = { code: error.sqlState ?? null, message: withNumber(error), statement: done + 1 };
        if (isLocked(error) && halfDone) return fail(lockedAtUnknown(done + 1, error), true);
        if (!isLocked(error) || nth >= task.tries) return fail(failed, isError(error, ER.QUERY_INTERRUPTED));
        await task.pause(nth, explain(task.name, task.target, failed));
      }
    }
  }

  async function fail(failed: Failed, keep: boolean): Promise<Outcome> {
    await database.execute(record(named, task, attempt, { done, mark: null, total, failed, keep }));
    const failure = explain(task.name, task.target, failed);
    return { status: 'failed', attempt: attempt.number, executionTimeMs: Date.now() - started, failure };
  }

  async function stopped(): Promise<Outcome> {
    await abandon(keeping);
    await fail({ ...INTERRUPTED, statement: done + 1 }, true);
    return { status: 'stopped' };
  }

  /** The row of this attempt is there: another run has begun it, or the request of this one has arrived twice. */
  function isBegun(error: unknown): boolean {
    return isError(error, ER.DUP_ENTRY) && error.message.endsWith(` for key '${named.table}.PRIMARY'`);
  }
}
