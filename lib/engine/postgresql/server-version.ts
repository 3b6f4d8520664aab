import { MigrationError } from '../../core/errors.ts';
import { SUPPORTED, unsupportedServer } from '../../core/supported.ts';

/** The SQL expression that gives the number of the server's version: `170010` for 17.10. */
export const SERVER_VERSION = `pg_catalog.current_setting('server_version_num')`;

/** The major version of that number. Throws `unsupported-server` where it is not supported. */
export function checkVersion(number: string): number {
  const version = Number(number);
  const major = Math.floor(version / 10_000);
  // Before 10 a version had three parts: 90624 is 9.6.24.
  const name = major < 10 ? `${major}.${Math.floor(version / 100) % 100}` : `${major}.${version % 10_000}`;
  const problem = unsupportedServer('postgresql', name);
  if (problem) throw new MigrationError(problem);
  return major;
}

/** The SQLSTATE with which the installation ends on a server that is not supported; the message is the number of its version. */
export const UNSUPPORTED = 'AM001';

/** For the body of a DO. */
export const REFUSE_UNSUPPORTED = `IF ${SERVER_VERSION}::pg_catalog.int4 / 10000 NOT IN (${SUPPORTED.postgresql.join(', ')}) THEN
  RAISE '%', ${SERVER_VERSION} USING ERRCODE = '${UNSUPPORTED}';
END IF;`;
