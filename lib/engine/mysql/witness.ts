import { type Database, DatabaseError, type Statement } from '../../core/database.ts';
import { statementsOf } from '../../core/script.ts';
import { INTERRUPTED } from '../failure.ts';
import { answerIn, failedAs, type Stand, standOf } from './answer.ts';
import { ER, isError, isLocked, unclear, verdictOf } from './errors.ts';
import { explain, type Failed, lostSession } from './failure.ts';
import type { Known } from './history.ts';
import { isGone, type Kept } from './kept.ts';
import { endLeft } from './lease.ts';
import type { Naming } from './names.ts';
import { awaited } from './outlived.ts';
import { QUERIES } from './picture.ts';
import { checkpoint } from './plain-sql.ts';
import { latestOf } from './rows.ts';
import { endKept, type Keeping, send } from './sending.ts';
import { inSession, lockSeconds, ours } from './session.ts';
import { type Outcome, sentAs, settings, type Task, tag } from './task.ts';

/** With the procedure: a call for all statements up to one that cannot be prepared, which is sent as it is between two calls. */
export async function applyByWitness(
  database: Database,
  named: Naming,
  known: Known,
  keeping: Keeping,
  task: Task,
): Promise<Outcome> {
  const { facts } = task.script;
  const statements = statementsOf(task.script).map(({ sql }) => sql);
  const total = statements.length;
  let attempt = 0;
  let done = task.from - 1;
  let sent = false;
  let tried = 0;
  const started = Date.now();
  const before = known.latest.get(task.name) ?? { attempt: 0, mark: null };
  /** What has been cut off before may be long: the service might take a transaction for idle meanwhile. */
  const cutOff = task.from > 1 || before.mark !== null;

  for (;;) {
    // Each run comes farther by one statement at least.
    if (attempt > 0 && done < total && task.stop()) {
      await fail({ ...INTERRUPTED, statement: done + 1 }, done, true);
      return { status: 'stopped' };
    }
    const stop = facts.unprepared?.find(number => number > done) ?? total + 1;
    const lost = facts.bound?.find(({ statement, to }) => statement > done && statement < stop && to <= done);
    if (lost) return fail(lostSession(lost.statement, lost.what, lost.to), lost.statement - 1);
    if (done < stop - 1 && done < total) task.onStatement(done + 1);
    const stand = await call({ op: 'run', stop, again: tried + 1 < task.tries });
    if (!('done' in stand)) {
      if (stand.status !== 'again') return stand;
      const row = (await latestOf(database, named, task.name))!;
      ({ attempt } = row);
      done = row.statementsApplied ?? done;
      sent = false;
      await task.pause(++tried, locked(done + 1));
      continue;
    }
    ({ attempt } = stand);
    sent = false;
    done = stand.done;
    if (stand.status === task.target) return { status: 'done', attempt, executionTimeMs: stand.ms };
    if (done >= stop) continue;
    const failed = await sendAsItIs(stop);
    if (failed) return failed;
  }

  /** One statement that cannot be prepared. What changes rows has its checkpoint with it. */
  async function sendAsItIs(statement: number): Promise<Outcome | undefined> {
    task.onStatement(statement);
    const bound = facts.bound?.find(one => one.statement === statement);
    if (bound) return fail(lostSession(statement, bound.what, bound.to), done);
    const one = {
      sql: `${tag(task, statement)} ${sentAs(task.script, statements, statement)}`,
      effect: 'write',
    } as const;
    const ddl = facts.ddl?.find(({ statement: number }) => number === statement);
    const returnsRows = facts.rows.includes(statement);
    const session = sessionOf(statement);
    try {
      if (ddl)
        await send(database, keeping, {
          ...{ session, statement: one, returnsRows, mayCommit: ddl.truth === 'unknown' },
          stop: task.stop,
        });
      else {
        await database.transaction(({ execute }) =>
          inSession(execute, session, async () => {
            await execute(checkpoint(named, task, attempt, { done: statement, mark: null, total }));
            await awaited(execute, one, { returnsRows, stop: task.stop });
          }),
        );
      }
    } catch (error) {
      if (verdictOf(error) === 'fenced') return { status: 'fenced' };
      if (!(error instanceof DatabaseError) || error.outcome !== 'failed') throw error;
      if (isLocked(error) && tried + 1 < task.tries) {
        await task.pause(++tried, locked(statement));
        return undefined;
      }
      const code = error.errorCode === undefined ? '' : ` (error ${error.errorCode})`;
      const keep = isError(error, ER.QUERY_INTERRUPTED);
      return fail({ code: error.sqlState ?? null, message: error.message + code, statement }, done, keep);
    }
    done = statement;
    sent = ddl !== undefined;
    return undefined;
  }

  function sessionOf(statement: number): string[] {
    return settings(task.script, statements, statement, ours(task.run));
  }

  /**
   * The session in which a statement was sent as it is, if the next CALL is to go through it: it puts the session back, unless the next
   * statement is sent in the same, or there is something that a procedure cannot put back.
   */
  async function through(stop: number): Promise<{ kept: Kept; leave: boolean } | null> {
    const { kept } = keeping;
    if (!kept?.isSet) return null;
    if (cutOff) {
      await endKept(keeping);
      return null;
    }
    const next = facts.ddl?.some(({ statement }) => statement === stop) && kept.is(sessionOf(stop));
    return { kept, leave: next === true || kept.setsTexts };
  }

  function locked(statement: number) {
    return explain(task.name, task.target, { code: null, message: `(error ${ER.LOCK_WAIT_TIMEOUT})`, statement });
  }

  async function fail(failed: Failed, inForce: number, keep = false): Promise<Outcome> {
    done = inForce;
    const { code, message } = failed;
    return call({ op: 'fail', stop: total + 1, code: code ?? undefined, message, keep }) as Promise<Outcome>;
  }

  async function call(more: Record<string, unknown>): Promise<Stand | Outcome | { status: 'again' }> {
    const { run, script, revert } = task;
    const meta = {
      ...{ name: task.name, version: task.version ?? undefined, checksum: task.checksum, target: task.target },
      ...{ statements_checksum: task.statementsChecksum, facts, revert_facts: revert?.facts },
      ...{
        run_id: run.runId,
        hook: run.hook ?? undefined,
        requested_by: run.requestedBy,
        tool_version: run.toolVersion,
      },
      ...{ lease_ms: run.leaseMs, lock_timeout: lockSeconds(run) },
      ...{ queries: QUERIES, attempt, done, sent, ...more },
    };
    const stop = more.stop as number;
    const session = await through(stop);
    const one: Statement = {
      sql: `${tag(task)} ${named('CALL schema_migrations_apply_1(:meta, :content, :revert)')}`,
      parameters: {
        meta: JSON.stringify({ ...meta, leave: session?.leave }),
        content: script.content,
        revert: revert?.content ?? null,
      },
      effect: 'write',
    };
    try {
      const rows = await (session ? session.kept.execute(one) : database.execute(one));
      if (session && !session.leave) session.kept.restored();
      return answerIn(rows) ?? (await withoutRows(stop));
    } catch (error) {
      if (session && isGone(error)) {
        // What committed in it before has ended its transaction: this CALL was not begun.
        Object.assign(keeping, { kept: null, vanishes: true });
        return call(more);
      }
      const verdict = verdictOf(error);
      if (verdict === 'failed') return failedAs(task, (await latestOf(database, named, task.name))!);
      if (verdict === 'again') return { status: verdict };
      if (verdict === 'already' || verdict === 'busy' || verdict === 'fenced') return { status: verdict };
      // Killed, or not in order: what it did the row and the picture tell.
      if (isError(error, ER.QUERY_INTERRUPTED)) {
        await endLeft(database, named, task.run);
        throw unclear(error, error);
      }
      throw error;
    }
  }

  /** A CALL that ended without an error came as far as it was told; only a picture of an earlier attempt may have brought it farther. */
  async function withoutRows(stop: number): Promise<Stand> {
    if (before.mark) return standOf((await latestOf(database, named, task.name))!);
    const status = stop > total ? task.target : 'running';
    return { status, attempt: before.attempt + 1, done: stop - 1, ms: Date.now() - started };
  }
}
