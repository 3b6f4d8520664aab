import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildPackage } from '../built.ts';
import { inChild } from '../child/measure.ts';
import { WORK } from '../folders.ts';
import { steps } from '../migrations.ts';
import { count, median, megabytes, spread, time, times } from '../report/numbers.ts';
import { atMost, type Work } from './work.ts';

const SIZES = [10, 1000, 10_000];

/** What `cdk synth` waits for: a process, in which files are read, parsed, checked and written as a manifest. No other tool does this. */
export const synth: Work = {
  name: 'synth',
  async run({ rounds, say }) {
    const built = join(buildPackage(), 'lib', 'cdk', 'compile-child.js');
    const all = SIZES.map(files => {
      const folder = write(files);
      const request = { from: join(folder, 'sql'), to: join(folder, 'compiled'), engine: 'postgresql' };
      return { files, folder, request, inside: [] as number[], whole: [] as number[], peak: [] as number[] };
    });
    for (let round = 1; round <= rounds; round++) {
      for (const { files, request, ...taken } of all) {
        // Thousands of files are an average of their own.
        if (files > 1000 && round > 3) continue;
        say(`synth: round ${round}, ${count(files)} files`);
        const { ms, whole, peak } = await inChild('compile.mjs', { built, request });
        taken.inside.push(ms);
        taken.whole.push(whole);
        taken.peak.push(peak);
      }
    }
    for (const { folder } of all) rmSync(folder, { recursive: true });
    const rows = all.map(({ files, whole, inside, peak }) => {
      const each = `${((1000 * median(whole)) / files).toFixed(0)} µs`;
      return [count(files), time(median(whole)), spread(whole), each, time(median(inside)), megabytes(median(peak))];
    });
    const [ten, thousand, tenThousand] = all.map(({ whole }) => median(whole)) as [number, number, number];
    // From 1,000 on: below, the start of the process and of the parser is most of it.
    const growth = (tenThousand - ten) / (thousand - ten);
    return [
      {
        title: 'Synth: compile a folder of files with three statements each',
        note: `What the construct waits for: from the start of the process to its end, from the package as it is built, the manifest written. Held to the target is that; "inside" leaves out the start and the end of Node.js. Ten times the files, from 1,000 to 10,000, take ${times(growth)} the time (what ten files take left out).`,
        columns: ['files', 'time, median', 'spread', 'a file', 'inside', 'peak memory'],
        rows,
        checks: [
          atMost('Synth of 1,000 files, with the start of the process', thousand, 1000, time),
          // Linear, with some room for the measurement.
          atMost('Synth: 10,000 files to 1,000', growth, 12, times),
        ],
      },
    ];
  },
};

function write(files: number): string {
  const folder = join(WORK, 'synth', String(files));
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(join(folder, 'sql'), { recursive: true });
  for (const { name, statements } of steps(files, 3)) {
    writeFileSync(join(folder, 'sql', `${name}.sql`), statements.map(statement => `${statement};\n`).join(''));
  }
  return folder;
}
