import type { DatabaseError } from '../core/database.ts';
import { adviseError as onMysql } from './advice/mysql.ts';
import { adviseError as onPostgresql } from './postgresql/advice.ts';

/** What to do about an error of a query of ours, whichever engine it comes from; null: its text tells. */
export function adviceOn(error: DatabaseError): string | null {
  return (error.errorCode === undefined && error.sqlState !== undefined ? onPostgresql : onMysql)(error);
}
