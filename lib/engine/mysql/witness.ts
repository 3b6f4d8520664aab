import { DatabaseError } from '../../core/database.ts';
import { INTERRUPTED } from '../failure.ts';
import { calling, type Progress } from './calling.ts';
import { type Context, sendable } from './context.ts';
import { ER, isError, isLocked, verdictOf, withNumber } from './errors.ts';
import { explain, type Failed, lockedAtUnknown, lostSession } from './failure.ts';
import { isGone } from './kept.ts';
import { awaited } from './outlived.ts';
import { checkpoint } from './plain-sql.ts';
import { latestOf } from './rows.ts';
import { send } from './sending.ts';
import { inSession } from './session.ts';
import type { Outcome, Task } from './task.ts';

/** With the procedure: a call for all statements up to one that cannot be prepared, which is sent as it is between two calls. */
export async function applyByWitness(context: Context, task: Task): Promise<Outcome> {
  const { database, named, keeping } = context;
  const { facts } = task.script;
  const own = sendable(task);
  const { total, sql, wanted } = own;
  const progress: Progress = { attempt: 0, done: task.from - 1, sent: false, open: false };
  const call = calling(context, task, own, progress);
  let tried = 0;

  for (;;) {
    // Each run comes farther by one statement at least.
    if (progress.attempt > 0 && progress.done < total && task.stop()) {
      await fail({ ...INTERRUPTED, statement: progress.done + 1 }, true);
      return { status: 'stopped' };
    }
    const next = facts.unprepared?.find(number => number > progress.done) ?? total + 1;
    const lost = facts.bound?.find(
      ({ statement, to }) => statement > progress.done && statement < next && to <= progress.done,
    );
    const stop = lost?.statement ?? next;
    if (progress.done < stop - 1 && progress.done < total) task.onStatement(progress.done + 1);
    const stand = await call({ op: 'run', stop, again: tried + 1 < task.tries });
    if (!('done' in stand)) {
      if (stand.status !== 'again') return stand;
      const row = (await latestOf(database, named, task.name))!;
      Object.assign(progress, { attempt: row.attempt, done: row.statementsApplied ?? progress.done, sent: false });
      await task.pause(++tried, locked(progress.done + 1));
      continue;
    }
    Object.assign(progress, { attempt: stand.attempt, done: stand.done, sent: false });
    if (stand.status === task.target) return { status: 'done', attempt: stand.attempt, executionTimeMs: stand.ms };
    if (stand.done >= stop) continue;
    if (lost) return fail(lostSession(lost.statement, lost.what, lost.to));
    const failed = await sendAsItIs(stop);
    if (failed) return failed;
  }

  /** One statement that cannot be prepared. What changes rows has its checkpoint with it. */
  async function sendAsItIs(statement: number): Promise<Outcome | undefined> {
    task.onStatement(statement);
    const bound = facts.bound?.find(one => one.statement === statement);
    if (bound) return fail(lostSession(statement, bound.what, bound.to));
    const ddl = facts.ddl?.find(one => one.statement === statement);
    try {
      if (ddl) await define(statement, ddl.truth === 'unknown');
      else if (progress.open) await changeIn(statement);
      else await change(statement);
    } catch (error) {
      const { open } = progress;
      progress.open = false;
      if (open && isGone(error)) {
        // It was not sent, and what the procedure began with it is no more.
        Object.assign(keeping, { kept: null, vanishes: true });
        return undefined;
      }
      if (verdictOf(error) === 'fenced') return { status: 'fenced' };
      if (!(error instanceof DatabaseError) || error.outcome !== 'failed') throw error;
      if (isLocked(error) && ddl?.truth === 'unknown') return fail(lockedAtUnknown(statement, error), true);
      if (isLocked(error) && tried + 1 < task.tries) {
        await task.pause(++tried, locked(statement));
        return undefined;
      }
      const keep = isError(error, ER.QUERY_INTERRUPTED);
      return fail({ code: error.sqlState ?? null, message: withNumber(error), statement }, keep);
    }
    progress.done = statement;
    progress.sent = ddl !== undefined || progress.open;
    return undefined;
  }

  function define(statement: number, mayCommit: boolean): Promise<void> {
    const returnsRows = facts.rows.includes(statement);
    const one = { sql: sql(statement), effect: 'write' } as const;
    return send(database, keeping, {
      ...{ wanted: wanted(statement), statement: one, returnsRows, mayCommit, stop: task.stop },
    });
  }

  /** In the transaction that the procedure has left open. */
  async function changeIn(statement: number): Promise<void> {
    const kept = keeping.kept!;
    await kept.become(wanted(statement));
    const returnsRows = facts.rows.includes(statement);
    await awaited(one => kept.execute(one), { sql: sql(statement), effect: 'write' }, { returnsRows, stop: task.stop });
  }

  /** In a transaction of its own, with its checkpoint. */
  function change(statement: number): Promise<void> {
    const returnsRows = facts.rows.includes(statement);
    return database.transaction(({ execute }) =>
      inSession(execute, wanted(statement).sets(0), facts, async () => {
        await execute(checkpoint(named, task, progress.attempt, { done: statement, mark: null, total }));
        await awaited(execute, { sql: sql(statement), effect: 'write' }, { returnsRows, stop: task.stop });
      }),
    );
  }

  function locked(statement: number) {
    return explain(task.name, task.target, { code: null, message: `(error ${ER.LOCK_WAIT_TIMEOUT})`, statement });
  }

  async function fail({ code, message }: Failed, keep = false): Promise<Outcome> {
    return call({ op: 'fail', stop: total + 1, code: code ?? undefined, message, keep }) as Promise<Outcome>;
  }
}
