import type { Contestant, Situation } from './contestants/index.ts';
import { on } from './service/index.ts';
import { prepare, type Stage, warm } from './stage.ts';
import type { Bench } from './works/work.ts';

/** What became of one contestant. */
export interface Lap {
  readonly contestant: string;
  /** Data API requests of one run. */
  readonly calls: number;
  /** Milliseconds of each run. */
  readonly ms: readonly number[];
  /** Why it did not do the work, in the words of the report. */
  readonly error?: string;
  /** It says that it is done, and the database is not as the floor leaves it. */
  readonly differs?: boolean;
}

/** After so many milliseconds a contestant has run often enough: hundreds of calls are an average of their own. */
const ENOUGH = 5_000;
/** So often everybody runs at least, however long it takes. */
const LEAST = 3;

interface Runner {
  readonly contestant: Contestant;
  readonly stage: Stage;
  readonly ms: number[];
  calls: number;
  shape: string;
  error?: string;
}

/**
 * Every contestant does the same, in turn, `rounds` times, in this process: modules and migrations are loaded after the first round. Every
 * second round goes backwards, so that none always comes after the same one. Everybody begins with the first round and leaves none out until it
 * has run enough: the runs of two can be compared one by one. Those of whom times are `held` to targets run twice as often, all of them.
 */
export async function race(
  bench: Bench,
  name: string,
  situation: Situation,
  held: readonly string[] = [],
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
      failed.push({ contestant: contestant.name, calls: 0, ms: [], error: absent });
      continue;
    }
    try {
      const stage = await prepare(bench.service, contestant, situation, name);
      runners.push({ contestant, stage, ms: [], calls: 0, shape: '' });
    } catch (error) {
      failed.push({ contestant: contestant.name, calls: 0, ms: [], error: `cannot: ${reason(error)}` });
    }
  }
  for (let round = 1; round <= rounds; round++) {
    for (const runner of round % 2 === 1 ? runners : [...runners].reverse()) {
      if (runner.error || enough(runner)) continue;
      say(`${name}: round ${round} of ${rounds}, ${runner.contestant.name}`);
      await lap(bench, runner, situation.pending.length === 0);
    }
  }
  for (const { stage } of runners) await bench.service.drop(stage.database);
  const right = runners.find(({ contestant, error }) => contestant.name === 'floor' && !error)?.shape;
  const laps = runners.map(({ contestant, calls, ms, error, shape }) => ({
    contestant: contestant.name,
    calls,
    ms,
    ...(error !== undefined && { error }),
    ...(right !== undefined && shape !== right && { differs: true }),
  }));
  const order = bench.contestants.map(contestant => contestant.name);
  return [...laps, ...failed].sort((a, b) => order.indexOf(a.contestant) - order.indexOf(b.contestant));
}

async function lap({ service }: Bench, runner: Runner, again: boolean): Promise<void> {
  const { contestant, stage } = runner;
  // A run that changes nothing leaves the database as it was.
  const database = again ? stage.database : `${stage.database}_run`;
  const target = on(service.far, database);
  if (!again) await service.create(database, stage.database);
  try {
    await warm(target);
    // Loads the modules and the migrations: a second deploy in one process does not happen, but then nobody's loading is measured.
    if (again && runner.ms.length === 0) await contestant.run(target, stage.folder);
    await service.calls();
    const began = performance.now();
    await contestant.run(target, stage.folder);
    runner.ms.push(performance.now() - began);
    runner.calls = await service.calls();
    runner.shape ||= await service.shape(database);
  } catch (error) {
    runner.error = `cannot: ${reason(error)}`;
  } finally {
    if (!again) await service.drop(database);
  }
}

export function reason(error: unknown): string {
  const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  const [line] = text.split('\n').filter(Boolean);
  return line!.length > 160 ? `${line!.slice(0, 160)} …` : line!;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
