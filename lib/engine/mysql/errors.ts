import { DatabaseError } from '../../core/database.ts';

/** Numbers of MySQL's errors, by their names in its manual. */
export const ER = {
  NO_SUCH_TABLE: 1146,
  BAD_FIELD: 1054,
  SP_ALREADY_EXISTS: 1304,
  SP_DOES_NOT_EXIST: 1305,
  TRG_DOES_NOT_EXIST: 1360,
  EVENT_DOES_NOT_EXIST: 1539,
  UNSUPPORTED_PS: 1295,
  LOCK_WAIT_TIMEOUT: 1205,
  LOCK_DEADLOCK: 1213,
  LOCK_TABLE_FULL: 1206,
  QUERY_INTERRUPTED: 1317,
  DUP_ENTRY: 1062,
  DBACCESS_DENIED: 1044,
  TABLEACCESS_DENIED: 1142,
  COLUMNACCESS_DENIED: 1143,
  SPECIFIC_ACCESS_DENIED: 1227,
  PROCACCESS_DENIED: 1370,
} as const;

/** The message of each, for a service that tells no number. */
const TEXTS: Readonly<Record<number, RegExp>> = {
  [ER.NO_SUCH_TABLE]: /^Table '.*' doesn't exist/,
  [ER.BAD_FIELD]: /^Unknown column '.*' in /,
  [ER.SP_ALREADY_EXISTS]: /^PROCEDURE .* already exists/,
  [ER.SP_DOES_NOT_EXIST]: /^(PROCEDURE|FUNCTION) .* does not exist/,
  [ER.TRG_DOES_NOT_EXIST]: /^Trigger does not exist/,
  [ER.EVENT_DOES_NOT_EXIST]: /^Unknown event /,
  [ER.UNSUPPORTED_PS]: /not supported in the prepared statement protocol/,
  [ER.LOCK_WAIT_TIMEOUT]: /^Lock wait timeout exceeded/,
  [ER.LOCK_TABLE_FULL]: /^The total number of locks exceeds the lock table size/,
  [ER.LOCK_DEADLOCK]: /^Deadlock found when trying to get lock/,
  [ER.QUERY_INTERRUPTED]: /^Query execution was interrupted/,
  [ER.DUP_ENTRY]: /^Duplicate entry /,
};

/** Whether the database answered with that error. */
export function isError(error: unknown, number: number): error is DatabaseError {
  if (!(error instanceof DatabaseError) || error.outcome !== 'failed') return false;
  return error.errorCode === undefined ? TEXTS[number]?.test(error.message) === true : error.errorCode === number;
}

const DENIED = new Set<number>([
  ER.DBACCESS_DENIED,
  ER.TABLEACCESS_DENIED,
  ER.COLUMNACCESS_DENIED,
  ER.SPECIFIC_ACCESS_DENIED,
  ER.PROCACCESS_DENIED,
]);
const DENIED_TEXT = /^Access denied(?! for user '[^']*'@'[^']*' \(using)|^\w+ command denied to user /;

/** Whether the user lacks a right that the statement takes. */
export function lacksRight({ errorCode, sqlState, message, service }: DatabaseError): boolean {
  if (errorCode !== undefined) return DENIED.has(errorCode);
  return sqlState === undefined && service === 'DatabaseErrorException' && DENIED_TEXT.test(message);
}

/** What it said, with its number. */
export function withNumber({ message, errorCode }: DatabaseError): string {
  return errorCode === undefined ? message : `${message} (error ${errorCode})`;
}

/** The service does not tell what a statement returned, for that is too much, or of a type that it does not know: it would not the next time either. */
export function isUntold(error: unknown): error is DatabaseError {
  if (!(error instanceof DatabaseError) || error.outcome === 'failed') return false;
  return error.service === 'UnsupportedResultException' || /\bresponse (exceeded )?size limit\b/.test(error.message);
}

/** What was done by it is taken back with its transaction. */
export function refused({ message, service }: DatabaseError, cause: unknown): DatabaseError {
  return new DatabaseError(message, { outcome: 'failed', service, cause });
}

/** Whether it met a lock or a deadlock, which may have taken the whole transaction back: worth trying again. */
export function isLocked(error: unknown): error is DatabaseError {
  return [ER.LOCK_WAIT_TIMEOUT, ER.LOCK_DEADLOCK, ER.LOCK_TABLE_FULL].some(number => isError(error, number));
}

/** Whether the service has lost sight of a transaction: DDL has committed it, its session has ended, or it was idle for too long. */
export function isGone(error: unknown): error is DatabaseError {
  return error instanceof DatabaseError && /^(TransactionNotFound|NotFound)Exception$/.test(error.service);
}

/** The whole of the message, as the procedure signals it or as UUID_TO_BIN refuses it: others quote values and names, which may be any. */
const VERDICT = /^(?:Incorrect string value: ')?aurora-migrations ([a-z]+)(?:$| [^']*' for function uuid_to_bin)/i;

/** What our procedure, or a checkpoint of ours, had to say instead of a success; undefined: the error is another one. */
export function verdictOf(error: unknown): string | undefined {
  if (!(error instanceof DatabaseError) || error.outcome !== 'failed') return undefined;
  return VERDICT.exec(error.message)?.[1];
}

/**
 * The service refused a write because its transaction is at work, though nothing of ours runs at the same time: the request, or the one
 * before it, has arrived twice, and what became of it the row tells.
 */
export function isDoubled(error: unknown): error is DatabaseError {
  return (
    error instanceof DatabaseError &&
    error.outcome === 'not-run' &&
    error.message.startsWith('Transaction is still running a query')
  );
}

/** Whether it was done only the database knows. */
export function unclear({ message, service }: DatabaseError, cause: unknown): DatabaseError {
  return new DatabaseError(message, { outcome: 'unknown', service, cause });
}
