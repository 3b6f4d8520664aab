import type { Host } from './call.ts';
import type { ClockOptions } from './clocks.ts';
import type { Fault } from './faults.ts';
import { ServiceError, validation } from './service-error.ts';

/**
 * Controls a local Data API from other processes: `POST /_local/faults` installs a fault or a list of them, `DELETE /_local/faults` removes
 * all, `POST /_local/clocks` sets clocks, `GET /_local/log` answers the requests so far, `DELETE /_local/log` forgets them.
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
    case 'POST /_local/clocks':
      host.service.clocks.set(clocks(body));
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

const CLOCKS = ['scale', 'callTimeout', 'transactionIdle', 'transactionMax'];

function clocks(body: string): ClockOptions {
  let given: unknown;
  try {
    given = JSON.parse(body);
  } catch (error) {
    throw validation((error as Error).message);
  }
  for (const [name, value] of Object.entries(given ?? {})) {
    if (!CLOCKS.includes(name)) throw validation(`There is no clock ${name}. Use one of ${CLOCKS.join(', ')}`);
    if (typeof value !== 'number' || !(value > 0)) throw validation(`The clock ${name} needs a number above 0`);
  }
  return given as ClockOptions;
}
