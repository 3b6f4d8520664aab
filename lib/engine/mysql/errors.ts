import { DatabaseError } from '../../core/database.ts';

/** Numbers of MySQL's errors, by their names in its manual. */
export const ER = {
  NO_SUCH_TABLE: 1146,
  BAD_FIELD: 1054,
  SP_ALREADY_EXISTS: 1304,
  SP_DOES_NOT_EXIST: 1305,
  UNSUPPORTED_PS: 1295,
  LOCK_WAIT_TIMEOUT: 1205,
  LOCK_DEADLOCK: 1213,
  QUERY_INTERRUPTED: 1317,
  DUP_ENTRY: 1062,
} as const;

/** The message of each, for a service that tells no number. */
const TEXTS: Readonly<Record<number, RegExp>> = {
  [ER.NO_SUCH_TABLE]: /^Table '.*' doesn't exist/,
  [ER.BAD_FIELD]: /^Unknown column '.*' in /,
  [ER.SP_ALREADY_EXISTS]: /^PROCEDURE .* already exists/,
  [ER.SP_DOES_NOT_EXIST]: /^PROCEDURE .* does not exist/,
  [ER.UNSUPPORTED_PS]: /not supported in the prepared statement protocol/,
  [ER.LOCK_WAIT_TIMEOUT]: /^Lock wait timeout exceeded/,
  [ER.LOCK_DEADLOCK]: /^Deadlock found when trying to get lock/,
  [ER.QUERY_INTERRUPTED]: /^Query execution was interrupted/,
  [ER.DUP_ENTRY]: /^Duplicate entry /,
};

/** Whether the database answered with that error. */
export function isError(error: unknown, number: number): error is DatabaseError {
  if (!(error instanceof DatabaseError) || error.outcome !== 'failed') return false;
  return error.errorCode === undefined ? TEXTS[number]?.test(error.message) === true : error.errorCode === number;
}

/** The error as the runner knows it: by PostgreSQL's SQLSTATE for a table that is not there. */
export function missingTable(error: DatabaseError): DatabaseError {
  const { message, service, outcome } = error;
  return new DatabaseError(message, { service, outcome, sqlState: '42P01', cause: error });
}

/** What our procedure, or a checkpoint of ours, had to say instead of a success; undefined: the error is another one. */
export function verdictOf(error: unknown): string | undefined {
  if (!(error instanceof DatabaseError) || error.outcome !== 'failed') return undefined;
  return /aurora-migrations ([a-z]+)/.exec(error.message)?.[1];
}
