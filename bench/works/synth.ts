import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { inChild } from '../child/measure.ts';
import { WORK } from '../folders.ts';
import { steps } from '../migrations.ts';
import { count, median, megabytes, spread, time, times } from '../report/numbers.ts';
import { atMost, type Work } from './work.ts';

const SIZES = [10, 1000, 10_000];

/** What `cdk synth` waits for: the files read, parsed, checked and written as a manifest. No other tool does this. */
export const synth: Work = {
  name: 'synth',
  async run({ rounds, say }) {
    const taken = new Map<number, { ms: number[]; whole: number[]; peak: number[] }>();
    const folders = new Map(SIZES.map(files => [files, write(files)]));
    for (const files of SIZES) taken.set(files, { ms: [], whole: [], peak: [] });
    for (let round = 1; round <= rounds; round++) {
      for (const files of SIZES) {
        // Thousands of files are an average of their own.
        if (files > 1000 && round > 2) continue;
        say(`synth: round ${round}, ${count(files)} files`);
        const { ms, whole, peak } = await inChild('compile.ts', { folder: folders.get(files) });
        const all = taken.get(files)!;
        all.ms.push(ms);
        all.whole.push(whole);
        all.peak.push(peak);
      }
    }
    for (const folder of folders.values()) rmSync(folder, { recursive: true });
    const ms = (files: number) => median(taken.get(files)!.ms);
    const rows = SIZES.map(files => {
      const { ms: all, whole, peak } = taken.get(files)!;
      const each = `${((1000 * median(all)) / files).toFixed(0)} µs`;
      return [count(files), time(median(all)), spread(all), each, time(median(whole)), megabytes(median(peak))];
    });
    // From 1,000 on: below, the start of the parser is most of it.
    const growth = (ms(10_000) - ms(10)) / (ms(1000) - ms(10));
    return [
      {
        title: 'Synth: compile a folder of files with three statements each',
        note: `Ten times the files, from 1,000 to 10,000, take ${times(growth)} the time (what ten files take, the start of the parser, left out).`,
        columns: ['files', 'time, median', 'spread', 'a file', 'with the start of the process', 'peak memory'],
        rows,
        checks: [
          atMost('Synth of 1,000 files', ms(1000), 1000, time),
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
