// Plain JavaScript, so that nothing but the bundle is loaded: a new process, as a cold function starts, and one invocation; more where a deploy of
// ours has something to do.
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import { peak } from './peak.mjs';

const { bundle, event } = JSON.parse(process.argv[2]);
// SST's bundle expects the `require` that its banner makes.
globalThis.require ??= createRequire(import.meta.url);
const write = process.stdout.write;
process.stdout.write = () => true;
let said;
try {
  const began = performance.now();
  const { handler } = await import(pathToFileURL(bundle).href);
  const invocation = { awsRequestId: 'bench', getRemainingTimeInMillis: () => 600_000 };
  const answer = await handler(event, invocation);
  if (answer?.Work === 'migrate') while (!(await handler({ ...event, ...answer }, invocation)).IsComplete);
  said = { ms: performance.now() - began, peak: peak() };
} catch ({ name, message }) {
  said = { error: { name, message } };
}
process.stdout.write = write;
console.log(`\n${JSON.stringify(said)}`);
process.exit(0);
