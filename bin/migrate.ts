#!/usr/bin/env node
import { main, SIGNALS } from '../lib/cli/index.ts';

// Who reads our output may go first (`… | head`, a closed terminal): what we do to a database must not end because of that.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE' && error.code !== 'EIO') throw error;
  });
}

// The first signal asks the run to end where it stands and to let go of its lease, a second one ends it.
const interrupt = new AbortController();
for (const [signal, code] of Object.entries(SIGNALS)) {
  process.on(signal, () => {
    if (interrupt.signal.aborted) process.exit(code);
    interrupt.abort(signal);
  });
}

// The AWS SDK warns of the end of Node 20 at every start: that is for who maintains this tool, not for who uses it.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';

process.exitCode = await main(process.argv.slice(2), {
  stdout: process.stdout,
  stderr: process.stderr,
  env: process.env,
  signal: interrupt.signal,
  now: () => new Date(),
});

// All is said and written. A connection that something forgot to close must not keep the caller waiting.
setTimeout(() => process.exit(), 5000).unref();
