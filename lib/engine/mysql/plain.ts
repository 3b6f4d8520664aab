import { type Database, DatabaseError } from '../../core/database.ts';
import type { Ddl } from '../../core/manifest.ts';
import { ER, isError, verdictOf } from './errors.ts';
import { editedInForce, explain, type Failed, lostSession, unknownOutcome } from './failure.ts';
import type { Known } from './history.ts';
import { isGone, Kept } from './kept.ts';
import type { Naming } from './names.ts';
import { type Mark, pictureOf } from './picture.ts';
import { begin, checkpoint, type Position, record } from './plain-sql.ts';
import { latestOf } from './rows.ts';
import { cut, type Outcome, sentAs, settings, type Task } from './task.ts';
import { tag } from './witness.ts';

/** What goes from one migration of a run to the next. */
export interface Plainly {
  kept: Kept | null;
  /** The service gives up a transaction when DDL commits it. */
  vanishes: boolean;
}

/**
 * Without the procedure: every statement is sent as it is. What changes rows shares a Data API transaction with its checkpoint; DDL stands
 * between two checkpoints, the first of which keeps the picture.
 */
export async function applyPlainly(
  database: Database,
  named: Naming,
  known: Known,
  plainly: Plainly,
  task: Task,
): Promise<Outcome> {
  const { facts } = task.script;
  const statements = cut(task.script);
  const total = statements.length;
  const latest = known.latest.get(task.name);
  const attempt = (latest ? latest.attempt : ((await latestOf(database, named, task.name))?.attempt ?? 0)) + 1;
  const started = Date.now();
  let done = task.from - 1;
  let begun = false;
  let renewed = started;

  try {
    if (latest?.marked) {
      const failed = await resume();
      if (failed) return await fail(failed, true);
    }
    if (done === total) await write({ done, mark: null, total });
    while (done < total) {
      const statement = done + 1;
      task.onStatement(statement);
      const bound = facts.bound?.find(one => one.statement === statement);
      if (bound) return await fail(lostSession(statement, bound.what, bound.to), false);
      const ddl = facts.ddl?.find(one => one.statement === statement);
      const failed = await tried(statement, () => (ddl ? define(ddl) : change(statement)));
      if (failed) return failed;
      done = statement;
    }
  } catch (error) {
    await abandon();
    if (verdictOf(error) === 'fenced' || isError(error, ER.DUP_ENTRY)) return { status: 'fenced' };
    throw error;
  }
  return { status: 'done', attempt, executionTimeMs: Date.now() - started };

  /** A statement that a transaction takes back, and its checkpoint, in one. */
  async function change(statement: number): Promise<void> {
    await plainly.kept?.close();
    plainly.kept = null;
    await renew();
    const position = { done: statement, mark: null, total };
    await database.transaction(async ({ execute }) => {
      for (const set of settings(task.script, statements, statement)) await execute({ sql: set, effect: 'write' });
      await execute(begun ? checkpoint(named, task, attempt, position) : begin(named, task, attempt, position));
      await execute({ sql: sql(statement), effect: 'write' });
    });
    begun = true;
  }

  /** A statement that commits by itself, between two checkpoints. */
  async function define(ddl: Ddl): Promise<void> {
    const { statement, truth } = ddl;
    const mark = { ...ddl, sum: facts.sums[statement - 1]! };
    const position: Position = { done: statement - 1, mark, total };
    let tells = truth !== 'unknown';
    await write(position).catch((error: unknown) => {
      if (truth !== 'identity' || !(error instanceof DatabaseError) || error.outcome !== 'failed' || verdictOf(error))
        throw error;
      // The user may not see the numbers of the tables: then nothing will tell.
      tells = false;
      return write({ ...position, mark: { ...mark, blind: true } });
    });
    await (truth === 'unknown' ? sendAny(statement) : sendDdl(statement));
    renewed = Date.now();
    // The next checkpoint says it too, and until then the picture does.
    const next = statement < total && !facts.ddl?.some(one => one.statement === statement + 1);
    if (next && tells) return;
    await write({ done: statement, mark: null, total });
  }

  /** In a session that waits for locks no longer than it may; several DDL share one. */
  async function sendDdl(statement: number): Promise<void> {
    const wait = `SESSION lock_wait_timeout = ${Math.max(1, Math.ceil(task.run.lockTimeoutMs / 1000))}`;
    const session = settings(task.script, statements, statement, [wait]);
    const one = { sql: sql(statement), effect: 'write' } as const;
    if (plainly.kept?.session === session.join()) {
      try {
        await plainly.kept.execute(one);
        return;
      } catch (error) {
        if (!isGone(error)) throw error;
        plainly.vanishes = true;
        plainly.kept = null;
      }
    }
    await plainly.kept?.close();
    plainly.kept = await Kept.open(database, session);
    await plainly.kept.execute(one);
    if (plainly.vanishes) plainly.kept = null;
  }

  /** What may commit, or may not. */
  async function sendAny(statement: number): Promise<void> {
    const sets = settings(task.script, statements, statement);
    const one = { sql: sql(statement), effect: 'write' } as const;
    if (sets.length === 0) await database.execute(one);
    else {
      await database.transaction(async ({ execute }) => {
        for (const set of sets) await execute({ sql: set, effect: 'write' });
        await execute(one);
      });
    }
  }

  /** The statement that an earlier attempt may have sent: done, if the picture has changed since. */
  async function resume(): Promise<Failed | undefined> {
    const [row] = await database.execute({
      sql: named(
        'SELECT h.picture FROM schema_migrations h WHERE h.name = :name AND h.attempt = CAST(:attempt AS unsigned)',
      ),
      parameters: { name: task.name, attempt: String(attempt - 1) },
      effect: 'read',
    });
    const mark = row?.[0] ? (JSON.parse(row[0]) as Mark) : null;
    if (!mark || mark.statement !== done + 1 || mark.truth === 'repeatable') return undefined;
    if (mark.hash === null) return unknownOutcome(mark.statement);
    const picture = pictureOf(mark);
    const [now] = await database.execute({
      sql: `SELECT ${picture.sql}`,
      parameters: picture.parameters,
      effect: 'read',
    });
    if (now?.[0] == null) return unknownOutcome(mark.statement);
    if (now[0] === mark.hash) return undefined;
    if (mark.sum !== facts.sums[done]) return editedInForce(mark.statement);
    done = mark.statement;
    return undefined;
  }

  async function write(position: Position): Promise<void> {
    await database.execute(begun ? checkpoint(named, task, attempt, position) : begin(named, task, attempt, position));
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
  async function tried(statement: number, work: () => Promise<void>): Promise<Outcome | undefined> {
    for (let nth = 1; ; nth++) {
      try {
        await work();
        return undefined;
      } catch (error) {
        if (verdictOf(error) || !(error instanceof DatabaseError) || error.outcome !== 'failed') throw error;
        await abandon();
        const code = error.errorCode === undefined ? '' : ` (error ${error.errorCode})`;
        const failed = { code: error.sqlState ?? null, message: error.message + code, statement };
        const locked = isError(error, ER.LOCK_WAIT_TIMEOUT) || isError(error, ER.LOCK_DEADLOCK);
        if (!locked || nth >= task.tries) return fail(failed, isError(error, ER.QUERY_INTERRUPTED));
        await task.pause(nth, explain(task.name, task.target, failed));
      }
    }
  }

  async function fail(failed: Failed, keep: boolean): Promise<Outcome> {
    await database.execute(record(named, task, attempt, { done, mark: null, total, failed, keep }));
    const failure = explain(task.name, task.target, failed);
    return { status: 'failed', attempt, executionTimeMs: Date.now() - started, failure };
  }

  async function abandon(): Promise<void> {
    await plainly.kept?.abandon();
    plainly.kept = null;
  }

  function sql(statement: number): string {
    return `${tag(task, statement)} ${sentAs(task.script, statements, statement)}`;
  }
}
