import { join } from 'node:path';
import { bodyFile } from '../../lib/core/manifest.ts';
import { inChild } from '../child/measure.ts';
import { auroraMigrationsHook, hookVariables, updateEvent } from '../contestants/aurora-migrations-hook.ts';
import { manifestIn } from '../manifest-in.ts';
import { seeds, steps } from '../migrations.ts';
import { reason } from '../race.ts';
import { count, median, megabytes, times } from '../report/numbers.ts';
import { on } from '../service/index.ts';
import { prepare, type Stage, warm } from '../stage.ts';
import { HOOK } from './compared.ts';
import { atMost, type Bench, type Check, type Section, type Work } from './work.ts';

/** How many migrations, and the bytes of each. Nothing to do first: what that holds is taken off the others. */
const SHAPES: readonly (readonly [number, number])[] = [
  [0, 0],
  [10, 500_000],
  [10, 2_000_000],
  [10, 3_500_000],
  [40, 2_000_000],
];

/** Megabytes of heap: enough for one migration of the last shape, and too few for all of them. */
const HEAP = 40;
const SMALL = [`--max-old-space-size=${HEAP}`];

/** Memory must grow with the largest migration, and not with their sum. */
export const memory: Work = {
  name: 'memory',
  async run(bench) {
    const peaks: number[] = [];
    const inSmall = { run: '', held: '' };
    for (const shape of SHAPES) {
      const [migrations, bytes] = shape;
      bench.say(`memory: ${migrations} migrations of ${megabytes(bytes)}`);
      const situation = { applied: steps(1, 1), pending: seeds(migrations, bytes, 2) };
      const stage = await prepare(bench.service, auroraMigrationsHook, situation, 'memory');
      const runs: number[] = [];
      for (let round = 1; round <= bench.rounds; round++) runs.push(await deploy(bench, stage));
      peaks.push(median(runs));
      if (shape === SHAPES.at(-1)) {
        inSmall.run = await outcome(deploy(bench, stage, SMALL));
        inSmall.held = await outcome(hold(stage));
      }
      await bench.service.drop(stage.database);
    }
    return [section(peaks, inSmall)];
  },
};

function section(peaks: readonly number[], inSmall: { run: string; held: string }): Section {
  const [idle, , ten, , forty] = peaks as [number, number, number, number, number];
  return {
    title: `Memory of ${HOOK}`,
    note: `What the process of the bundled function held at most, from its start to the end of the deploy: medians. Of a migration there are several texts at a time (the file, the request), and garbage until Node.js collects it, which is sooner where its heap is small: with \`${SMALL.join(' ')}\` the last row was ${inSmall.run}. A process that only reads its forty migrations and holds them was ${inSmall.held} there.`,
    columns: ['migrations', 'each', 'SQL', 'peak memory', 'above nothing to do'],
    rows: SHAPES.map(([migrations, bytes], index) => {
      const sizes = [bytes, migrations * bytes, peaks[index]!, peaks[index]! - idle];
      return [count(migrations), ...sizes.map(megabytes)];
    }),
    checks: [
      atMost('Memory above nothing to do: 40 migrations of 2 MB to 10', (forty - idle) / (ten - idle), 2, times),
      fits(inSmall),
    ],
  };
}

/** It ends well where all migrations at once do not fit. Else the heap was too small for a run, or too large to prove anything. */
function fits({ run, held }: { run: string; held: string }): Check {
  return {
    what: `40 migrations of 2 MB in a heap of ${HEAP} MB: a deploy; held at once`,
    limit: 'done; out of memory',
    measured: `${run}; ${held}`,
    holds: run === 'done' && held === 'out of memory',
  };
}

/** Bytes that a deploy held at most, in a process that loads nothing but the function. */
async function deploy({ service }: Bench, { folder, database }: Stage, flags: readonly string[] = []): Promise<number> {
  const copy = `${database}_run`;
  await service.create(copy, database);
  try {
    const target = on(service.near, copy);
    await warm(target);
    const value = { bundle: join(folder, 'index.mjs'), event: updateEvent(folder) };
    return (await inChild('invoke.mjs', value, { env: hookVariables(target), flags })).peak;
  } finally {
    await service.drop(copy);
  }
}

/** Read all migrations, and hold them. */
function hold({ folder }: Stage): Promise<unknown> {
  const files = manifestIn(folder).manifest.migrations.map(({ name }) => join(folder, bodyFile(name)));
  return inChild('hold.mjs', { files }, { flags: SMALL });
}

function outcome(work: Promise<unknown>): Promise<string> {
  return work.then(
    () => 'done',
    error => (/heap out of memory/.test(String(error)) ? 'out of memory' : reason(error)),
  );
}
