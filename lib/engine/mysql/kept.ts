import { type Database, DatabaseError, type Row, type Statement, type Transaction } from '../../core/database.ts';
import type { Script } from '../../core/manifest.ts';
import { giveBack, others, RESTORE_TEXTS, SET_TEXTS, SETS_TEXTS } from './session.ts';

/** The session that a statement of a script is to meet: what all SETs before it have made of it. */
export interface Wanted {
  readonly script: Script;
  readonly statement: number;
  /** The SETs from that statement on; from 0 on: with those that make a session ours. */
  sets(from: number): readonly string[];
}

/** Behind every statement. */
const UNKNOWN = Number.POSITIVE_INFINITY;

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
  /** It has what the SETs of a script have made before a statement; null: it is as it was found. */
  #has: { readonly script: Script; readonly before: number } | null = null;
  /** What else SETs of scripts have changed, as it is put back. */
  readonly #others = new Set<string>();
  /** SETs of a script have changed it, besides what makes it ours. */
  #changed = false;
  #setsTexts = false;
  /** How it reads texts, as a procedure told; null: nobody knows. */
  #texts: string | null = null;
  /** What is still to be sent of it. */
  #owes: string | null = null;

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
    return this.#has !== null;
  }

  /** How texts are read was set in it: no procedure can put that back. */
  get setsTexts(): boolean {
    return this.#setsTexts;
  }

  /** Make it the session of a statement, with what it does not have yet. */
  async become({ script, statement, sets }: Wanted): Promise<void> {
    const has = this.#has;
    const goesOn = has?.script === script && has.before <= statement;
    // Of another migration: its texts are none of this one's.
    if (has && !goesOn && this.#setsTexts) await this.#restore();
    const from = goesOn ? has.before : this.#has && !this.#changed && has?.before !== UNKNOWN ? 1 : 0;
    const wanted = sets(from);
    this.#is(script, statement);
    this.#changed = sets(1).length > 0;
    if (wanted.some(sql => SETS_TEXTS.test(sql))) this.#texts = null;
    const missing = [...(goesOn && this.#owes !== null ? [this.#owes] : []), ...wanted];
    this.#owes = null;
    this.#setsTexts ||= missing.some(sql => sql !== RESTORE_TEXTS && SETS_TEXTS.test(sql));
    for (const sql of missing) await this.execute({ sql, effect: 'write' });
  }

  /**
   * A procedure has made it the session of a statement, but for how texts are read, which it has put into a variable.
   * @param texts what it told of that; null: it could not
   */
  passed({ script, statement, sets }: Wanted, texts: string | null): void {
    const has = this.#has;
    const goesOn = has?.script === script && has.before <= statement;
    const changes = sets(goesOn ? has.before : 1).some(sql => SETS_TEXTS.test(sql));
    this.#is(script, statement);
    this.#changed = sets(1).length > 0;
    if (changes) {
      if (texts === null || texts !== this.#texts) this.#owes = SET_TEXTS;
      this.#texts = texts;
    } else if (!goesOn && this.#setsTexts) {
      this.#owes = RESTORE_TEXTS;
      this.#texts = null;
    }
  }

  /** A procedure that was to leave it for a script has failed: nobody knows how far it came. */
  touched(script: Script): void {
    this.#is(script, UNKNOWN);
  }

  /** Let each statement commit by itself from now on. */
  async commit(): Promise<void> {
    if (this.commits) return;
    await this.execute({ sql: 'COMMIT', effect: 'write' });
    this.commits = true;
  }

  /** The procedure has put it back. */
  restored(): void {
    this.#has = null;
    this.#owes = null;
    this.#texts = null;
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
    if (this.#has === null) return;
    this.restored();
    this.#setsTexts = false;
    await giveBack(one => this.execute(one), this.#others);
    this.#others.clear();
  }

  #is(script: Script, before: number): void {
    this.#has = { script, before };
    for (const one of others(script.facts)) this.#others.add(one);
  }
}

/** Whether the service has lost sight of a transaction: DDL has committed what was in it, or it was idle for too long. */
export function isGone(error: unknown): boolean {
  return error instanceof DatabaseError && /^(TransactionNotFound|NotFound)Exception$/.test(error.service);
}
