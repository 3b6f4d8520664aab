import { type Database, DatabaseError } from '../../core/database.ts';
import type { Failure, Run } from '../engine.ts';
import { INTERRUPTED } from '../failure.ts';
import type { Checkpoint } from './checkpoints.ts';
import { ER, isDoubled, isError, isGone, isLocked, unclear, verdictOf, withNumber } from './errors.ts';
import { explain, lockedWhileUnjudged } from './failure.ts';
import { Journal } from './journal.ts';
import { isSuperseded } from './lease.ts';
import type { Naming } from './names.ts';
import { endSession, PinnedSession } from './pinned-session.ts';
import { resolveInFlight } from './resolve-in-flight.ts';
import { Attempt, type ScriptOutcome, type ScriptRun } from './script-run.ts';
import { StatementFailed, Stopped } from './statement-failed.ts';
import { UnitRunner } from './unit-runner.ts';

/** So often in a row a script goes on after it lost its session. */
const SESSIONS = 10;

/** How often in a row a statement met a lock, or lost its session. */
interface Retries {
  statement: number;
  locks: number;
  sessions: number;
}

/** Executes the scripts of one run, all through one pinned session. */
export class Executor {
  readonly run: Run;
  readonly #database: Database;
  readonly #named: Naming;
  readonly #session: PinnedSession;
  readonly #journal: Journal;
  readonly #units: UnitRunner;

  /**
   * @param autocommit whether the sessions of the service commit each statement by themselves
   * @param earlier that of the same process under an earlier run id: what it knows of its statements holds still
   */
  constructor(database: Database, named: Naming, run: Run, autocommit: boolean, earlier?: Executor) {
    this.run = run;
    this.#database = database;
    this.#named = named;
    this.#session = new PinnedSession(database, named, run, autocommit);
    this.#journal = new Journal(database, named, run, this.#session);
    this.#units = new UnitRunner(this.#session, this.#journal);
    if (!earlier) return;
    this.#session.traits = earlier.#session.traits;
    this.#journal.takeOver(earlier.#journal);
    this.#units.takeOver(earlier.#units);
  }

  /**
   * Executes a script, from where an attempt that did not come to its end has left it. Never throws what the database says of the script's
   * statements.
   */
  async execute(task: ScriptRun): Promise<ScriptOutcome> {
    if (await isSuperseded(this.#database, this.#named, task.run)) return { status: 'fenced' };
    const attempt = new Attempt(task);
    const retries: Retries = { statement: 0, locks: 0, sessions: 0 };
    this.#units.begin(attempt);
    for (let resumes = attempt.resumes; ; resumes = true) {
      try {
        if (resumes) await this.#resume(attempt);
        await this.#units.run(attempt);
        await this.#end(attempt);
        return { status: 'done', attempt: attempt.number, executionTimeMs: Date.now() - attempt.startedAt };
      } catch (error) {
        const outcome = await this.#met(attempt, error, retries);
        if (outcome) return outcome;
      }
    }
  }

  /** Writes what is owed of an earlier run id of this process. */
  async settle(): Promise<void> {
    if (!this.#journal.owesNothing) await this.#journal.write(null, true);
  }

  /** Writes what is owed, and gives the session back. */
  async finish(): Promise<void> {
    if (!this.#journal.owesNothing) await this.#journal.write(null);
    if (this.#session.written) await this.#session.chain(null);
    this.#journal.committed();
    await this.#session.close();
  }

  /** Ends what a run holds open, as far as the database lets it: what is not recorded the next run finds out. */
  async end(): Promise<void> {
    await this.finish().catch(() => this.#abandon(() => true).catch(() => undefined));
  }

  /** Records how a script failed of which nothing is executed; what is in flight stays so. */
  async recordFailure(task: ScriptRun, failure: Failure): Promise<ScriptOutcome> {
    const attempt = new Attempt(task);
    const failed = { code: failure.code, message: failure.message, statement: task.from };
    const inFlight = attempt.resumes ? { keepsOf: task.before!.attempt } : null;
    try {
      await this.#journal.write({ attempt, status: 'failed', done: task.from - 1, inFlight, failed }, true);
    } catch (error) {
      if (verdictOf(error) !== 'fenced') throw error;
      return { status: 'fenced' };
    }
    return { status: 'failed', attempt: attempt.number, executionTimeMs: 0, failure };
  }

  /** Ends the session, whatever is open in it. What is owed stays owed. */
  async #abandon(stop: () => boolean): Promise<void> {
    await this.#session.abandon(stop);
    this.#journal.takenBack();
    this.#units.takenBack();
  }

  async #resume(attempt: Attempt): Promise<void> {
    const answered = this.#units.answeredOf(attempt);
    const resumed = await resolveInFlight(this.#database, this.#named, attempt, answered);
    const { done, inFlight, failed, isEdited = false } = resumed;
    this.#units.goOn(done);
    if (failed) throw new StatementFailed(failed, { inFlight, done, isEdited });
  }

  /** The end of a script all of whose statements are executed. */
  async #end(attempt: Attempt): Promise<void> {
    const end: Checkpoint = { attempt, status: 'done', done: attempt.total, inFlight: null };
    if (this.#units.changes > 0 || this.#units.isBlind) {
      await this.#journal.write(end);
      if (this.#session.written)
        await this.#session.chain(attempt.task.last ? null : { attempt, statement: attempt.total + 1 });
      this.#journal.committed();
    } else this.#journal.owe(end);
    this.#units.end(attempt);
    if (attempt.task.last) await this.finish();
  }

  /** What an error leads to: the outcome of the script, or undefined, to go on where the rows and the objects say. */
  async #met(attempt: Attempt, error: unknown, retries: Retries): Promise<ScriptOutcome | undefined> {
    if (error instanceof Stopped) return this.#stopped(attempt, error.statement);
    const cause = error instanceof StatementFailed ? (error.cause ?? error) : error;
    if (error instanceof StatementFailed && !isLocked(cause)) return this.#failed(attempt, error);
    if (!(cause instanceof DatabaseError)) throw error;
    const { statement } = this.#units;
    if (statement !== retries.statement) Object.assign(retries, { statement, locks: 0, sessions: 0 });
    if (isLocked(cause)) {
      const isUnjudged = error instanceof StatementFailed && error.isUnjudged;
      return this.#locked(attempt, cause, isUnjudged, retries);
    }
    const verdict = verdictOf(cause);
    if (isGone(cause)) this.#units.sessionGone();
    await this.#abandon(attempt.task.stop);
    if (verdict === 'fenced') return { status: 'fenced' };
    if ((!isGone(cause) && verdict !== 'held') || ++retries.sessions > SESSIONS)
      throw this.#isUnclear(cause) ? unclear(cause, cause) : cause;
    await endSession(this.#database, this.#named, attempt.task.stop);
    return undefined;
  }

  /** Whether what an error stopped is no failure of the script: only the rows and the objects tell what is executed of it. */
  #isUnclear(error: DatabaseError): boolean {
    const refused = error.outcome === 'failed' && !isError(error, ER.NO_SUCH_TABLE);
    return isDoubled(error) || (refused && this.#units.hasSent);
  }

  /** A lock: everything since the last commit is taken back, and executed again, each statement with a commit of its own. */
  async #locked(
    attempt: Attempt,
    cause: DatabaseError,
    isUnjudged: boolean,
    retries: Retries,
  ): Promise<ScriptOutcome | undefined> {
    const { task, number } = attempt;
    const { statement, isAlone, recorded } = this.#units;
    if (isUnjudged) {
      const failed = lockedWhileUnjudged(statement, cause);
      return this.#failed(attempt, new StatementFailed(failed, { inFlight: { keepsOf: number }, done: recorded }));
    }
    const failed = { code: cause.sqlState ?? null, message: withNumber(cause), statement };
    await this.#abandon(task.stop);
    if (isAlone && ++retries.locks >= task.tries) {
      try {
        await this.#resume(attempt);
      } catch (error) {
        if (error instanceof StatementFailed) return this.#failed(attempt, error);
        throw error;
      }
      return this.#failed(attempt, new StatementFailed(failed, { done: this.#units.done }));
    }
    await task.pause(Math.max(1, retries.locks), explain(task.name, task.direction, failed));
    return undefined;
  }

  /** How many statements are committed, where the service has lost the transaction that was open. */
  async #committed(attempt: Attempt): Promise<number> {
    const answered = this.#units.answeredOf(attempt);
    return (await resolveInFlight(this.#database, this.#named, attempt, answered)).done;
  }

  async #failed(attempt: Attempt, error: StatementFailed): Promise<ScriptOutcome> {
    const { name, direction } = attempt.task;
    const refused = error.isEdited ? undefined : await this.#record(attempt, error);
    if (refused) return refused;
    const failure = explain(name, direction, error.failed);
    return { status: 'failed', attempt: attempt.number, executionTimeMs: Date.now() - attempt.startedAt, failure };
  }

  async #stopped(attempt: Attempt, statement: number): Promise<ScriptOutcome> {
    const { code, message } = INTERRUPTED;
    const stopped = new StatementFailed({ code, message, statement });
    return (await this.#record(attempt, stopped)) ?? { status: 'stopped' };
  }

  /** Records a failure: in the transaction of the statements before it, which are kept, or after the session has ended. */
  async #record(attempt: Attempt, { failed, inFlight, done }: StatementFailed): Promise<ScriptOutcome | undefined> {
    const state = { attempt, status: 'failed', done: done ?? failed.statement - 1, inFlight, failed } as const;
    try {
      if (done === undefined && this.#units.changes > 0) {
        await this.#journal.write(state);
        await this.#session.chain(null);
        this.#journal.committed();
        await this.#session.close();
      } else {
        const isCommitted = await this.#session.close(true);
        this.#journal.committed();
        const known = isCommitted || this.#units.changes === 0;
        await this.#journal.write(known ? state : { ...state, done: await this.#committed(attempt) }, true);
      }
    } catch (error) {
      await this.#abandon(attempt.task.stop);
      if (verdictOf(error) === 'fenced') return { status: 'fenced' };
      throw error;
    }
    this.#units.end(attempt);
    return undefined;
  }
}
