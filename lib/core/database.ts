/**
 * The port through which engines and the runner reach a database: one statement a call, named parameters, text in and text out.
 * `lib/data-api` implements it over the RDS Data API.
 */
export interface Database {
  /**
   * Run one statement and give back its rows. Values come as text: cast every column in SQL.
   * Throws a `DatabaseError`.
   */
  execute(statement: Statement): Promise<Row[]>;
  /** Run `work` with one connection in one transaction: committed when it returns, rolled back when it throws. */
  transaction<T>(work: (transaction: Transaction) => Promise<T>): Promise<T>;
  /** Begin a transaction, which pins one connection until it ends. */
  begin(): Promise<OpenTransaction>;
  /** Data API calls sent so far, repeated ones included. */
  readonly calls: number;
}

/** What can be done inside of a transaction: the same, on the one pinned connection. */
export type Transaction = Pick<Database, 'execute'>;

/** A transaction that whoever began it ends. */
export interface OpenTransaction extends Transaction {
  commit(): Promise<void>;
  rollback(): Promise<void>;
}

export interface Statement {
  readonly sql: string;
  /** Sent as text (`null` as NULL): cast them in SQL, the service binds strings as `text`. */
  readonly parameters?: Readonly<Record<string, string | null>>;
  /**
   * What the statement may do. `read`: repeating it is harmless, so an unclear outcome is simply repeated. `write`: it is sent with
   * `continueAfterTimeout`, and an unclear outcome is thrown as such (`outcome: 'unknown'`), never repeated.
   */
  readonly effect: 'read' | 'write';
}

/** Values as text, in the order of the columns; null is NULL. */
export type Row = readonly (string | null)[];

/** What is known about a statement whose call failed. */
export type Outcome =
  /** The database answered with an error: it ran and was rolled back. */
  | 'failed'
  /** It never started. */
  | 'not-run'
  /** It may have run, or may still be running. */
  | 'unknown';

/** What passes by itself, and is waited for where there is time for it. */
export type Passing =
  /** The cluster resumes, is being modified, or has no writer yet: minutes. */
  | 'cluster'
  /** A right was just given, or the Data API was just turned on, and not all of AWS knows it yet: seconds, seldom minutes. */
  | 'propagation'
  /** Too many requests or connections: seconds. */
  | 'load';

/** What an engine knows of the errors of queries that are not a migration's own. */
export interface Diagnostics {
  /** What to do about the error, as a sentence: the file and its rows are not to blame. Null: its text tells. */
  adviseError(error: DatabaseError): string | null;
  /** Whether the user of the secret lacks a right that the statement takes. */
  lacksRight(error: DatabaseError): boolean;
}

/** A call that did not bring rows. `name` is the Data API's name of the error, `sqlState` the database's code where there is one. */
export class DatabaseError extends Error {
  override readonly name = 'DatabaseError';
  readonly outcome: Outcome;
  /** The service's name for it: `DatabaseErrorException`, `StatementTimeoutException`, `TimeoutError`, … */
  readonly service: string;
  readonly sqlState: string | undefined;
  /** MySQL's number of the error, where the text tells it. */
  readonly errorCode: number | undefined;
  readonly detail: string | undefined;
  readonly hint: string | undefined;
  /** Where it was raised: PostgreSQL's context, innermost first. */
  readonly where: string | undefined;
  /** What the reader can do about it, where the service's error alone tells. */
  readonly remedy: string | undefined;
  /** What it is that may pass by itself; null: nothing. */
  readonly passing: Passing | null;

  constructor(
    message: string,
    facts: {
      outcome: Outcome;
      service: string;
      sqlState?: string | undefined;
      errorCode?: number | undefined;
      detail?: string | undefined;
      hint?: string | undefined;
      where?: string | undefined;
      remedy?: string | undefined;
      passing?: Passing | null;
      cause?: unknown;
    },
  ) {
    super(message, { cause: facts.cause });
    this.outcome = facts.outcome;
    this.service = facts.service;
    this.sqlState = facts.sqlState;
    this.errorCode = facts.errorCode;
    this.detail = facts.detail;
    this.hint = facts.hint;
    this.where = facts.where;
    this.remedy = facts.remedy;
    this.passing = facts.passing ?? null;
  }
}
