import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { refuseBrowser } from './browser.ts';
import { type Ending, type Host, operations, serve } from './call.ts';
import { control } from './control.ts';
import type { LogEntry } from './log.ts';
import { getSecretValue, type Secret } from './secrets.ts';
import { ServiceError, validation } from './service-error.ts';
import { StartError, systemCode } from './start-error.ts';
import type { Body } from './validations/request.ts';

/** https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/data-api.limitations.html: with headers. */
const REQUEST_LIMIT = 4 * 1024 * 1024;

/** Listen on 127.0.0.1. Throws a `StartError` when the port is taken. */
export async function listen(host: Host, secret: Secret, port: number): Promise<Server> {
  const server = createServer((request, response) => {
    // Whoever goes away does not stop his statement: the service does not notice either.
    response.on('error', () => {});
    request.on('error', () => {});
    handle(host, secret, request).then(
      ending => send(response, ending),
      error => {
        // The client went away before it had sent everything.
        if (request.destroyed && !request.complete) return;
        host.report(error);
        response.destroy();
      },
    );
  });
  // A call may take as long as it likes.
  server.requestTimeout = 0;
  server.keepAliveTimeout = 60_000;
  await new Promise<void>((resolve, reject) => {
    server.once('error', cause => {
      const taken = systemCode(cause) === 'EADDRINUSE';
      reject(
        new StartError(
          taken ? `Port ${port} is in use` : `The local Data API cannot listen on port ${port}: ${cause.message}`,
          'Choose another port, or none to have a free one chosen.',
          { cause },
        ),
      );
    });
    server.listen(port, '127.0.0.1', resolve);
  });
  return server;
}

async function handle(host: Host, secret: Secret, request: IncomingMessage): Promise<Ending> {
  const { pathname } = new URL(request.url ?? '/', 'http://local');
  const text = await read(request);
  const refused = refuseBrowser(request);
  if (refused) return { error: refused };
  if (text === undefined)
    return { error: new ServiceError('RequestEntityTooLargeException', 413, 'Request size exceeded 4 MiB') };
  try {
    if (pathname.startsWith('/_local/')) return { json: control(host, request.method ?? 'GET', pathname, text) };
    if (request.headers['x-amz-target'] === 'secretsmanager.GetSecretValue') {
      return { json: getSecretValue(secret, host.service.engine, parse(text)) };
    }
    const operation = operations[pathname];
    if (!operation || request.method !== 'POST') throw new ServiceError('UnknownOperationException', 404, '');
    if (!request.headers.authorization) {
      throw new ServiceError('MissingAuthenticationTokenException', 403, 'Missing Authentication Token');
    }
    const body = parse(text);
    const entry = host.log.add({
      operation: operation.name,
      sql: textOf(body.sql),
      ...parametersOf(body, host.logValues),
      database: textOf(body.database),
      transactionId: textOf(body.transactionId),
      attempt: Number(/attempt=(\d+)/.exec(String(request.headers['amz-sdk-request']))?.[1] ?? 1),
      invocationId: textOf(request.headers['amz-sdk-invocation-id']),
      duplicate: false,
    });
    return await serve(host, operation, body, entry);
  } catch (error) {
    if (error instanceof ServiceError) return { error };
    throw error;
  }
}

/** The body, or undefined when the request is too large. It is read to its end, so that the client hears the answer. */
function read(request: IncomingMessage): Promise<string | undefined> {
  let size = request.rawHeaders.join('').length;
  const chunks: Buffer[] = [];
  // By events: to iterate costs more than all else that a small call needs.
  return new Promise((resolve, reject) => {
    request.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size <= REQUEST_LIMIT) chunks.push(chunk);
    });
    request.on('end', () => resolve(size <= REQUEST_LIMIT ? Buffer.concat(chunks).toString('utf8') : undefined));
    request.on('error', reject);
  });
}

function parse(text: string): Body {
  let body: unknown;
  try {
    // A long of more digits than a number holds stays text. No string of the body can contain this: its quotes would be escaped.
    body = JSON.parse(text.replace(/"longValue"\s*:\s*(-?\d{16,})(?=\s*[,}])/g, '"longValue":"$1"'));
  } catch (cause) {
    throw new ServiceError('SerializationException', 400, `Invalid JSON: ${(cause as Error).message}`);
  }
  if (typeof body !== 'object' || body === null || Array.isArray(body)) throw validation('Expected an object');
  return body as Body;
}

function parametersOf(body: Body, withValues: boolean): Pick<LogEntry, 'parameters' | 'values'> {
  const { parameters, parameterSets } = body;
  const first = Array.isArray(parameterSets) ? parameterSets[0] : parameters;
  const names = Array.isArray(first) ? first.map(one => String(one?.name)) : [];
  const values = parameterSets ?? parameters;
  return { parameters: names, ...(withValues && values !== undefined && { values }) };
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function send(response: ServerResponse, ending: Ending): void {
  if (ending === 'reset') {
    const { socket } = response;
    // Where the client has gone the socket is being shut down: Node.js refuses to reset such a one, and then never closes it.
    if (socket?.writableEnded) socket.destroy();
    else socket?.resetAndDestroy();
    return;
  }
  response.setHeader('x-amzn-RequestId', randomUUID());
  if (!('error' in ending)) {
    // With its length the answer is one write; without it Node.js sends it in chunks.
    const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(ending.json) };
    response.writeHead(200, headers).end(ending.json);
    return;
  }
  const { name, status, message, members, page } = ending.error;
  if (page) {
    response.writeHead(status, { 'content-type': page.type }).end(page.text);
    return;
  }
  response
    .writeHead(status, {
      'content-type': 'application/json',
      'x-amzn-errortype': `${name}:http://internal.amazon.com/coral/com.amazon.rdsdataservice/`,
    })
    .end(JSON.stringify({ ...(message && { message }), ...members }));
}
