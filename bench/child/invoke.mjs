// Plain JavaScript, so that nothing but the bundle is loaded: a new process, as a cold function starts, and one invocation.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';

const { bundle, event } = JSON.parse(process.argv[2]);
// SST's bundle expects the `require` that its banner makes.
globalThis.require ??= createRequire(import.meta.url);
const log = console.log;
console.log = () => {};
const began = performance.now();
const { handler } = await import(pathToFileURL(bundle).href);
await handler(event, { awsRequestId: 'bench', getRemainingTimeInMillis: () => 300_000 });
const ms = performance.now() - began;
console.log = log;
console.log(`\n${JSON.stringify({ ms, peak: peak() })}`);
process.exit(0);

// As in measure.ts.
function peak() {
  try {
    return Number(/VmHWM:\s+(\d+) kB/.exec(readFileSync('/proc/self/status', 'utf8'))[1]) * 1024;
  } catch {
    return process.resourceUsage().maxRSS * 1024;
  }
}
