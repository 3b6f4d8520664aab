import type { FaultName } from '../../lib/local/index.ts';
import type { Bench } from './migrations.ts';

/** A fault as the sweep injects it. */
export interface SweptFault {
  readonly fault: FaultName;
  readonly when: 'before' | 'after';
}

/** Faults that say that nothing ran exist only before it; the others both ways. */
export const SWEPT: readonly SweptFault[] = [
  ...(['throttled', 'resuming', 'no-writer'] as const).map(fault => ({ fault, when: 'before' as const })),
  ...(['reset', 'internal-error', 'internal-failure', 'unavailable', 'gateway-timeout', 'opaque'] as const).flatMap(
    fault => [
      { fault, when: 'before' as const },
      { fault, when: 'after' as const },
    ],
  ),
  // The answer comes, and the same request is delivered once more, while later ones are at work or after the end.
  { fault: 'duplicate', when: 'before' },
];

/** One run with one fault at its call of that number. */
export interface Swept<T> {
  readonly call: number;
  readonly fault: SweptFault;
  /** What ended the run: a value, or what it threw. */
  readonly end: { readonly value: T } | { readonly thrown: unknown };
}

/**
 * A run is repeated once for each fault at each of its calls, each time on a new bench, and compared with a clean run: `start` makes the bench,
 * `run` is the run, `inspect` says what is left of it (throw, or expect, in it).
 */
export async function sweep<T>(options: {
  readonly start: () => Promise<Bench>;
  readonly run: (bench: Bench) => Promise<T>;
  readonly inspect: (bench: Bench, swept: Swept<T>) => Promise<void>;
  readonly faults?: readonly SweptFault[];
  /** Several are swept at the same time. @default 4 */
  readonly parallel?: number;
}): Promise<{ calls: number; runs: number }> {
  const { start, run, inspect, faults = SWEPT, parallel = 4 } = options;
  const clean = await start();
  await run(clean);
  const calls = clean.local.log.entries.length;
  await clean.stop();
  const cases = Array.from({ length: calls }, (_, at) => at + 1).flatMap(call =>
    faults.map(fault => ({ call, fault })),
  );
  let next = 0;
  async function work() {
    for (let at = next++; at < cases.length; at = next++) {
      const { call, fault } = cases[at]!;
      const bench = await start();
      try {
        bench.local.faults.add({ ...fault, call, ...(fault.fault === 'duplicate' ? { milliseconds: 15 } : {}) });
        const end = await run(bench).then(
          value => ({ value }),
          (thrown: unknown) => ({ thrown }),
        );
        if (fault.fault === 'duplicate') await delivered(bench);
        bench.local.faults.clear();
        await inspect(bench, { call, fault, end });
      } catch (error) {
        throw new Error(
          `call ${call}, ${fault.fault} ${fault.when}: ${error instanceof Error ? error.message : error}`,
          { cause: error },
        );
      } finally {
        await bench.stop();
      }
    }
  }
  await Promise.all(Array.from({ length: parallel }, work));
  return { calls, runs: cases.length };
}

/** Until the second delivery has been answered. */
async function delivered({ local }: Bench): Promise<void> {
  for (let nth = 0; nth < 400; nth++) {
    const second = local.log.entries.find(entry => entry.duplicate);
    if (second && second.outcome !== 'running') return;
    await new Promise(resolve => setTimeout(resolve, 5));
  }
  throw new Error('the duplicate was not delivered');
}
