import { type Database, DatabaseError, type OpenTransaction, type Row, type Statement } from '../../core/database.ts';
import { pause, sleep } from '../../core/sleep.ts';
import { waitForTransaction } from '../after-timeout.ts';
import type { Run } from '../engine.ts';
import { isGone, isLocked } from './errors.ts';
import type { Naming } from './names.ts';
import type { Attempt } from './script-run.ts';
import { dropTemporary, ending, entering, leaving, SESSION_LOCK } from './session-variables.ts';

/** What only meeting the service tells. */
export interface ServiceTraits {
  /** A transaction that DDL has committed is not found any more; null: no call behind DDL has told. */
  readonly vanishes: boolean | null;
  /** COMMIT AND CHAIN is executed. */
  readonly chains: boolean;
}

/** A statement of a script. */
export interface Place {
  readonly attempt: Attempt;
  readonly statement: number;
}

/**
 * The one session that a run sends its statements through, pinned by a transaction of the Data API. Opened by the first statement, given back as it was
 * found.
 */
export class PinnedSession {
  /** What this session, and those before it, have met. */
  traits: ServiceTraits;
  /** The statement from which on it has been the session of the script that it carries. */
  from = 1;
  /** A checkpoint is written in the open transaction: it locks the row of the lease. */
  written = false;
  /** Statements that changed rows in the open transaction. */
  changes = 0;
  readonly #database: Database;
  readonly #named: Naming;
  readonly #run: Run;
  readonly #autocommit: boolean;
  readonly #ended: (isCommitted: boolean) => void;
  #transaction: OpenTransaction | null = null;
  /** A transaction of the database is open in it: DDL leaves none. */
  #open = false;
  /** The script whose settings it carries. */
  #attempt: Attempt | null = null;

  /**
   * @param options.autocommit whether the sessions of the service commit each statement by themselves
   * @param options.ended is told each time that what was open is committed, or taken back
   */
  constructor(
    database: Database,
    named: Naming,
    run: Run,
    options: {
      readonly autocommit: boolean;
      readonly traits: ServiceTraits | undefined;
      readonly ended: (isCommitted: boolean) => void;
    },
  ) {
    this.#database = database;
    this.#named = named;
    this.#run = run;
    this.traits = options.traits ?? { vanishes: null, chains: true };
    this.#autocommit = options.autocommit;
    this.#ended = options.ended;
  }

  get isPinned(): boolean {
    return this.#transaction !== null;
  }

  /** A transaction is open in it, or the next statement begins one. */
  get isOpen(): boolean {
    return this.isPinned && (this.#open || !this.#autocommit);
  }

  async execute(statement: Statement): Promise<Row[]> {
    const transaction = this.#transaction!;
    try {
      const rows = await transaction.execute(statement);
      this.#learn(false);
      return rows;
    } catch (error) {
      if (isGone(error)) {
        // One that was idle for too long tells nothing of those that DDL has committed.
        if (!/\bexpired\b/.test(error.message)) this.#learn(true);
        this.#forget();
      }
      throw error;
    }
  }

  /** The first call behind a statement that has committed tells what the service makes of the transaction. */
  #learn(vanishes: boolean): void {
    if (this.traits.vanishes === null && !this.#open) this.traits = { ...this.traits, vanishes };
  }

  /** Writes a checkpoint. */
  async write(statement: Statement): Promise<void> {
    await this.execute(statement);
    if (this.isOpen) this.written = true;
  }

  /** A statement changed rows in the open transaction. */
  changed(): void {
    this.changes++;
  }

  /** What a statement needs of the session was read again, from that statement on. */
  readAgain(from: number): void {
    this.from = from;
  }

  /** Makes it what the SETs before a statement made of the session, in which nothing of another script is left. */
  async become(attempt: Attempt, statement: number): Promise<void> {
    const before = this.#attempt;
    if (this.#transaction !== null && before === attempt) return;
    let own: string[] = [];
    if (this.#transaction === null) {
      this.#transaction = await this.#database.begin();
      this.#open = true;
      this.written = false;
      own = entering(this.#named, this.#run);
    } else if (before !== null) {
      await this.#dropTemporary(before);
      const { facts } = before.task.script;
      const leaves = facts.session.length > 0 || facts.variables || facts.userVariables;
      if (leaves) own = ending(this.#run, facts);
    }
    const isNew = before === null;
    for (const sql of attempt.settings(statement, own)) await this.execute({ sql, effect: 'write' });
    // Others may have left temporary tables of the same names.
    if (isNew) await this.#dropTemporary(attempt);
    this.#attempt = attempt;
    this.from = statement;
  }

  /** A statement has committed by itself. */
  committed(): void {
    this.#open = false;
    this.#end(true);
    if (this.traits.vanishes) this.#forget();
  }

  /**
   * Commits what is open, and opens a transaction in the same session; where the service refuses that, in a new one.
   * @param next the statement that comes next; null: none does
   */
  async chain(next: Place | null): Promise<void> {
    // START TRANSACTION cannot be prepared, COMMIT can; autocommit = 0 would outlive a crash.
    if (await this.#commits('COMMIT AND CHAIN')) {
      this.#open = true;
      return;
    }
    await this.close();
    if (next !== null) await this.become(next.attempt, next.statement);
  }

  /** Commits what is open, so that each statement commits by itself. False: the service lets only a transaction of its own do that. */
  async autocommit(place: Place): Promise<boolean> {
    if (!this.isOpen) return true;
    if (this.#autocommit && !this.traits.vanishes && (await this.#commits('COMMIT'))) {
      this.#open = false;
      return true;
    }
    if (this.written) await this.chain(place);
    return false;
  }

  /** Commits behind a statement that may have committed by itself. Its session is kept where the service lets that: OUT parameters are in it. */
  async settle(): Promise<void> {
    try {
      if (!(await this.#commits('COMMIT AND CHAIN'))) await this.close(true);
      else this.#open = true;
    } catch (error) {
      // The statement has committed, and the service has forgotten the transaction.
      if (!isGone(error)) throw error;
    }
  }

  /** Commits by a statement. False: the service refuses such statements. */
  async #commits(sql: string): Promise<boolean> {
    if (!this.traits.chains) return false;
    try {
      await this.execute({ sql, effect: 'write' });
      this.#end(true);
      return true;
    } catch (error) {
      const refused = error instanceof DatabaseError && error.outcome !== 'unknown' && !isLocked(error);
      if (!refused || isBusy(error) || isGone(error)) throw error;
      this.traits = { ...this.traits, chains: false };
      return false;
    }
  }

  /**
   * Gives the session back as it was found, and commits what is open. Throws where that is not known to be committed.
   * @param mayBeCommitted a statement may have committed by itself, so that the service may have forgotten the transaction
   * @returns whether that is known to be committed
   */
  async close(mayBeCommitted = !this.#open): Promise<boolean> {
    const transaction = this.#transaction;
    if (transaction === null) return true;
    let isKnown = true;
    try {
      await this.#leave();
      await transaction.commit();
    } catch (error) {
      if (!isGone(error) || !mayBeCommitted) throw error;
      isKnown = false;
    }
    this.#end(true);
    this.#forget();
    return isKnown;
  }

  /**
   * Ends the session, so that nothing that was sent into it can be executed any more, and takes back what is open.
   * @returns whether changed rows were taken back
   */
  async abandon(stop: () => boolean): Promise<boolean> {
    const transaction = this.#transaction;
    const tookBack = this.changes > 0;
    this.#end(false);
    if (transaction === null) return tookBack;
    const rollback = { sql: 'ROLLBACK AND CHAIN', effect: 'write' } as const;
    // What fails here fails because the session has ended, or is ended below.
    await waitForTransaction(transaction.execute, rollback, { stop }).catch(() => undefined);
    // Another transaction is open in it; or it was given up, which tells nothing of those that DDL has committed.
    this.#open = true;
    await this.#leave().catch(() => undefined);
    await transaction.rollback().catch(() => undefined);
    this.#forget();
    await endSession(this.#database, this.#named, stop);
    return tookBack;
  }

  /** What was open in it has ended. */
  #end(isCommitted: boolean): void {
    this.written = false;
    this.changes = 0;
    this.#ended(isCommitted);
  }

  #forget(): void {
    this.#transaction = null;
    this.#attempt = null;
    this.#open = false;
    this.written = false;
  }

  async #dropTemporary(attempt: Attempt): Promise<void> {
    const sql = dropTemporary(attempt.task.script.facts);
    if (sql !== null) await this.execute({ sql, effect: 'write' });
  }

  async #leave(): Promise<void> {
    const attempt = this.#attempt;
    if (attempt) await this.#dropTemporary(attempt);
    const put = (assignments: readonly string[]) =>
      this.execute({ sql: `SET ${assignments.join(', ')}`, effect: 'write' });
    try {
      await put(leaving(this.#named, attempt?.task.script.facts ?? null));
    } catch (error) {
      // A variable that the user may not set has not been set.
      if (!(error instanceof DatabaseError) || error.outcome !== 'failed') throw error;
      await put(leaving(this.#named, null));
    }
  }
}

function isBusy(error: unknown): boolean {
  return error instanceof DatabaseError && error.message.startsWith('Transaction is still running a query');
}

/** The session that holds the lock, and whether it does nothing: NULL where it ended. The one that asks does nothing else. */
export const HOLDER = `SELECT CAST(IS_USED_LOCK(${SESSION_LOCK}) AS char), (SELECT CAST(MAX(p.id = CONNECTION_ID() OR p.command = 'Sleep') AS char)
  FROM information_schema.processlist p WHERE p.id = IS_USED_LOCK(${SESSION_LOCK}))`;

/**
 * Ends the session of ours that no run uses any more: waits for what it executes, and ends it when it idles. Every user may end his own sessions. Its
 * row locks are gone then, and no request can reach it.
 */
export async function endSession(database: Database, named: Naming, stop: () => boolean): Promise<void> {
  for (let nth = 1; ; nth++) {
    const [row] = await database.execute({ sql: named(HOLDER), effect: 'read' });
    const [holder, idle] = row ?? [];
    if (holder == null) return;
    if (idle !== '0') await endById(database, holder);
    if (stop()) return;
    await sleep(pause(nth, 20, 1000));
  }
}

/** Ends a session by its number. */
export async function endById(database: Database, session: string): Promise<void> {
  // It has ended already, or it is the one that says so.
  await database.execute({ sql: `KILL ${Number(session)}`, effect: 'read' }).catch(() => undefined);
}
