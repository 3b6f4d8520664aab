import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { peak } from './peak.mjs';

/** What a child process says of itself when it has done its work. */
export interface Measured {
  /** Milliseconds of the work, without the start of the process. */
  readonly ms: number;
  /** Bytes: the most memory that the process ever held. */
  readonly peak: number;
}

/**
 * Run a module of this folder in a process of its own, with values for it as JSON. Throws what stopped its work. `flags` are Node.js's own;
 * `whole` are milliseconds from the start of the process to its end.
 */
export async function inChild(
  module: string,
  value: unknown,
  { env = {}, flags = [] }: { env?: Readonly<Record<string, string>>; flags?: readonly string[] } = {},
): Promise<Measured & { readonly whole: number }> {
  const file = fileURLToPath(new URL(module, import.meta.url));
  const began = performance.now();
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [...flags, ...(module.endsWith('.ts') ? ['--import', 'tsx'] : []), file, JSON.stringify(value)],
    { env: { ...process.env, ...env, NODE_NO_WARNINGS: '1' }, maxBuffer: 2 ** 26 },
  );
  const whole = performance.now() - began;
  const said = JSON.parse(stdout.trim().split('\n').at(-1)!) as
    | Measured
    | { readonly error: { name: string; message: string } };
  if ('error' in said) throw Object.assign(new Error(said.error.message), { name: said.error.name });
  return { ...said, whole };
}

/** Work in a child, and say as the last line how it went. */
export async function measure(work: () => Promise<void>): Promise<void> {
  const began = performance.now();
  const said = await work().then(
    () => ({ ms: performance.now() - began, peak: peak() }),
    ({ name, message }: Error) => ({ error: { name, message } }),
  );
  process.stdout.write(`\n${JSON.stringify(said)}\n`);
}
