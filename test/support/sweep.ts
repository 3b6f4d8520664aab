import type { Database } from '../../lib/core/database.ts';
import { type DataApiOptions, dataApi } from '../../lib/data-api/index.ts';
import type { FaultName, Local } from '../../lib/local/index.ts';
import { until } from './until.ts';

/** Whoever waits for a run that died does not wait long. */
export const SHORT = { leaseMs: 300, lockTimeoutMs: 500 };

/** What may happen to one call. */
export interface SweptFault {
  readonly fault:
    | FaultName
    /** The client gives up before it hears the answer. */
    | 'client-timeout'
    /** The 45 seconds of a call are over. */
    | 'call-timeout'
    /** The answer takes so long that the service has given up the transaction of the call when the next one comes. */
    | 'idle'
    /** The process that makes the run dies: nothing of it happens any more. */
    | 'killed';
  /** `during`: the call goes on, and nobody waits for it. */
  readonly when: 'before' | 'after' | 'during';
}

/** Faults that say that nothing ran exist only before it; the others both ways. */
export const SWEPT: readonly SweptFault[] = [
  ...(['throttled', 'resuming', 'no-writer'] as const).map(fault => ({ fault, when: 'before' as const })),
  ...(
    [
      'reset',
      'internal-error',
      'internal-failure',
      'unavailable',
      'writer-unavailable',
      'gateway-timeout',
      'opaque',
      'client-timeout',
      'killed',
    ] as const
  ).flatMap(fault => [
    { fault, when: 'before' as const },
    { fault, when: 'after' as const },
  ]),
  { fault: 'call-timeout', when: 'after' },
  { fault: 'idle', when: 'after' },
  { fault: 'killed', when: 'during' },
  // The answer comes, and the same request is delivered once more, while later ones are at work or after the end.
  { fault: 'duplicate', when: 'before' },
];

/** One of each kind, where all of them are tried on nearly the same calls. */
export const KINDS = SWEPT.filter(
  ({ fault, when }) =>
    ['killed', 'reset', 'duplicate', 'idle'].includes(fault) ||
    (['throttled', 'opaque', 'client-timeout'].includes(fault) && (when === 'before') !== (fault === 'opaque')),
);

/** Those after which the run itself goes on. */
export const LOST = SWEPT.filter(({ fault }) => fault !== 'killed');

/** A fault at the call of that number. */
export interface SweptPoint {
  readonly call: number;
  readonly fault: SweptFault;
}

/** The few points that meet each fault once, each at the call after that of the one before. */
export function eachFaultOnce(points: readonly SweptPoint[]): readonly SweptPoint[] {
  const faults = [...new Set(points.map(({ fault }) => fault))];
  const calls = points.length / faults.length;
  return points.filter(({ call, fault }) => call === 1 + (faults.indexOf(fault) % calls));
}

/** What is swept: a local Data API with a database behind it. */
export interface Sweepable {
  readonly local: Local;
  stop(): Promise<void>;
}

/** One run with one fault at its call of that number. */
export interface Swept<T> extends SweptPoint {
  /** What ended the run: a value, what it threw, or the death of its process. */
  readonly end: { readonly value: T } | { readonly thrown: unknown } | { readonly killed: true };
}

/** What a run came to that nobody killed. */
export function survived<T>(end: Swept<T>['end']): T {
  if ('thrown' in end) throw end.thrown;
  if ('killed' in end) throw new Error('the run was killed');
  return end.value;
}

/** A client of the service, as another process has one. */
export function clientOf(local: Local, options: Partial<DataApiOptions> = {}): Database {
  const { resourceArn, secretArn, database, endpoint, region, credentials } = local;
  return dataApi({
    resourceArn,
    secretArn,
    database,
    client: { endpoint, region, credentials },
    ...options,
  });
}

/** Let the fault happen to the call of that number, counted from now. The client is for the run that meets it. */
export function inject(
  local: Local,
  { fault, when }: SweptFault,
  call: number,
): { readonly client: Database; readonly death: Promise<void> } {
  const { faults } = local;
  const death = new AbortController();
  const died = new Promise<void>(resolve => death.signal.addEventListener('abort', () => resolve(), { once: true }));
  switch (fault) {
    case 'client-timeout':
      // Long enough that a busy machine does not do the same to other calls, in vain for long.
      faults.add({ fault: 'delay', when: when as 'before', call, milliseconds: 1500 });
      return { client: clientOf(local, { socketTimeoutMs: 1000 }), death: died };
    case 'call-timeout': {
      const error = { name: 'StatementTimeoutException', status: 400, message: 'Request timed out' };
      faults.add({ fault: error, when: 'after', call });
      break;
    }
    case 'idle':
      faults.add({ fault: 'delay', when: 'after', call, milliseconds: 600 });
      break;
    case 'killed':
      faults[when === 'after' ? 'after' : 'before']({ call }, () => death.abort());
      if (when !== 'during') faults.add({ fault: 'reset', when, call });
      return { client: mortal(clientOf(local, { signal: death.signal }), death.signal), death: died };
    default:
      faults.add({ fault, when: when as 'before', call, ...(fault === 'duplicate' ? { milliseconds: 15 } : {}) });
  }
  return { client: clientOf(local), death: died };
}

/** The database of a process that may die: from then on it neither asks nor hears anything. */
export function mortal(database: Database, death: AbortSignal): Database {
  const never = new Promise<never>(() => {});
  async function alive<T>(work: () => Promise<T>): Promise<T> {
    if (death.aborted) return never;
    try {
      const value = await work();
      return death.aborted ? never : value;
    } catch (error) {
      if (death.aborted) return never;
      throw error;
    }
  }
  return {
    execute: statement => alive(() => database.execute(statement)),
    transaction: work =>
      alive(() =>
        database.transaction(({ execute }) => work({ execute: statement => alive(() => execute(statement)) })),
      ),
    async begin() {
      const transaction = await alive(() => database.begin());
      return {
        execute: statement => alive(() => transaction.execute(statement)),
        commit: () => alive(() => transaction.commit()),
        rollback: () => alive(() => transaction.rollback()),
      };
    },
    get calls() {
      return database.calls;
    },
  };
}

/**
 * A run is repeated once for each fault at each of its calls, each time on a new bench, and compared with a clean run: `start` makes the bench,
 * `run` is the run, `inspect` says what is left of it (throw, or expect, in it).
 */
export async function sweep<B extends Sweepable, T>(options: {
  readonly start: () => Promise<B>;
  /** Makes a bench that was used as a new one, where that is cheaper than a new one. */
  readonly reset?: (bench: B) => Promise<void>;
  readonly run: (bench: B, database: Database) => Promise<T>;
  readonly inspect: (bench: B, swept: Swept<T>) => Promise<void>;
  readonly faults?: readonly SweptFault[];
  /** Of all points, those to be tried. @default all */
  readonly choose?: (points: readonly SweptPoint[]) => readonly SweptPoint[];
  /** Several are swept at the same time. @default 6 */
  readonly parallel?: number;
}): Promise<{ calls: number; points: number; runs: number }> {
  const { start, reset, run, inspect, faults = SWEPT, choose = points => points, parallel = 6 } = options;
  const clean = await start();
  // Its own calls may have been counted while it was made ready.
  clean.local.log.clear();
  await run(clean, clientOf(clean.local));
  const calls = clean.local.log.entries.length;
  await clean.stop();
  const points = Array.from({ length: calls }, (_, at) => at + 1).flatMap(call =>
    faults.map(fault => ({ call, fault })),
  );
  const cases = choose(points);
  let next = 0;
  const wrong: string[] = [];
  async function work() {
    let used: B | undefined;
    let uses = 0;
    for (let at = next++; at < cases.length; at = next++) {
      const { call, fault } = cases[at]!;
      if (!used) uses = 0;
      const bench = used ?? (await start());
      used = undefined;
      try {
        const { client, death } = inject(bench.local, fault, call);
        const end = await Promise.race([
          run(bench, client).then(
            value => ({ value }),
            (thrown: unknown) => ({ thrown }),
          ),
          death.then(() => ({ killed: true as const })),
        ]);
        // What a dead run began is met by the next one while it is at work; what is on its way otherwise arrives first.
        if (!('killed' in end)) await quiet(bench.local, fault.fault === 'duplicate');
        bench.local.faults.clear();
        await inspect(bench, { call, fault, end });
        if (!reset || ++uses === USES) continue;
        await quiet(bench.local);
        bench.local.log.clear();
        await reset(bench);
        used = bench;
      } catch (error) {
        const one = `call ${call}, ${fault.fault} ${fault.when}: ${inWords(error)}`;
        wrong.push(one);
        // At once: the run of all points may be ended before its end.
        console.error(`WRONG ${one}`);
      } finally {
        if (!used) await bench.stop();
      }
    }
    await used?.stop();
  }
  await Promise.all(Array.from({ length: parallel }, work));
  if (wrong.length > 0) throw new Error(`${wrong.length} of ${cases.length} points are wrong:\n${wrong.join('\n')}`);
  return { calls, points: points.length, runs: cases.length };
}

/** What was thrown; of an assertion all that differs, for many are told at once. */
function inWords(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { message, diff } = error as { message: string; diff?: string };
  return 'actual' in error ? `${message}\n${diff ?? JSON.stringify(error.actual)}` : message;
}

/** How often a bench is made as new: a connection grows slower with every function that it has called and that was made anew since. */
const USES = 8;

/** Until no call is at work, and the second delivery of a duplicate has been answered. */
export async function quiet({ log }: Local, duplicate = false): Promise<void> {
  const isQuiet = () =>
    log.entries.every(({ outcome }) => outcome !== 'running') && (!duplicate || log.entries.some(one => one.duplicate));
  await until('the end of all calls', isQuiet, { everyMs: 5 });
}
