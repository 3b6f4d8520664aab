import { inChild } from './child/measure.ts';
import { type Contestant, contestantFile, type Situation } from './contestants/index.ts';
import { on } from './service/index.ts';
import { prepare, type Stage, warm } from './stage.ts';
import type { Target } from './target.ts';
import type { Bench } from './works/work.ts';

/** What became of one contestant. */
export interface Lap {
  readonly contestant: string;
  /** Data API requests of one run. */
  readonly calls: number;
  /** Milliseconds of each run. */
  readonly ms: readonly number[];
  /** Bytes of memory that each run took at most, where it had a process of its own. */
  readonly peaks: readonly number[];
  /** Why it did not do the work, in the words of the report. */
  readonly error?: string;
  /** It says that it is done, and the database is not as the floor leaves it. */
  readonly differs?: boolean;
}

/** After so many milliseconds a contestant has run often enough: hundreds of calls are an average of their own. */
const ENOUGH = 5_000;
/** So often everybody runs at least, however long it takes. */
const LEAST = 3;

export interface RaceOptions {
  /** Those of whom times are held to targets: they run twice as often, all of them. @default none */
  readonly held?: readonly string[];
  /** Each run has a process of its own with only that contestant loaded, for the memory that it takes. @default false */
  readonly apart?: boolean;
}

interface Runner {
  readonly contestant: Contestant;
  readonly stage: Stage;
  readonly ms: number[];
  readonly peaks: number[];
  calls: number;
  shape: string;
  error?: string;
}

/**
 * Every contestant does the same, in turn, `rounds` times, in this process: modules and migrations are loaded after the first round. Every
 * second round goes backwards, so that none always comes after the same one. Everybody begins with the first round and leaves none out until it
 * has run enough: the runs of two can be compared one by one.
 */
export async function race(
  bench: Bench,
  name: string,
  situation: Situation,
  { held = [], apart = false }: RaceOptions = {},
): Promise<Lap[]> {
  const { say } = bench;
  const rounds = held.length > 0 ? 2 * bench.rounds : bench.rounds;
  const enough = ({ contestant, ms }: Runner) =>
    !held.includes(contestant.name) && ms.length >= Math.min(LEAST, bench.rounds) && sum(ms) > ENOUGH;
  const runners: Runner[] = [];
  const failed: Lap[] = [];
  for (const contestant of bench.contestants) {
    say(`${name}: ${contestant.name} makes ready`);
    const absent = contestant.absent?.[bench.service.near.engine];
    if (absent !== undefined) {
      failed.push({ contestant: contestant.name, calls: 0, ms: [], peaks: [], error: absent });
      continue;
    }
    try {
      const stage = await prepare(bench.service, contestant, situation, name);
      runners.push({ contestant, stage, ms: [], peaks: [], calls: 0, shape: '' });
    } catch (error) {
      failed.push({ contestant: contestant.name, calls: 0, ms: [], peaks: [], error: `cannot: ${reason(error)}` });
    }
  }
  for (let round = 1; round <= rounds; round++) {
    for (const runner of round % 2 === 1 ? runners : [...runners].reverse()) {
      if (runner.error || enough(runner)) continue;
      say(`${name}: round ${round} of ${rounds}, ${runner.contestant.name}`);
      await lap(bench, runner, { again: situation.pending.length === 0, apart });
    }
  }
  for (const { stage } of runners) await bench.service.drop(stage.database);
  const right = runners.find(({ contestant, error }) => contestant.name === 'floor' && !error)?.shape;
  const laps = runners.map(({ contestant, calls, ms, peaks, error, shape }) => ({
    contestant: contestant.name,
    calls,
    ms,
    peaks,
    ...(error !== undefined && { error }),
    ...(right !== undefined && shape !== right && { differs: true }),
  }));
  const order = bench.contestants.map(contestant => contestant.name);
  return [...laps, ...failed].sort((a, b) => order.indexOf(a.contestant) - order.indexOf(b.contestant));
}

async function lap(
  { service }: Bench,
  runner: Runner,
  { again, apart }: { again: boolean; apart: boolean },
): Promise<void> {
  const { contestant, stage } = runner;
  // A run that changes nothing leaves the database as it was.
  const database = again ? stage.database : `${stage.database}_run`;
  const target = on(service.far, database);
  if (!again) await service.create(database, stage.database);
  try {
    await warm(target);
    // Loads the modules and the migrations: a second deploy in one process does not happen, but then nobody's loading is measured.
    if (again && !apart && runner.ms.length === 0) await contestant.run(target, stage.folder);
    await service.calls();
    const { ms, peak } = await (apart ? runApart : runHere)(contestant, target, stage.folder);
    runner.ms.push(ms);
    if (peak !== undefined) runner.peaks.push(peak);
    runner.calls = await service.calls();
    runner.shape ||= await service.shape(database);
  } catch (error) {
    runner.error = `cannot: ${reason(error)}`;
  } finally {
    if (!again) await service.drop(database);
  }
}

async function runHere(contestant: Contestant, target: Target, folder: string): Promise<{ ms: number; peak?: number }> {
  const began = performance.now();
  await contestant.run(target, folder);
  return { ms: performance.now() - began };
}

function runApart({ name }: Contestant, target: Target, folder: string): Promise<{ ms: number; peak?: number }> {
  return inChild('apply.ts', { module: contestantFile(name), target, folder });
}

export function reason(error: unknown): string {
  const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  const [line] = text.split('\n').filter(Boolean);
  return line!.length > 160 ? `${line!.slice(0, 160)} …` : line!;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
