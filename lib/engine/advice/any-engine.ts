import type { Diagnostics } from '../../core/database.ts';
import { diagnostics as onMysql } from './mysql.ts';
import { diagnostics as onPostgresql } from './postgresql.ts';

/**
 * For an error of which the engine is not known. The deployed function has one engine and needs none of this. Neither engine has an error that
 * the other could mean.
 */
export const ANY_ENGINE: Diagnostics = {
  adviseError: error =>
    (error.errorCode === undefined && error.sqlState !== undefined ? onPostgresql : onMysql).adviseError(error),
  lacksRight: error => onPostgresql.lacksRight(error) || onMysql.lacksRight(error),
};
