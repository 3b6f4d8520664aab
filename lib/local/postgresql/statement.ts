import type { Connection, Submittable } from 'pg';
import { copyRefused } from './errors.ts';

/** A column as the server describes it. */
export interface ColumnDescription {
  readonly name: string;
  readonly tableID: number;
  readonly columnID: number;
  readonly dataTypeID: number;
  readonly dataTypeModifier: number;
}

export interface Outcome {
  readonly columns: readonly ColumnDescription[] | undefined;
  readonly rows: readonly (readonly (string | null)[])[];
  /** Rows were dropped, because there were more than `limit` bytes of them. */
  readonly overflow: boolean;
  /** The server's tag: `INSERT 0 1`. */
  readonly tag: string;
}

/** A value in the server's text form (null is NULL) and the number of its type; 0 lets the server decide. */
export interface Bound {
  readonly value: string | null;
  readonly type: number;
}

/** The part of pg's connection that its types do not tell as it is. */
interface Wire {
  readonly stream: { cork(): void; uncork(): void };
  parse(message: { name: string; text: string; types: readonly number[] }): void;
  bind(message: { statement: string; values: readonly (string | null)[] }): void;
  describe(message: { type: 'P' | 'S'; name: string }): void;
  execute(message: { portal: string }): void;
  close(message: { type: 'P' | 'S'; name: string }): void;
  sync(): void;
}

/**
 * One statement through the extended protocol: one Parse, Bind, Describe, Execute, Sync. It is an own class because rows must stay the
 * server's text and must not pile up: a SELECT of a million rows is read to its end, but kept only up to a limit.
 * Statements have the names that sqlx, the service's driver, gives them: errors quote them.
 */
export class ExtendedStatement implements Submittable {
  readonly done: Promise<Outcome>;
  readonly #resolve: (outcome: Outcome) => void;
  readonly #reject: (error: unknown) => void;
  readonly #sql: string;
  readonly #name: string;
  readonly #values: readonly Bound[];
  readonly #limit: number;
  #columns: readonly ColumnDescription[] | undefined;
  #rows: (string | null)[][] = [];
  #bytes = 0;
  #overflow = false;
  #tag = '';
  #error: unknown;

  constructor(sql: string, name: string, values: readonly Bound[], limit: number) {
    this.#sql = sql;
    this.#name = name;
    this.#values = values;
    this.#limit = limit;
    const { promise, resolve, reject } = deferred<Outcome>();
    this.done = promise;
    this.#resolve = resolve;
    this.#reject = reject;
  }

  submit(connection: Connection): void {
    const wire = connection as unknown as Wire;
    const name = this.#name;
    // Six messages in one packet: each write of its own would cost the server and this process a turn.
    wire.stream.cork();
    wire.parse({ name, text: this.#sql, types: this.#values.map(({ type }) => type) });
    wire.bind({ statement: name, values: this.#values.map(({ value }) => value) });
    wire.describe({ type: 'P', name: '' });
    wire.execute({ portal: '' });
    wire.close({ type: 'S', name });
    wire.sync();
    wire.stream.uncork();
  }

  handleRowDescription(message: { fields: readonly ColumnDescription[] }): void {
    this.#columns = message.fields;
  }

  handleDataRow(message: { fields: (string | null)[] }): void {
    if (this.#overflow) return;
    // Its length in the protocol: a count, and before each value its length.
    this.#bytes += 2 + 4 * message.fields.length;
    for (const field of message.fields) this.#bytes += field === null ? 0 : Buffer.byteLength(field);
    this.#rows.push(message.fields);
    if (this.#bytes <= this.#limit) return;
    this.#overflow = true;
    this.#rows = [];
  }

  handleCommandComplete(message: { text: string }): void {
    this.#tag = message.text;
  }

  handleEmptyQuery(): void {}

  handlePortalSuspended(): void {}

  handleCopyInResponse(): void {
    // The Close that was sent already is no copy data: the server ends the copy there with an error of its own.
    this.#error = copyRefused('CopyInResponse');
  }

  handleCopyData(): void {
    this.#error ??= copyRefused('CopyOutResponse');
  }

  /** Of the server, or of the connection. pg forgets the statement after it and sees to the Sync by itself. */
  handleError(error: Error): void {
    this.#reject(this.#error ?? error);
  }

  handleReadyForQuery(): void {
    if (this.#error) this.#reject(this.#error);
    this.#resolve({ columns: this.#columns, rows: this.#rows, overflow: this.#overflow, tag: this.#tag });
  }
}

function deferred<T>() {
  let resolve: (value: T) => void = () => {};
  let reject: (error: unknown) => void = () => {};
  const promise = new Promise<T>((yes, no) => {
    resolve = yes;
    reject = no;
  });
  return { promise, resolve, reject };
}
