import type { Host } from './call.ts';
import type { Fault } from './faults.ts';
import { ServiceError, validation } from './service-error.ts';

/**
 * For tests in other processes: `POST /_local/faults` installs a fault or a list of them, `DELETE /_local/faults` removes all,
 * `GET /_local/log` answers the requests so far, `DELETE /_local/log` forgets them.
 */
export function control(host: Host, method: string, path: string, body: string): string {
  switch (`${method} ${path}`) {
    case 'POST /_local/faults': {
      try {
        const faults = [JSON.parse(body)].flat() as Fault[];
        host.faults.add(...faults);
        return JSON.stringify({ installed: faults.length });
      } catch (error) {
        throw validation((error as Error).message);
      }
    }
    case 'DELETE /_local/faults':
      host.faults.clear();
      return '{}';
    case 'GET /_local/log':
      return JSON.stringify(host.log.entries);
    case 'DELETE /_local/log':
      host.log.clear();
      return '{}';
    default:
      throw new ServiceError('UnknownOperationException', 404, `${method} ${path} is not known here`);
  }
}
