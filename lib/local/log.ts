import type { OperationName } from './operations/operation-name.ts';

/** One request as it arrived, and what became of it. */
export interface LogEntry {
  /** From 1, in the order of arrival. */
  readonly number: number;
  readonly operation: OperationName;
  readonly sql: string | undefined;
  /** Names of the parameters, in a batch those of the first set. */
  readonly parameters: readonly string[];
  /** The parameters as they came, in a batch all sets; only where `logValues` asks for them. */
  readonly values?: unknown;
  readonly database: string | undefined;
  /** Of the request; of the answer for BeginTransaction. */
  transactionId: string | undefined;
  /** From `amz-sdk-request`: above 1 where the SDK repeated the request by itself. */
  readonly attempt: number;
  /** From `amz-sdk-invocation-id`: the same for all attempts of one call. */
  readonly invocationId: string | undefined;
  /** ISO 8601. */
  readonly startedAt: string;
  /** Until the answer was ready; undefined while it is not. */
  milliseconds: number | undefined;
  /** `ok` or the name of the error that was answered; `reset` for a cut connection, `running` while there is no answer. */
  outcome: string;
  /** The faults that took part. */
  readonly faults: string[];
  /** A second delivery that nobody waits for. */
  readonly duplicate: boolean;
}

/** The requests that reached the local Data API. */
export class RequestLog {
  readonly entries: LogEntry[] = [];
  readonly #limit: number;
  #count = 0;

  /** @param limit how many entries are kept, the newest ones */
  constructor(limit = Number.POSITIVE_INFINITY) {
    this.#limit = limit;
  }

  add(entry: Omit<LogEntry, 'number' | 'startedAt' | 'milliseconds' | 'outcome' | 'faults'>): LogEntry {
    const full: LogEntry = {
      ...entry,
      number: ++this.#count,
      startedAt: new Date().toISOString(),
      milliseconds: undefined,
      outcome: 'running',
      faults: [],
    };
    this.entries.push(full);
    if (this.entries.length > this.#limit) this.entries.shift();
    return full;
  }

  /** Forget the entries; numbers go on. */
  clear(): void {
    this.entries.length = 0;
  }

  /**
   * Throw unless every request that may write was sent once. `isRead` tells which ones may be repeated by the SDK; without it none may,
   * because a `SELECT` of a function writes what it likes.
   */
  assertNoWriteRetried(isRead: (entry: LogEntry) => boolean = () => false): void {
    const repeated = this.entries.filter(entry => entry.attempt > 1 && !isRead(entry));
    if (repeated.length === 0) return;
    const list = repeated.map(
      ({ number, operation, attempt, sql }) => `#${number} ${operation} attempt ${attempt}: ${sql?.slice(0, 80)}`,
    );
    throw new Error(
      `Requests that may write were repeated by the SDK: give its client maxAttempts: 1.\n${list.join('\n')}`,
    );
  }
}
