import pg from 'pg';
import { databaseError, opaque, type ServiceError, validation } from '../service-error.ts';

/** What is not known about the service's errors. */
export interface ErrorOptions {
  readonly detail: boolean;
  readonly where: boolean;
  readonly unterminatedDollarQuote: 'opaque' | 'error';
}

/** What the service says when a statement wants to stream; sqlx's own words. */
export function copyRefused(message: 'CopyInResponse' | 'CopyOutResponse'): ServiceError {
  return databaseError(`execute: unexpected message: ${message}`);
}

/**
 * A server's error in the service's words: `ERROR: message; Detail: …; Hint: …; Position: n; SQLState: X`. The word ERROR stands
 * there even for a fatal one (https://github.com/aws/aws-cli/issues/8577). The position counts in the rewritten text.
 */
export function translate(error: unknown, options: ErrorOptions): ServiceError {
  // Without an answer of the server (the connection broke) there is only the service's fallback.
  if (!(error instanceof pg.DatabaseError) || error.code === undefined) return opaque();
  // The server's own check: whoever parses decides, as in the service as far as anybody can see.
  if (error.code === '42601' && error.message === 'cannot insert multiple commands into a prepared statement') {
    return validation("Multistatements aren't supported.");
  }
  if (options.unterminatedDollarQuote === 'opaque' && error.message.startsWith('unterminated dollar-quoted string')) {
    return opaque();
  }
  const parts = [`ERROR: ${error.message}`];
  if (error.detail && options.detail) parts.push(`Detail: ${error.detail}`);
  if (error.hint) parts.push(`Hint: ${error.hint}`);
  if (error.where && options.where) parts.push(`Where: ${error.where}`);
  if (error.position) parts.push(`Position: ${error.position}`);
  parts.push(`SQLState: ${error.code}`);
  return databaseError(parts.join('; '));
}
