import { type Database, DatabaseError, type Row } from '../../core/database.ts';
import type { AttemptRow } from '../engine.ts';
import { ER, isError, verdictOf } from './errors.ts';
import {
  EDITED_IN_FORCE,
  editedInForce,
  explain,
  type Failed,
  lostSession,
  UNKNOWN_OUTCOME,
  unknownOutcome,
} from './failure.ts';
import type { Known } from './history.ts';
import { TAG } from './lease.ts';
import type { Naming } from './names.ts';
import { QUERIES } from './picture.ts';
import { checkpoint } from './plain-sql.ts';
import { latestOf } from './rows.ts';
import { cut, type Outcome, sentAs, settings, type Task } from './task.ts';

/** What the witness answers where the rows of a CALL come back, and what its row says where they do not. */
interface Stand {
  readonly status: string;
  readonly attempt: number;
  readonly done: number;
  readonly ms: number;
}

/** The leading comment by which the activity view shows what a statement belongs to. */
export function tag({ run, name }: Pick<Task, 'run' | 'name'>, statement?: number): string {
  return `${TAG}run:${run.runId} name:${name}${statement === undefined ? '' : ` statement:${statement}`} */`;
}

/** With the procedure: a call for all statements up to one that cannot be prepared, which is sent as it is between two calls. */
export async function applyByWitness(database: Database, named: Naming, known: Known, task: Task): Promise<Outcome> {
  const { facts } = task.script;
  const statements = cut(task.script);
  const total = statements.length;
  let attempt = 0;
  let done = task.from - 1;
  let sent = false;
  let tried = 0;
  const started = Date.now();
  const before = known.latest.get(task.name) ?? { attempt: 0, marked: false };

  for (;;) {
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
    const sets = settings(task.script, statements, statement);
    const sql = `${tag(task, statement)} ${sentAs(task.script, statements, statement)}`;
    const ddl = facts.ddl?.some(one => one.statement === statement);
    try {
      if (ddl && sets.length === 0) await database.execute({ sql, effect: 'write' });
      else {
        await database.transaction(async ({ execute }) => {
          for (const set of sets) await execute({ sql: set, effect: 'write' });
          await execute({ sql, effect: 'write' });
          if (!ddl) await execute(checkpoint(named, task, attempt, { done: statement, mark: null, total }));
        });
      }
    } catch (error) {
      // The service may have lost sight of a transaction in which DDL has committed.
      const vanished = ddl && error instanceof DatabaseError && error.service === 'TransactionNotFoundException';
      if (!vanished) {
        if (verdictOf(error) === 'fenced') return { status: 'fenced' };
        if (!(error instanceof DatabaseError) || error.outcome !== 'failed') throw error;
        if ((isError(error, ER.LOCK_WAIT_TIMEOUT) || isError(error, ER.LOCK_DEADLOCK)) && tried + 1 < task.tries) {
          await task.pause(++tried, locked(statement));
          return undefined;
        }
        const code = error.errorCode === undefined ? '' : ` (error ${error.errorCode})`;
        const keep = isError(error, ER.QUERY_INTERRUPTED);
        return fail({ code: error.sqlState ?? null, message: error.message + code, statement }, done, keep);
      }
    }
    done = statement;
    sent = ddl === true;
    return undefined;
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
      ...{ lease_ms: run.leaseMs, lock_timeout: Math.max(1, Math.ceil(run.lockTimeoutMs / 1000)) },
      ...{ queries: QUERIES, attempt, done, sent, ...more },
    };
    try {
      const rows = await database.execute({
        sql: `${tag(task)} ${named('CALL schema_migrations_apply_1(:meta, :content, :revert)')}`,
        parameters: { meta: JSON.stringify(meta), content: script.content, revert: revert?.content ?? null },
        effect: 'write',
      });
      return answer(rows) ?? (await withoutRows(more.stop as number));
    } catch (error) {
      const verdict = verdictOf(error);
      if (verdict === 'failed') return failure((await latestOf(database, named, task.name))!);
      if (verdict === 'again') return { status: verdict };
      if (verdict === 'already' || verdict === 'busy' || verdict === 'fenced') return { status: verdict };
      // Killed, or not in order: what it did the row and the picture tell.
      if (isError(error, ER.QUERY_INTERRUPTED)) throw unclear(error);
      throw error;
    }
  }

  /** A CALL that ended without an error came as far as it was told; only a picture of an earlier attempt may have brought it farther. */
  async function withoutRows(stop: number): Promise<Stand> {
    if (before.marked) return fromRow((await latestOf(database, named, task.name))!);
    const status = stop > total ? task.target : 'running';
    return { status, attempt: before.attempt + 1, done: stop - 1, ms: Date.now() - started };
  }

  function failure(row: AttemptRow): Outcome {
    const { attempt: number, executionTimeMs } = row;
    const statement = row.errorStatement ?? 1;
    const plain: Failed = { code: row.errorCode, message: row.errorMessage ?? '', statement };
    const failed =
      plain.code === UNKNOWN_OUTCOME
        ? unknownOutcome(statement)
        : plain.code === EDITED_IN_FORCE
          ? editedInForce(statement)
          : plain;
    return {
      status: 'failed',
      attempt: number,
      executionTimeMs: executionTimeMs ?? 0,
      failure: explain(task.name, task.target, failed),
    };
  }
}

function unclear(error: DatabaseError): DatabaseError {
  return new DatabaseError(error.message, { outcome: 'unknown', service: error.service, cause: error });
}

/** The last row is ours; rows of the migration's own SELECTs may come before it, or instead of it. */
function answer(rows: readonly Row[]): Stand | undefined {
  const text = rows.at(-1)?.[0];
  if (!text?.startsWith('{')) return undefined;
  try {
    const value = JSON.parse(text) as Partial<Stand>;
    if (typeof value.attempt !== 'number' || typeof value.done !== 'number' || typeof value.status !== 'string')
      return undefined;
    return { status: value.status, attempt: value.attempt, done: value.done, ms: value.ms ?? 0 };
  } catch {
    return undefined;
  }
}

function fromRow({ status, attempt, statementsApplied, executionTimeMs }: AttemptRow): Stand {
  return { status, attempt, done: statementsApplied ?? 0, ms: executionTimeMs ?? 0 };
}
