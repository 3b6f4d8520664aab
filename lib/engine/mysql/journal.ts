import { type Database, DatabaseError } from '../../core/database.ts';
import type { Run } from '../engine.ts';
import { type Checkpoint, checkpoint } from './checkpoints.ts';
import { lacksRight } from './errors.ts';
import { renewLease } from './lease.ts';
import type { Naming } from './names.ts';
import type { PinnedSession } from './pinned-session.ts';

/** What a run writes into the tracking tables: checkpoints, in as few calls as they take, and the lease. */
export class Journal {
  readonly #database: Database;
  readonly #named: Naming;
  readonly #run: Run;
  readonly #session: PinnedSession;
  /** The user may see the numbers of the tables (PROCESS). */
  #identity = true;
  /** The ends of migrations whose statements are committed: written with what comes next. */
  #owed: Checkpoint[] = [];
  /** Those of them that are written in the open transaction. */
  #uncommitted: Checkpoint[] = [];
  #renewed = Date.now();

  constructor(database: Database, named: Naming, run: Run, session: PinnedSession) {
    this.#database = database;
    this.#named = named;
    this.#run = run;
    this.#session = session;
  }

  /** What is owed under an earlier run id of the same process is owed still. */
  takeOver(earlier: Journal): void {
    this.#owed = [...earlier.#uncommitted, ...earlier.#owed];
  }

  /** To be written with the next checkpoint. */
  owe(end: Checkpoint): void {
    this.#owed.push(end);
  }

  get owesNothing(): boolean {
    return this.#owed.length === 0;
  }

  /** Writes a checkpoint, or only what is owed: through the pinned session where there is one, and `apart` from it where that is asked for. */
  async write(state: Checkpoint | null, apart = false): Promise<void> {
    const session = this.#session;
    const states = state === null ? this.#owed : [...this.#owed, state];
    const through = session.isPinned && !apart ? session : this.#database;
    try {
      await through.execute(checkpoint(this.#named, this.#run, states, this.#identity));
    } catch (error) {
      if (!this.#identity || !(error instanceof DatabaseError) || !lacksRight(error)) throw error;
      this.#identity = false;
      return this.write(state, apart);
    }
    if (session.isOpen && !apart) {
      session.written = true;
      this.#uncommitted.push(...this.#owed);
    }
    this.#owed = [];
  }

  /** What was written in the open transaction is committed. */
  committed(): void {
    this.#uncommitted = [];
  }

  /** The open transaction was taken back. */
  takenBack(): void {
    this.#owed = [...this.#uncommitted, ...this.#owed];
    this.#uncommitted = [];
  }

  /** Keeps the lease, by time. Not within the transaction, where no other run would see it; never while that holds the row of the lease. */
  async renew(name: string): Promise<void> {
    if (this.#session.written || Date.now() - this.#renewed < this.#run.leaseMs / 3) return;
    await renewLease(this.#database, this.#named, this.#run, name);
    this.#renewed = Date.now();
  }
}
