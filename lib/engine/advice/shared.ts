/** What lets a statement fail: the migration's file, rows that are there, or the server with its users and settings. */
type Cause = 'file' | 'data' | 'server';

/** What to do about an error. */
export interface Advice {
  readonly cause: Cause;
  /** A sentence in the imperative, without its full stop. */
  readonly remedy: string;
}

// What to do about failures that both engines have.

/** Of an object that exists already, where the database is not one to be taken over. */
export const THERE_ALREADY =
  'Something of that name is there already: drop it if it was made by hand, else change the statement, and run again';

/** How rows are fixed. */
export const ROWS = 'by a statement before this one or by hand, and run again';
export const DUPLICATES = `Two rows have the same key, or one is there already: remove the duplicates, ${ROWS}`;
export const BREAKS_CHECK = `A row breaks a check, or fits no partition: fix the row, ${ROWS}`;
export const MISSING_RIGHT = "Grant the missing right to the user of the secret, or use the cluster's master user";
export const DIVIDED_BY_ZERO =
  'A number is divided by zero: fix the expression, or the row that the zero comes from, and run again';
export const CONNECTIONS =
  'Let other sessions end, or raise max_connections in the cluster parameter group, then run again';
export const MORE_ROWS = 'A query gave more rows than one: fix those rows, or the query, and run again';
export const DOES_NOT_FIT = 'A value does not fit: fix it in the file, or in the row that it comes from, and run again';

/** @param work what takes the space */
export function diskFull(work: string): string {
  return `Free disk space, then run again. On Aurora the full disk is mostly the local one of the writer, for sorts and ${work}: a larger instance class has more`;
}
