import { type Database, DatabaseError, type Statement, type Transaction } from '../../core/database.ts';

/**
 * A Data API transaction that outlives DDL: its connection carries the settings of the session, lock_wait_timeout among them. After DDL it
 * commits by itself, so nothing but DDL is sent through it.
 */
export class Kept {
  /** The statements that made its session. */
  readonly session: string;
  readonly #transaction: Transaction;
  readonly #end: (how: 'commit' | 'rollback') => void;
  /** Settles when the service has answered to that. */
  readonly #ended: Promise<unknown>;

  private constructor(
    transaction: Transaction,
    end: (how: 'commit' | 'rollback') => void,
    ended: Promise<unknown>,
    session: string,
  ) {
    this.#transaction = transaction;
    this.#end = end;
    this.#ended = ended;
    this.session = session;
  }

  static async open(database: Database, settings: readonly string[]): Promise<Kept> {
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
    const transaction = await Promise.race([beginning, whole.then(() => beginning)]);
    const kept = new Kept(transaction, end, ended, settings.join());
    try {
      for (const sql of settings) await kept.execute({ sql, effect: 'write' });
    } catch (error) {
      await kept.abandon();
      throw error;
    }
    return kept;
  }

  execute(statement: Statement): Promise<unknown> {
    return this.#transaction.execute(statement);
  }

  /** Give the connection back. That the transaction is gone already is all the same. */
  async close(): Promise<void> {
    this.#end('commit');
    await this.#ended;
  }

  /** Roll back what is not committed. */
  async abandon(): Promise<void> {
    this.#end('rollback');
    await this.#ended;
  }
}

/** Whether the service has lost sight of a transaction: DDL has committed what was in it. */
export function isGone(error: unknown): boolean {
  return error instanceof DatabaseError && /^(TransactionNotFound|NotFound)Exception$/.test(error.service);
}
