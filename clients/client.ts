import type { Local } from '../lib/local/index.ts';

export type Engine = 'postgresql' | 'mysql';

/** Where a client library finds the local Data API. */
export type Target = Pick<Local, 'endpoint' | 'region' | 'credentials' | 'resourceArn' | 'secretArn' | 'database'> & {
  readonly engine: Engine;
};

/** What every client library is asked for, in its own way. `tables.ts` has the tables. */
export interface Client {
  /** Applies what is pending by the library's own migrator; where it has none, creates the tables. */
  migrate(): Promise<void>;
  /** Inserts a note and returns the id that the database gave to it. */
  insert(title: string): Promise<number>;
  /** Inserts notes by one call. */
  insertBatch(titles: readonly string[]): Promise<void>;
  /** Inserts notes by one statement each, in one transaction, which the library rolls back after an error. */
  insertInTransaction(titles: readonly string[]): Promise<void>;
  rename(title: string, to: string): Promise<void>;
  remove(title: string): Promise<void>;
  /** All titles, sorted. */
  titles(): Promise<string[]>;
  /** Inserts `SAMPLE` and returns the row as the library reads it. */
  sample(): Promise<Record<string, unknown>>;
  /** The service's name of an error and its text, of what the library has thrown. */
  errorOf(thrown: unknown): { readonly name: string; readonly message: string };
  close(): Promise<void>;
}
