import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
// Plain JavaScript: it runs before anything is built.
import { bundle, bundleHandler, type Outputs, reachable } from '../../lambda/bundle.mjs';

/** A bundle, measured. */
export interface Measured {
  /**
   * All that it may load for PostgreSQL, but for the client of CloudFormation, which is asked only where an Update has steps, and for the tables of
   * other tools, which are read only where the option `baseline` names one and nothing of the folder is applied yet. MySQL's engine is shipped
   * only for MySQL.
   */
  readonly bytes: number;
  /** Milliseconds that importing it takes in a new process, each time, in order. */
  readonly imports: readonly number[];
}

export interface Comparison {
  readonly ours: Measured;
  readonly baseline: Measured;
  readonly bytesRatio: number;
  readonly importRatio: number;
}

/**
 * Bundle the handler and a bare client with the same options, and import each of them `runs` times, in turns. The handler leaves out what of the
 * SDK no function can use, above all ways to sign in; a bare client that is bundled without that thought has them.
 */
export async function compareBundles(runs: number): Promise<Comparison> {
  const work = mkdtempSync(join(tmpdir(), 'aurora-migrations-bundle-'));
  try {
    const [ours, baseline] = [join(work, 'ours'), join(work, 'baseline')];
    const oursOutputs = await bundleHandler(ours);
    const baselineOutputs = await bundle(
      fileURLToPath(new URL('../../test/lambda/bare-client.ts', import.meta.url)),
      baseline,
    );
    const times = { ours: [] as number[], baseline: [] as number[] };
    for (let run = 0; run < runs; run++) {
      times.ours.push(importTime(ours));
      times.baseline.push(importTime(baseline));
    }
    const comparison = {
      ours: { bytes: bytesOf(oursOutputs), imports: times.ours },
      baseline: { bytes: bytesOf(baselineOutputs), imports: times.baseline },
    };
    return {
      ...comparison,
      bytesRatio: comparison.ours.bytes / comparison.baseline.bytes,
      importRatio: median(times.ours) / median(times.baseline),
    };
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  return (sorted[Math.ceil(middle) - 1]! + sorted[Math.floor(middle)]!) / 2;
}

function bytesOf(outputs: Outputs): number {
  const counted = reachable(outputs, /^(mysql|take-over)-/);
  return [...counted].reduce((sum, name) => sum + outputs[name]!.bytes, 0);
}

function importTime(folder: string): number {
  const script = `const began = performance.now(); await import(${JSON.stringify(pathToFileURL(join(folder, 'index.mjs')).href)}); console.log(performance.now() - began)`;
  return Number(execFileSync(process.execPath, ['--input-type=module', '--eval', script], { encoding: 'utf8' }));
}
