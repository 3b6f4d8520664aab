import type { DatabaseError } from '../core/database.ts';
import { lacksRight as onMysql } from './mysql/errors.ts';
import { lacksRight as onPostgresql } from './postgresql/rights.ts';

/** Whether the user of the secret lacks a right, whichever engine says so: neither has an error that the other could mean. */
export function lacksRight(error: DatabaseError): boolean {
  return onPostgresql(error) || onMysql(error);
}
