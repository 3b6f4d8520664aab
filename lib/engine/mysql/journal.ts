import { type Database, DatabaseError } from '../../core/database.ts';
import type { Run } from '../engine.ts';
import { type Checkpoint, checkpoint } from './checkpoints.ts';
import { lacksRight } from './errors.ts';
import { renewLease } from './lease.ts';
import type { Naming } from './names.ts';
import { PinnedSession } from './pinned-session.ts';

/** Writes into the tracking tables what a run does: checkpoints, in as few calls as they take, and the lease. */
export class Journal {
  /** That of the run, in whose transaction the checkpoints are written. */
  readonly session: PinnedSession;
  readonly #database: Database;
  readonly #named: Naming;
  readonly #run: Run;
  /** The user may see the numbers of the tables (PROCESS). */
  #identity = true;
  /** The ends of migrations whose statements are committed: written with what comes next. */
  #owed: Checkpoint[] = [];
  /** Those of them that are written in the open transaction. */
  #uncommitted: Checkpoint[] = [];
  #renewed = Date.now();

  /**
   * @param autocommit whether the sessions of the service commit each statement by themselves
   * @param earlier that of an earlier run id of the same process, which has ended: what it owes is owed still
   */
  constructor(database: Database, named: Naming, run: Run, autocommit: boolean, earlier: Journal | undefined) {
    this.#database = database;
    this.#named = named;
    this.#run = run;
    this.#owed = earlier ? [...earlier.#uncommitted, ...earlier.#owed] : [];
    this.session = new PinnedSession(database, named, run, {
      autocommit,
      traits: earlier?.session.traits,
      ended: isCommitted => {
        if (!isCommitted) this.#owed = [...this.#uncommitted, ...this.#owed];
        this.#uncommitted = [];
      },
    });
  }

  /** To be written with the next checkpoint. */
  owe(end: Checkpoint): void {
    this.#owed.push(end);
  }

  /** Writes what is owed, if anything is. */
  async settle(apart = false): Promise<void> {
    if (this.#owed.length > 0) await this.#write(this.#owed, apart);
  }

  /** Writes what is owed, and gives the session back. */
  async finish(): Promise<void> {
    await this.settle();
    if (this.session.written) await this.session.chain(null);
    await this.session.close();
  }

  /** Writes a checkpoint: through the pinned session where there is one, and `apart` from it where that is asked for. */
  write(state: Checkpoint, apart = false): Promise<void> {
    return this.#write([...this.#owed, state], apart);
  }

  async #write(states: readonly Checkpoint[], apart: boolean): Promise<void> {
    const { session } = this;
    const statement = checkpoint(this.#named, this.#run, states, this.#identity);
    try {
      await (session.isPinned && !apart ? session.write(statement) : this.#database.execute(statement));
    } catch (error) {
      if (!this.#identity || !(error instanceof DatabaseError) || !lacksRight(error)) throw error;
      this.#identity = false;
      return this.#write(states, apart);
    }
    if (session.isOpen && !apart) this.#uncommitted.push(...this.#owed);
    this.#owed = [];
  }

  /** Keeps the lease, by time. Not within the transaction, where no other run would see it; never while that holds the row of the lease. */
  async renew(name: string): Promise<void> {
    if (this.session.written || Date.now() - this.#renewed < this.#run.leaseMs / 3) return;
    await renewLease(this.#database, this.#named, this.#run, name);
    this.#renewed = Date.now();
  }
}
