// Compile a folder and write the manifest, as the construct has it done at synth: in a process of its own, from the built package. Plain
// JavaScript, for the loader of TypeScript takes longer than that.
import { pathToFileURL } from 'node:url';
import { peak } from './peak.mjs';

const { built, request } = JSON.parse(process.argv[2]);
const began = performance.now();
const { compileInto } = await import(pathToFileURL(built).href);
const { errors } = await compileInto(request);
const said =
  errors.length > 0
    ? { error: { name: errors[0].code, message: errors[0].message } }
    : { ms: performance.now() - began, peak: peak() };
console.log(`\n${JSON.stringify(said)}`);
