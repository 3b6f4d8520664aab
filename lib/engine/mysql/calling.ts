import { DatabaseError, type Statement } from '../../core/database.ts';
import { answerIn, failedAs, type Stand, standOf } from './answer.ts';
import { abandon, type Context, type Sendable } from './context.ts';
import { ER, isError, unclear, verdictOf, withNumber } from './errors.ts';
import { explain } from './failure.ts';
import { isGone, Kept } from './kept.ts';
import { endLeft } from './lease.ts';
import { QUERIES } from './picture.ts';
import { latestOf } from './rows.ts';
import { endKept } from './sending.ts';
import { ends, lockSeconds } from './session.ts';
import { type Outcome, type Task, tag } from './task.ts';

/** Where a migration stands, as its run knows it. */
export interface Progress {
  attempt: number;
  /** Statements in force. */
  done: number;
  /** The last of them was sent as it is just now. */
  sent: boolean;
  /** A transaction is open in the session that is kept: what is sent in it is done with the next CALL, or not at all. */
  open: boolean;
}

/** What a CALL is to do. `stop`: the statement before which it stops; one above the last: to the end. */
export interface Order {
  readonly op: 'run' | 'fail';
  readonly stop: number;
  readonly again?: boolean;
  readonly code?: string | undefined;
  readonly message?: string;
  readonly keep?: boolean;
}

/** The CALLs of one migration. */
export function calling(context: Context, task: Task, sendable: Sendable, progress: Progress) {
  const { database, named, known, keeping } = context;
  const { run, script, revert } = task;
  const { facts } = script;
  const { total, wanted } = sendable;
  const isUnprepared = (statement: number) => facts.unprepared?.includes(statement) === true;
  const started = Date.now();
  const before = known.latest.get(task.name) ?? { attempt: 0, running: false, mark: null };
  /** What has been cut off before may be long: the service might take a transaction for idle meanwhile. */
  const cutOff = before.running || before.mark !== null;

  /**
   * The session in which a statement is sent as it is next, or was: the procedure makes it what that is to meet, or puts it back, unless there is
   * something that no procedure can put back.
   */
  async function through(stop: number): Promise<{ kept: Kept; leave: boolean } | null> {
    const isNext = isUnprepared(stop);
    if (progress.open) return { kept: keeping.kept!, leave: isNext || keeping.kept!.setsTexts };
    if (cutOff && keeping.kept?.isSet) await endKept(keeping);
    // Temporary tables are ended by the procedure, when it puts the session back.
    if (cutOff || keeping.vanishes || facts.temporary) return null;
    if (!isNext) return keeping.kept?.isSet && !keeping.kept.setsTexts ? { kept: keeping.kept, leave: false } : null;
    // Statements before it may take long: for them alone no session is pinned, and one SET makes it afterwards.
    if (!keeping.kept?.isSet && progress.done < stop - 1 && !sendable.setsTexts(stop)) return null;
    keeping.kept ??= await Kept.open(database);
    return { kept: keeping.kept, leave: true };
  }

  async function call({ stop, ...order }: Order): Promise<Stand | Outcome | { status: 'again' }> {
    const session = await through(stop);
    const isDdl = facts.ddl?.some(({ statement }) => statement === stop);
    const opens = session?.leave && order.op === 'run' && isUnprepared(stop) && !isDdl ? true : undefined;
    const meta = {
      ...{ name: task.name, version: task.version ?? undefined, checksum: task.checksum, target: task.target },
      seen_attempt: task.seenAttempt ?? 0,
      ...{ statements_checksum: task.statementsChecksum, facts, revert_facts: revert?.facts },
      ...{ run_id: run.runId, hook: run.hook ?? undefined, request_id: run.requestId ?? undefined },
      ...{ requested_by: run.requestedBy, tool_version: run.toolVersion },
      ...{ lease_ms: run.leaseMs, lock_timeout: lockSeconds(run), queries: QUERIES },
      ...{ attempt: progress.attempt, done: progress.done, sent: progress.sent, stop, ...order },
      ...{ ends: ends(facts), leave: session?.leave, opens, open: (progress.open && progress.sent) || undefined },
    };
    const one: Statement = {
      sql: `${tag(task)} ${named('CALL schema_migrations_apply_1(:meta, :content, :revert)')}`,
      parameters: { meta: JSON.stringify(meta), content: script.content, revert: revert?.content ?? null },
      effect: 'write',
    };
    progress.open = false;
    try {
      const rows = await (session ? session.kept.execute(one) : database.execute(one));
      const stand = answerIn(rows) ?? (await withoutRows(stop));
      if (session) {
        session.kept.commits = true;
        if (session.leave) session.kept.passed(wanted(stop), stand.texts);
        else session.kept.restored();
      }
      progress.open = opens === true && stand.done < stop;
      return stand;
    } catch (error) {
      if (session?.leave) session.kept.touched(script);
      if (session && isGone(error) && meta.open === undefined) {
        // What committed in it before has ended its transaction: this CALL was not begun.
        Object.assign(keeping, { kept: null, vanishes: true });
        return call({ stop, ...order });
      }
      const verdict = verdictOf(error);
      if (session && !session.leave && verdict !== undefined && verdict !== 'busy') session.kept.restored();
      if (verdict === 'failed' && order.op === 'fail') return failed(order);
      if (verdict === 'failed') return failedAs(task, (await latestOf(database, named, task.name))!);
      if (verdict === 'again') return { status: verdict };
      if (verdict === 'already' || verdict === 'busy' || verdict === 'fenced') return { status: verdict };
      // Those are about what is ours.
      const missing = isError(error, ER.SP_DOES_NOT_EXIST) || isError(error, ER.NO_SUCH_TABLE);
      if (missing || !(error instanceof DatabaseError) || error.outcome !== 'failed') throw error;
      return passed(error, order);
    }
  }

  /** An error that no handler of the procedure has seen: it has left what it had begun in its session, and nothing written down. */
  async function passed(error: DatabaseError, order: Pick<Order, 'op'>): Promise<Stand | Outcome> {
    await abandon(keeping);
    await endLeft(database, named, run, task.stop);
    // Killed, or not in order: what it did the row and the picture tell.
    if (isError(error, ER.QUERY_INTERRUPTED)) throw unclear(error, error);
    const row = order.op === 'run' ? await latestOf(database, named, task.name) : undefined;
    if (row?.runId !== run.runId || row.status !== 'running') throw error;
    Object.assign(progress, { attempt: row.attempt, done: row.statementsApplied ?? 0, sent: false, open: false });
    const { sqlState } = error;
    // Warnings and "not found" come from the statement alone; with all else the picture stays, to tell what became of it.
    const keep = !/^0[12]/.test(sqlState ?? '');
    return call({ op: 'fail', stop: total + 1, code: sqlState, message: withNumber(error), keep }) as Promise<Outcome>;
  }

  /** What it was told to write down. */
  function failed({ code = null, message = '' }: { code?: string | null | undefined; message?: string }): Outcome {
    const failure = explain(task.name, task.target, { code, message, statement: progress.done + 1 });
    return {
      status: 'failed',
      attempt: progress.attempt || before.attempt + 1,
      executionTimeMs: Date.now() - started,
      failure,
    };
  }

  /** A CALL that ended without an error came as far as it was told; only a picture of an earlier attempt may have brought it farther. */
  async function withoutRows(stop: number): Promise<Stand> {
    if (before.mark) return standOf((await latestOf(database, named, task.name))!);
    const status = stop > total ? task.target : 'running';
    return { status, attempt: before.attempt + 1, done: stop - 1, ms: Date.now() - started, texts: null };
  }

  return call;
}
