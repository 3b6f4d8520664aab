import type { Database } from '../../core/database.ts';
import type { History } from '../../core/history.ts';
import { type Acquired, type Run, type ScriptOutcome, TrackingMissing } from '../engine.ts';
import { committedCalls } from './committed-calls.ts';
import { ER, isError } from './errors.ts';
import { Executor } from './executor.ts';
import { readHistory } from './history.ts';
import { acquireLease, releaseLease } from './lease.ts';
import type { Naming } from './names.ts';

/** What the engine remembers from one call to the next: the executor of the latest run, and what the sessions of the service are. */
export class Runs {
  readonly #named: Naming;
  #executor: Executor | undefined;
  /** Whether the sessions of the service commit each statement by themselves: the history, which every run reads first, has told. */
  #autocommit = true;

  constructor(named: Naming) {
    this.#named = named;
  }

  /** The database, as calls outside of a transaction are to be sent. */
  calls(database: Database): Database {
    return this.#autocommit ? database : committedCalls(database);
  }

  async history(database: Database, hook: string | null): Promise<History> {
    const read = await readHistory(this.calls(database), this.#named, hook, this.#autocommit);
    if (read) return read;
    this.#autocommit = false;
    return (await readHistory(this.calls(database), this.#named, hook, false))!;
  }

  async acquire(database: Database, run: Run, since: string | null): Promise<Acquired> {
    // What this process holds open under an earlier run id would be in its own way.
    if (this.#executor && run.previous.includes(this.#executor.run.runId)) await this.#executor.end();
    const acquired = await acquireLease(this.calls(database), this.#named, run, since).catch(this.#throwMissing);
    if (acquired.status === 'acquired') await this.#executorOf(database, run).settle();
    return acquired;
  }

  async release(database: Database, run: Run, finished: boolean): Promise<void> {
    if (this.#executor?.run.runId === run.runId) await this.#executor.end();
    await releaseLease(this.calls(database), this.#named, run, finished);
  }

  /** Has the executor of a run do something. */
  work(database: Database, run: Run, work: (executor: Executor) => Promise<ScriptOutcome>): Promise<ScriptOutcome> {
    return work(this.#executorOf(database, run)).catch(this.#throwMissing);
  }

  /** That of a run: one of the same process knows what the one before it did. */
  #executorOf(database: Database, run: Run): Executor {
    const before = this.#executor;
    if (before?.run.runId === run.runId) return before;
    const earlier = before && run.previous.includes(before.run.runId) ? before : undefined;
    this.#executor = new Executor(this.calls(database), this.#named, run, this.#autocommit, earlier);
    return this.#executor;
  }

  /** Throws the error, as `TrackingMissing` where it says that one of our tables is not there. */
  readonly #throwMissing = (error: unknown): never => {
    const isOurs = error instanceof Error && new RegExp(`\\b${this.#named.table}(_\\w+)?\\b`).test(error.message);
    throw isOurs && isError(error, ER.NO_SUCH_TABLE) ? new TrackingMissing(error) : error;
  };
}
