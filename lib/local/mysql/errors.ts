import { databaseError, opaque, type ServiceError } from '../service-error.ts';
import type { MysqlSwitches } from './switches.ts';

/** An error as the driver gives it. */
export interface DriverError {
  readonly errno?: number;
  readonly sqlState?: string;
  readonly message: string;
  readonly fatal?: boolean;
}

/** Numbers from here on are the client's own: of a connection that broke, not of a statement. */
const CLIENT_ERRORS = 2000;

/** A server's error in the service's words, whatever those are. */
export function translate(thrown: unknown, { errors }: Required<MysqlSwitches>): ServiceError {
  const { errno, sqlState = 'HY000', message } = thrown as DriverError;
  const ofServer = errno !== undefined && errno >= 1000 && !(errno >= CLIENT_ERRORS && errno < 3000);
  // Without an answer of the server (the connection broke) there is only the service's fallback.
  if (!ofServer) return opaque();
  switch (errors) {
    case 'code':
      return databaseError(`Database error code: ${errno}. Message: ${message}`);
    case 'sqlstate':
      return databaseError(`${message}; Error code: ${errno}; SQLState: ${sqlState}`);
    case 'driver':
      return databaseError(`${errno} (${sqlState}): ${message}`);
    case 'message':
      return databaseError(message);
  }
}
