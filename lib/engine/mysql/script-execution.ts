import { type Database, DatabaseError } from '../../core/database.ts';
import { nameTrigger } from '../advice/mysql-triggers.ts';
import type { ScriptOutcome } from '../engine.ts';
import { INTERRUPTED } from '../failure.ts';
import type { Checkpoint } from './checkpoints.ts';
import { ER, isDoubled, isError, isGone, isLocked, unclear, verdictOf, withNumber } from './errors.ts';
import { explain, lockedWhileUnjudged } from './failure.ts';
import type { Journal } from './journal.ts';
import type { Naming } from './names.ts';
import { endSession } from './pinned-session.ts';
import { type Answered, type Resumed, resolveInFlight } from './resolve-in-flight.ts';
import type { Attempt } from './script-run.ts';
import { StatementFailed, Stopped } from './statement-failed.ts';
import { UnitRunner } from './unit-runner.ts';

/** So often in a row a script goes on after it lost its session. */
const SESSIONS = 10;

/** One attempt to execute a script, from where it stands to its end, over all that its statements and its session meet. */
export class ScriptExecution {
  readonly #database: Database;
  readonly #named: Naming;
  readonly #journal: Journal;
  readonly #attempt: Attempt;
  readonly #units: UnitRunner;
  /** How often in a row this statement met a lock, or lost its session. */
  #statement = 0;
  #locks = 0;
  #sessions = 0;

  /** @param answered what this process knows of the script's statements beyond what the database can tell */
  constructor(database: Database, named: Naming, journal: Journal, attempt: Attempt, answered: Answered) {
    this.#database = database;
    this.#named = named;
    this.#journal = journal;
    this.#attempt = attempt;
    this.#units = new UnitRunner(attempt, journal, answered);
  }

  /** What is known of the script's statements now. */
  get answered(): Answered {
    return this.#units.answered;
  }

  /** Never throws what the database says of the script's statements. */
  async execute(): Promise<ScriptOutcome> {
    const { number, startedAt, resumes } = this.#attempt;
    for (let again = resumes; ; again = true) {
      try {
        if (again) await this.#resume();
        await this.#units.run();
        await this.#end();
        return { status: 'done', attempt: number, executionTimeMs: Date.now() - startedAt };
      } catch (error) {
        const outcome = await this.#met(await nameTrigger(this.#database, error));
        if (outcome) return outcome;
      }
    }
  }

  #resolve(): Promise<Resumed> {
    return resolveInFlight(this.#database, this.#named, this.#attempt, this.#units.answered);
  }

  async #resume(): Promise<void> {
    const { done, inFlight, failed, isEdited = false } = await this.#resolve();
    this.#units.goOn(done);
    if (failed) throw new StatementFailed(failed, { inFlight, done, isEdited });
  }

  /** The end of a script all of whose statements are executed: what its DDL has committed may be recorded with what comes next. */
  async #end(): Promise<void> {
    const attempt = this.#attempt;
    const { session } = this.#journal;
    const { task, total } = attempt;
    const end: Checkpoint = { attempt, status: 'done', done: total, inFlight: null };
    if (session.changes > 0 || this.#units.isBlind) {
      await this.#journal.write(end);
      if (session.written) await session.chain(task.last ? null : { attempt, statement: total + 1 });
    } else this.#journal.owe(end);
    if (task.last) await this.#journal.finish();
  }

  /** Takes back what is open. Each statement is then committed by itself, where some that changed rows were taken back with it. */
  async #takeBack(): Promise<void> {
    if (await this.#journal.session.abandon(this.#attempt.task.stop)) this.#units.commitEach();
  }

  /** What an error leads to: the outcome of the script, or undefined, to go on where the rows and the objects say. */
  async #met(error: unknown): Promise<ScriptOutcome | undefined> {
    if (error instanceof Stopped) return this.#stopped(error.statement);
    const cause = error instanceof StatementFailed ? (error.cause ?? error) : error;
    if (error instanceof StatementFailed && !isLocked(cause)) return this.#failed(error);
    if (!(cause instanceof DatabaseError)) throw error;
    const { statement } = this.#units;
    if (statement !== this.#statement) this.#locks = this.#sessions = 0;
    this.#statement = statement;
    if (isLocked(cause)) return this.#locked(cause, error instanceof StatementFailed && error.isUnjudged);
    const verdict = verdictOf(cause);
    if (isGone(cause)) this.#units.sessionGone();
    await this.#takeBack();
    if (verdict === 'fenced') return { status: 'fenced' };
    if ((!isGone(cause) && verdict !== 'held') || ++this.#sessions > SESSIONS)
      throw this.#isUnclear(cause) ? unclear(cause, cause) : cause;
    await endSession(this.#database, this.#named, this.#attempt.task.stop);
    return undefined;
  }

  /** Whether what an error stopped is no failure of the script: only the rows and the objects tell what is executed of it. */
  #isUnclear(error: DatabaseError): boolean {
    const refused = error.outcome === 'failed' && !isError(error, ER.NO_SUCH_TABLE);
    return isDoubled(error) || (refused && this.#units.hasSent);
  }

  /** A lock: everything since the last commit is taken back, and executed again, each statement with a commit of its own. */
  async #locked(cause: DatabaseError, isUnjudged: boolean): Promise<ScriptOutcome | undefined> {
    const { task, number } = this.#attempt;
    const { statement, recorded } = this.#units;
    if (isUnjudged) {
      const failed = lockedWhileUnjudged(statement, cause);
      return this.#failed(new StatementFailed(failed, { inFlight: { keepsOf: number }, done: recorded }));
    }
    const failed = { code: cause.sqlState ?? null, message: withNumber(cause), statement };
    // Nothing but this statement is taken back with it.
    const isAlone = this.#journal.session.changes === 0;
    await this.#takeBack();
    if (!isAlone || ++this.#locks < task.tries) {
      await task.pause(Math.max(1, this.#locks), explain(task.name, task.direction, failed));
      return undefined;
    }
    try {
      await this.#resume();
    } catch (error) {
      if (error instanceof StatementFailed) return this.#failed(error);
      throw error;
    }
    return this.#failed(new StatementFailed(failed, { done: this.#units.done }));
  }

  async #failed(error: StatementFailed): Promise<ScriptOutcome> {
    const { task, number, startedAt } = this.#attempt;
    const refused = error.isEdited ? undefined : await this.#record(error);
    if (refused) return refused;
    const failure = explain(task.name, task.direction, error.failed);
    return { status: 'failed', attempt: number, executionTimeMs: Date.now() - startedAt, failure };
  }

  async #stopped(statement: number): Promise<ScriptOutcome> {
    const { code, message } = INTERRUPTED;
    return (await this.#record(new StatementFailed({ code, message, statement }))) ?? { status: 'stopped' };
  }

  /** Records a failure: in the transaction of the statements before it, which are kept, or after the session has ended. */
  async #record({ failed, inFlight, done }: StatementFailed): Promise<ScriptOutcome | undefined> {
    const { session } = this.#journal;
    const state = {
      ...{ attempt: this.#attempt, status: 'failed' as const },
      ...{ done: done ?? failed.statement - 1, inFlight, failed },
    };
    const keeps = done === undefined && session.changes > 0;
    const hasChanges = session.changes > 0;
    try {
      if (keeps) {
        await this.#journal.write(state);
        await session.chain(null);
        await session.close();
      } else {
        const isKnown = (await session.close(true)) || !hasChanges;
        await this.#journal.write(isKnown ? state : { ...state, done: (await this.#resolve()).done }, true);
      }
    } catch (error) {
      await this.#takeBack();
      if (verdictOf(error) === 'fenced') return { status: 'fenced' };
      throw error;
    }
    return undefined;
  }
}
