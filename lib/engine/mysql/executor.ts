import type { Database } from '../../core/database.ts';
import type { Failure, Run, ScriptOutcome, ScriptRun } from '../engine.ts';
import { verdictOf } from './errors.ts';
import { Journal } from './journal.ts';
import { isSuperseded } from './lease.ts';
import type { Naming } from './names.ts';
import type { Answered } from './resolve-in-flight.ts';
import { ScriptExecution } from './script-execution.ts';
import { Attempt } from './script-run.ts';

/** Executes the scripts of one run, all through one pinned session. */
export class Executor {
  readonly run: Run;
  readonly #database: Database;
  readonly #named: Naming;
  readonly #journal: Journal;
  /** By the name of a migration that has not come to its end: what this process knows of its statements. */
  readonly #answered: Map<string, Answered>;

  /**
   * @param autocommit whether the sessions of the service commit each statement by themselves
   * @param earlier that of the same process under an earlier run id: what it knows of its statements holds still
   */
  constructor(database: Database, named: Naming, run: Run, autocommit: boolean, earlier?: Executor) {
    this.run = run;
    this.#database = database;
    this.#named = named;
    this.#journal = new Journal(database, named, run, autocommit, earlier ? earlier.#journal : undefined);
    this.#answered = new Map(earlier ? earlier.#answered : []);
  }

  /**
   * Executes a script, from where an attempt that did not come to its end has left it. Never throws what the database says of the script's
   * statements.
   */
  async execute(task: ScriptRun): Promise<ScriptOutcome> {
    if (await isSuperseded(this.#database, this.#named, task.run)) return { status: 'fenced' };
    const { name } = task;
    const answered = this.#answered.get(name) ?? { done: 0, refused: null };
    const execution = new ScriptExecution(this.#database, this.#named, this.#journal, new Attempt(task), answered);
    try {
      const outcome = await execution.execute();
      if (outcome.status === 'fenced') this.#answered.set(name, execution.answered);
      else this.#answered.delete(name);
      return outcome;
    } catch (error) {
      this.#answered.set(name, execution.answered);
      throw error;
    }
  }

  /** Writes what is owed of an earlier run id of this process. */
  settle(): Promise<void> {
    return this.#journal.settle(true);
  }

  /** Ends what a run holds open, as far as the database lets it: what is not recorded the next run finds out. */
  async end(): Promise<void> {
    await this.#journal.finish().catch(() => this.#journal.session.abandon(() => true).catch(() => undefined));
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
}
