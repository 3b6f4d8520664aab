/** The service's clocks in seconds, before `scale`. */
export interface ClockOptions {
  /** All clocks run this much shorter: 0.01 makes 45 s to 0.45 s. @default 1 */
  readonly scale?: number | undefined;
  /** A call; in this process also a function of its statement. @default 45 */
  readonly callTimeout?: number | ((sql: string) => number) | undefined;
  /** A transaction without a call. @default 180 */
  readonly transactionIdle?: number | undefined;
  /** A transaction in all. @default 86400 */
  readonly transactionMax?: number | undefined;
}

/** https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/data-api-timeouts.html */
export class Clocks {
  #scale = 1;
  #callTimeout: (sql: string) => number = () => 45;
  #transactionIdle = 180;
  #transactionMax = 86_400;

  constructor(options: ClockOptions = {}) {
    this.set(options);
  }

  /** Sets clocks by hand, from the next call on; what is not given stays. */
  set({ scale, callTimeout, transactionIdle, transactionMax }: ClockOptions): void {
    this.#scale = scale ?? this.#scale;
    this.#transactionIdle = transactionIdle ?? this.#transactionIdle;
    this.#transactionMax = transactionMax ?? this.#transactionMax;
    if (callTimeout !== undefined)
      this.#callTimeout = typeof callTimeout === 'number' ? () => callTimeout : callTimeout;
  }

  /** Whether `ended` comes within the time of a call of this statement. */
  withinCall(sql: string, ended: Promise<unknown>): Promise<boolean> {
    return this.within(this.#callTimeout(sql), ended);
  }

  /** Whether `ended` comes within so many seconds. It must not reject. */
  async within(seconds: number, ended: Promise<unknown>): Promise<boolean> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<false>(resolve => {
      timer = this.#after(seconds, () => resolve(false));
    });
    try {
      return await Promise.race([ended.then(() => true), late]);
    } finally {
      clearTimeout(timer);
    }
  }

  afterIdle(action: () => void): NodeJS.Timeout {
    return this.#after(this.#transactionIdle, action);
  }

  afterMax(action: () => void): NodeJS.Timeout {
    return this.#after(this.#transactionMax, action);
  }

  /** No clock keeps the process alive. */
  #after(seconds: number, action: () => void): NodeJS.Timeout {
    return setTimeout(action, seconds * 1000 * this.#scale).unref();
  }
}
