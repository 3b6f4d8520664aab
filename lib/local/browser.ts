import type { IncomingMessage } from 'node:http';
import { ServiceError } from './service-error.ts';

/** What AWS SDKs send. A page can send it to another origin only after a preflight, which has an Origin and is refused. */
const JSON_TYPES = /^application\/(x-amz-)?json\b/i;

/**
 * Why a request may come from a web page, as an error; undefined for those of programs on this machine. Any page that a browser on this machine
 * shows can send requests to 127.0.0.1, and one whose name resolves to it (DNS rebinding) can read the answers.
 */
export function refuseBrowser({ headers, method, socket }: IncomingMessage): ServiceError | undefined {
  if (headers.origin !== undefined) return forbidden(`it has an Origin (${headers.origin})`);
  const own = ['127.0.0.1', 'localhost'].map(name => `${name}:${socket.localPort}`);
  const host = headers.host?.toLowerCase() ?? '';
  if (!own.includes(host.includes(':') ? host : `${host}:80`))
    return forbidden(`its Host is ${headers.host ?? 'missing'} and not ${own.join(' or ')}`);
  const type = headers['content-type'] ?? 'missing';
  if (method === 'POST' && !JSON_TYPES.test(type))
    return forbidden(`its Content-Type is ${type} and not application/json`);
  return undefined;
}

function forbidden(why: string): ServiceError {
  return new ServiceError('ForbiddenException', 403, `The local Data API refuses requests of web pages: ${why}`);
}
