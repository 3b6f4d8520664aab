// A Lambda runtime: loads a handler from the folder that it is started in and answers events, one at a time. Started with the environment
// of the template and Lambda's own, nothing else; what the harness wants of it comes with the first message.
const { pathToFileURL } = require('node:url');
const { join } = require('node:path');
const { existsSync } = require('node:fs');
const { lambdaConsole, respondTo } = require('./lambda.cjs');

let handler;

Object.assign(console, lambdaConsole);

/** No wait gets shorter than this: a busy machine needs as long for a connection. */
const SHORTEST = 50;

/** A clock that runs faster, and the waits with it. */
function scaleClocks({ began, second }) {
  const { now } = Date;
  const wait = globalThis.setTimeout;
  const timeout = AbortSignal.timeout;
  const scaled = ms => Math.max((ms * second) / 1000, Math.min(ms, SHORTEST));
  Date.now = () => Math.round(began + ((now() - began) * 1000) / second);
  globalThis.setTimeout = (work, ms = 0, ...rest) => wait(work, scaled(ms), ...rest);
  AbortSignal.timeout = ms => timeout(scaled(ms));
}

process.on('message', async ({ load, sink, clock, id, event, remainingMs, requestId }) => {
  if (load !== undefined) {
    if (clock !== undefined) scaleClocks(clock);
    const [file, name] = load.split('.');
    const module = ['.mjs', '.js'].map(ending => join(process.cwd(), file + ending)).find(existsSync);
    try {
      const exported = await import(pathToFileURL(module).href);
      handler = exported[name] ?? exported.default[name];
      if (sink !== undefined) require(join(process.cwd(), 'outbound.js')).httpRequest = respondTo(sink);
      process.send({ loaded: true });
    } catch (error) {
      process.send({ loaded: false, error: String(error?.stack ?? error) });
    }
    return;
  }
  const until = Date.now() + remainingMs;
  try {
    const result = await handler(event, {
      awsRequestId: requestId,
      getRemainingTimeInMillis: () => Math.max(0, until - Date.now()),
    });
    process.send({ id, payload: JSON.stringify(result ?? null) });
  } catch (error) {
    // As the runtime interface client of Lambda does it.
    const { name: errorType, message: errorMessage, stack } = error;
    process.send({ id, failed: true, payload: JSON.stringify({ errorType, errorMessage, trace: stack.split('\n') }) });
  }
});
