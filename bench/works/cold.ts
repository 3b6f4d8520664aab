import { join } from 'node:path';
import { inChild } from '../child/measure.ts';
import { auroraMigrationsHook, hookVariables, updateEvent } from '../contestants/aurora-migrations-hook.ts';
import { published, variables, withCast } from '../contestants/sst-function.ts';
import { sstWithCast } from '../contestants/sst-with-cast.ts';
import { steps } from '../migrations.ts';
import { reason } from '../race.ts';
import {
  count,
  median,
  megabytes,
  middleHalf,
  pairedRatio,
  pairedRatios,
  spread,
  time,
  times,
} from '../report/numbers.ts';
import { on } from '../service/index.ts';
import { prepare, warm } from '../stage.ts';
import type { Target } from '../target.ts';
import { BARE, BARE_CALL, BARE_REPLACED, type Bundle, bundles, bytesOf, named } from './bundles.ts';
import { HOOK } from './compared.ts';
import { atMost, type Bench, type Section, type Work } from './work.ts';

const APPLIED = 50;

const NEAR = ', no latency';

/** A function that is started, and what became of it. */
interface Start {
  readonly name: string;
  readonly file: string;
  readonly env: Readonly<Record<string, string>>;
  readonly event: object;
  /** Of the figures that targets are held to: taken oftener. */
  readonly held: boolean;
  readonly whole: number[];
  readonly inside: number[];
  readonly peak: number[];
  calls: number;
  error?: string;
}

/** A new process loads the bundle and finds nothing to do. */
export const cold: Work = {
  name: 'cold',
  async run(bench) {
    const shipped = await bundles();
    const starts = await functions(bench, shipped);
    // Quick, and much of it is what the machine does beside: many rounds. The first one only reads the files into memory.
    for (let round = 0; round <= bench.rounds * 8; round++) {
      bench.say(`cold: round ${round}`);
      for (const start of round % 2 === 1 ? starts : [...starts].reverse()) {
        if (start.error === undefined && (start.held || round <= bench.rounds)) await invoke(bench, start, round);
      }
    }
    return [section(starts), bytesOf(shipped)];
  },
};

async function invoke({ service }: Bench, start: Start, round: number): Promise<void> {
  const { file, event, env } = start;
  await service.calls();
  try {
    const { whole, ms, peak } = await inChild('invoke.mjs', { bundle: file, event }, { env });
    start.calls = await service.calls();
    if (round === 0) return;
    start.whole.push(whole);
    start.inside.push(ms);
    start.peak.push(peak);
  } catch (error) {
    start.error = `cannot: ${reason(error)}`;
  }
}

function section(starts: readonly Start[]): Section {
  const whole = (name: string) => named(starts, name).whole;
  const [bare, nearBare, nothing] = [whole(BARE_CALL), whole(BARE_CALL + NEAR), whole(BARE)];
  const rows = starts.map(({ name, calls, whole, inside, peak, error }) => {
    if (error !== undefined) return [name, error];
    const near = name.endsWith(NEAR) || name === BARE;
    const ratios = [ratio(whole, near ? nearBare : bare), near ? ratio(whole, nothing) : ''];
    const memory = megabytes(median(peak));
    return [name, count(calls), time(median(whole)), spread(whole), time(median(inside)), memory, ...ratios];
  });
  return {
    title: `Cold start: no-op with ${APPLIED} applied, in a new process`,
    note: 'From the start of `node` to its end; "inside" is from the first byte of the bundle to the answer. Ratios are those of starts in the same round, their median and what the middle half of them lies between. To one call: the bare client that makes one too, with the same latency. To nothing sent: a bundle that only makes the client; what it is compared with makes its call without added latency, so that what is left is its own work and that of the local Data API.',
    columns: ['', 'calls', 'time, median', 'spread', 'inside', 'peak memory', 'to one call', 'to nothing sent'],
    rows,
    checks: [
      atMost('Cold start to that of the bare client with a call', pairedRatio(whole(HOOK), bare), 1.2, times),
      atMost(
        'Cold start without latency to that of a bare client that sends nothing',
        pairedRatio(whole(HOOK + NEAR), nothing),
        1.2,
        times,
      ),
    ],
  };
}

function ratio(values: readonly number[], base: readonly number[]): string {
  return `${times(pairedRatio(values, base))} (${middleHalf(pairedRatios(values, base))})`;
}

/** Each on a database where it has nothing to do. */
async function functions({ service, contestants }: Bench, shipped: readonly Bundle[]): Promise<Start[]> {
  const situation = { applied: steps(APPLIED, 1), pending: [] };
  const taken = () => ({ whole: [], inside: [], peak: [], calls: 0 });
  const ours = await prepare(service, auroraMigrationsHook, situation, 'cold');
  const far = on(service.far, ours.database);
  const near = on(service.near, ours.database);
  await warm(far);
  await warm(near);
  const event = updateEvent(ours.folder);
  const start = (name: string, file: string, target: Target, held = true): Start => {
    return { name, file, env: hookVariables(target), event, held, ...taken() };
  };
  const fileOf = (name: string) => named(shipped, name).file;
  // Its bundle lies beside the manifest.
  const own = join(ours.folder, 'index.mjs');
  return [
    start(HOOK, own, far),
    start(BARE_CALL, fileOf(BARE_CALL), far),
    start(BARE_REPLACED, fileOf(BARE_REPLACED), far, false),
    ...(contestants.some(({ name }) => name === sstWithCast.name) ? await sstFunctions() : []),
    start(HOOK + NEAR, own, near),
    start(BARE_CALL + NEAR, fileOf(BARE_CALL), near),
    start(BARE, fileOf(BARE), near),
  ];

  async function sstFunctions(): Promise<Start[]> {
    const stage = await prepare(service, sstWithCast, situation, 'cold');
    const target = on(service.far, stage.database);
    await warm(target);
    const sst = { env: variables(target, stage.folder), event: {}, held: false };
    return [
      { name: 'sst', file: published(), ...sst, ...taken() },
      { name: sstWithCast.name, file: withCast(), ...sst, ...taken() },
    ];
  }
}
