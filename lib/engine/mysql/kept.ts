import { type Database, DatabaseError, type Row, type Statement, type Transaction } from '../../core/database.ts';
import { RESTORE, SETS_TEXTS } from './session.ts';

/**
 * One session of the pool, for as long as a Data API transaction pins it. It carries the settings of what is sent through it, and gets back
 * those that it had. After DDL it commits by itself, so nothing is sent through it that is to be atomic.
 */
export class Kept {
  /** Something has committed in it: from then on each statement does by itself. */
  commits = false;
  readonly #transaction: Transaction;
  readonly #end: (how: 'commit' | 'rollback') => void;
  /** Settles when the service has answered to that. */
  readonly #ended: Promise<unknown>;
  /** What it was last set to; null: it is as it was found. */
  #set: string | null = null;
  #setsTexts = false;

  private constructor(transaction: Transaction, end: (how: 'commit' | 'rollback') => void, ended: Promise<unknown>) {
    this.#transaction = transaction;
    this.#end = end;
    this.#ended = ended;
  }

  static async open(database: Database): Promise<Kept> {
    let end: (how: 'commit' | 'rollback') => void = () => {};
    let begun: (transaction: Transaction) => void = () => {};
    const gate = new Promise<void>((resolve, reject) => {
      end = how => (how === 'commit' ? resolve() : reject(new Error(how)));
    });
    const beginning = new Promise<Transaction>(resolve => {
      begun = resolve;
    });
    const whole = database.transaction(transaction => {
      begun(transaction);
      return gate;
    });
    // It rejects only before it has begun, or when it ends: nobody waits for that but who ends it.
    const ended = whole.catch(() => undefined);
    return new Kept(await Promise.race([beginning, whole.then(() => beginning)]), end, ended);
  }

  execute(statement: Statement): Promise<Row[]> {
    return this.#transaction.execute(statement);
  }

  /** It is not as it was found. */
  get isSet(): boolean {
    return this.#set !== null;
  }

  /** How texts are read was set in it: no procedure can put that back. */
  get setsTexts(): boolean {
    return this.#setsTexts;
  }

  is(settings: readonly string[]): boolean {
    return this.#set === settings.join(';\n');
  }

  /** Set it, unless it is set like that already. */
  async become(settings: readonly string[]): Promise<void> {
    if (this.is(settings)) return;
    this.#set = settings.join(';\n');
    this.#setsTexts ||= settings.some(sql => SETS_TEXTS.test(sql));
    for (const sql of settings) await this.execute({ sql, effect: 'write' });
  }

  /** Let each statement commit by itself from now on. */
  async commit(): Promise<void> {
    if (this.commits) return;
    await this.execute({ sql: 'COMMIT', effect: 'write' });
    this.commits = true;
  }

  /** The procedure has put it back. */
  restored(): void {
    this.#set = null;
  }

  /** Give the session back as it was. That the transaction is gone already is all the same. */
  async close(): Promise<void> {
    await this.#restore();
    this.#end('commit');
    await this.#ended;
  }

  /** The same, without what is not committed. */
  async abandon(): Promise<void> {
    await this.#restore();
    this.#end('rollback');
    await this.#ended;
  }

  async #restore(): Promise<void> {
    if (this.#set === null) return;
    this.#set = null;
    this.#setsTexts = false;
    await this.execute({ sql: RESTORE, effect: 'write' }).catch(() => undefined);
  }
}

/** Whether the service has lost sight of a transaction: DDL has committed what was in it, or it was idle for too long. */
export function isGone(error: unknown): boolean {
  return error instanceof DatabaseError && /^(TransactionNotFound|NotFound)Exception$/.test(error.service);
}
