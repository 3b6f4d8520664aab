import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CONTESTANTS } from './contestants/index.ts';
import { BENCH, WORK } from './folders.ts';
import { reason } from './race.ts';
import { commit } from './report/commit.ts';
import { circumstances } from './report/machine.ts';
import { checks, sections } from './report/markdown.ts';
import { startService } from './service/index.ts';
import { WORKS } from './works/index.ts';
import { absent, type Section } from './works/work.ts';

export interface Options {
  /** Names of works. @default all */
  readonly only: readonly string[] | undefined;
  /** Names of contestants. @default all */
  readonly contestants: readonly string[] | undefined;
  readonly rounds: number;
  readonly latency: number;
  readonly say: (line: string) => void;
}

/** Do the works and report them. What was only done in part is not written into RESULTS.md. */
export async function main({ only, contestants: chosen, rounds, latency, say }: Options): Promise<void> {
  const works = pick(WORKS, only);
  const contestants = pick(CONTESTANTS, chosen);
  const began = Date.now();
  // What is measured is what lies here now.
  const measured = commit();
  const all: Section[] = [];
  const service = await startService(latency);
  try {
    for (const work of works) {
      const since = Date.now();
      const done = await work.run({ service, contestants, rounds, latency, say }).catch((error: unknown) => {
        const check = { what: `${work.name}: measured`, limit: 'yes', measured: 'no', holds: false };
        return [{ ...absent(work.name, reason(error)), checks: [check] }];
      });
      say('');
      console.log(sections(done));
      if (process.stderr.isTTY) console.log(`(${Math.round((Date.now() - since) / 1000)} s)\n`);
      all.push(...done);
    }
  } finally {
    await service.stop();
    rmSync(join(WORK, 'migrations'), { recursive: true, force: true });
  }
  const outcome = checks(all.flatMap(section => section.checks));
  console.log(outcome);
  if (only || chosen) return;
  const about = circumstances(contestants, {
    command: 'npm run bench',
    commit: measured,
    server: service.version,
    latency,
    rounds,
    seconds: (Date.now() - began) / 1000,
  });
  writeFileSync(join(BENCH, 'RESULTS.md'), ['# Side by side', '', about, outcome, sections(all)].join('\n'));
}

function pick<T extends { readonly name: string }>(all: readonly T[], names: readonly string[] | undefined): T[] {
  const unknown = names?.filter(name => !all.some(one => one.name === name)) ?? [];
  if (unknown.length > 0)
    throw new Error(`Unknown: ${unknown.join(', ')}. There are: ${all.map(({ name }) => name).join(', ')}`);
  return all.filter(({ name }) => !names || names.includes(name));
}
