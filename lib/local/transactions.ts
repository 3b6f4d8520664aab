import { randomBytes } from 'node:crypto';
import type { Backend } from './backend.ts';
import type { Clocks } from './clocks.ts';
import { databaseError, transactionNotFound } from './service-error.ts';

/** Why a transaction is no more, in the service's words. https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/data-api-troubleshooting.html */
export const gone = {
  expired: 'Transaction may be expired.',
  terminated: 'One previous call resulted in a termination of your transaction.',
  aborted: 'Transaction has been aborted due to an error from a previous call.',
  ended: '',
} as const;

type Gone = keyof typeof gone;

interface Open {
  readonly backend: Backend;
  running: boolean;
  idle: NodeJS.Timeout;
  readonly max: NodeJS.Timeout;
}

/** The Data API's transactions: an id, the connection pinned to it, and the clocks that end it. */
export class Transactions {
  readonly #clocks: Clocks;
  readonly #idleWhileRunning: boolean;
  readonly #open = new Map<string, Open>();
  readonly #gone = new Map<string, Gone>();

  constructor(clocks: Clocks, idleWhileRunning: boolean) {
    this.#clocks = clocks;
    this.#idleWhileRunning = idleWhileRunning;
  }

  /** Open transactions. */
  get count(): number {
    return this.#open.size;
  }

  isOpen(id: string): boolean {
    return this.#open.has(id);
  }

  /** A backend on which BEGIN was done becomes a transaction. */
  add(backend: Backend): string {
    const id = randomBytes(138).toString('base64'); // 184 characters, as the service's.
    this.#open.set(id, {
      backend,
      running: false,
      idle: this.#clocks.afterIdle(() => this.#expire(id)),
      max: this.#clocks.afterMax(() => this.#expire(id)),
    });
    return id;
  }

  /** Take the backend of a transaction for one call. It does not queue behind another call: that is refused at once. */
  enter(id: string): Backend {
    const open = this.#open.get(id);
    if (!open) throw transactionNotFound(id, gone[this.#gone.get(id) ?? 'ended']);
    if (open.running) throw databaseError('Transaction is still running a query');
    open.running = true;
    clearTimeout(open.idle);
    if (this.#idleWhileRunning) open.idle = this.#clocks.afterIdle(() => this.#expire(id));
    return open.backend;
  }

  /** The call is over: the transaction waits for the next one. */
  leave(id: string): void {
    const open = this.#open.get(id);
    if (!open) return;
    open.running = false;
    if (open.backend.lost) {
      this.#remove(id, 'terminated');
      open.backend.discard();
      return;
    }
    clearTimeout(open.idle);
    open.idle = this.#clocks.afterIdle(() => this.#expire(id));
  }

  /** It was committed or rolled back: the backend goes back to the pool as it is. */
  end(id: string, why: Gone = 'ended'): void {
    const open = this.#remove(id, why);
    if (open?.backend.lost) open.backend.discard();
    else open?.backend.release();
  }

  async #expire(id: string): Promise<void> {
    const open = this.#remove(id, 'expired');
    if (!open) return;
    try {
      if (open.running) await open.backend.cancel();
      await open.backend.rollback();
      open.backend.release();
    } catch {
      open.backend.discard(); // Closing the connection rolls back too.
    }
  }

  #remove(id: string, why: Gone): Open | undefined {
    const open = this.#open.get(id);
    if (!open) return undefined;
    clearTimeout(open.idle);
    clearTimeout(open.max);
    this.#open.delete(id);
    this.#gone.set(id, why);
    if (this.#gone.size > 10_000) this.#gone.delete(this.#gone.keys().next().value ?? '');
    return open;
  }
}
