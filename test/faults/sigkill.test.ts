import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { bench, type Files, manifestOf, template } from '../support/migrations.ts';
import { SHORT } from '../support/sweep.ts';
import { random, SEED, sample } from './random.ts';
import { PATIENT } from './sweep.ts';

const FIRST: Files = { '0001_log': 'create table log(n int);' };
const FILES: Files = {
  ...FIRST,
  '0002_a': 'create table a(id int); insert into log values (1);',
  '0003_b':
    '-- migrate:up transaction:false\ninsert into log values (2);\ncreate index concurrently i on a(id);\ninsert into log values (3);',
  '0004_c': 'alter table a add column x int; insert into log values (4);',
};

/** Of the run of these files. */
const CALLS = 12;

const folder = mkdtempSync(join(tmpdir(), 'sigkill-'));
/** A run as a process: in one file, so that it starts fast. */
const program = join(folder, 'child.mjs');

let installed: { name: string; drop(): Promise<void> };
beforeAll(async () => {
  const source = fileURLToPath(new URL('sigkill-child.ts', import.meta.url));
  const require = "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);";
  await build({
    ...{ entryPoints: [source], outfile: program, banner: { js: require } },
    ...{ bundle: true, platform: 'node', format: 'esm' },
  });
  installed = await template(async ({ up }) => {
    await up(FIRST);
  });
});
afterAll(async () => {
  rmSync(folder, { recursive: true });
  await installed.drop();
});

const points = Array.from({ length: CALLS }, (_, at) => at + 1).flatMap(call =>
  (['before', 'during', 'after'] as const).map(when => ({ call, when })),
);

test(
  'a process that is killed with SIGKILL, before a call of its run or after it: the next one ends it',
  PATIENT,
  async () => {
    const migrations = await manifestOf(FILES);
    const { manifest } = migrations;
    const bodies = Object.fromEntries(
      await Promise.all(manifest.migrations.map(async ({ name }) => [name, await migrations.body(name)] as const)),
    );
    const next = random();
    await using clean = await bench({ template: installed.name, auto: false });
    expect((await clean.up(migrations)).dataApiCalls).toBe(CALLS);

    async function die({ call, when }: (typeof points)[number]): Promise<void> {
      await using made = await bench({ template: installed.name, poolSize: 3, auto: false });
      const at = `call ${call}, ${when}, FAULTS_SEED=${SEED}`;
      const { faults } = made.local;
      const child = fork(program, [], { execArgv: [] });
      const ended = once(child, 'exit');
      const kill = async () => {
        child.kill('SIGKILL');
        if (when !== 'during') await ended;
      };
      faults[when === 'after' ? 'after' : 'before']({ call }, kill);
      if (when !== 'during') faults.add({ fault: 'reset', when, call });
      const { endpoint, region, resourceArn, secretArn, credentials, database } = made.local;
      child.send({ local: { endpoint, region, resourceArn, secretArn, credentials, database }, manifest, bodies });
      const [, signal] = await ended;
      // During its last call it may have come to its end before the signal came.
      expect(when === 'during' && call === CALLS ? ['SIGKILL', null] : ['SIGKILL'], at).toContain(signal);
      faults.clear();
      if (when === 'during') await new Promise(resolve => setTimeout(resolve, next() * 30));
      const report = await made.up(migrations, SHORT);
      expect(report, at).toMatchObject({ problems: [], outcome: expect.stringMatching(/applied|nothing-to-do/) });
      expect(await made.sql('select n from log order by n'), at).toEqual([[1], [2], [3], [4]]);
      const count = (status: string) =>
        made.value(`select count(*)::int from schema_migrations where status = $1`, [status]);
      expect(await count('applied'), at).toBe(5);
      expect(await count('running'), at).toBe(0);
      expect(await made.value(`select bool_and(indisvalid) from pg_index where indrelid = 'a'::regclass`), at).toBe(
        true,
      );
    }

    const chosen = sample(points);
    const left = [...chosen];
    async function work(): Promise<void> {
      for (let point = left.pop(); point; point = left.pop()) await die(point);
    }
    await Promise.all([work(), work(), work()]);
    console.log(`SIGKILL: ${points.length} points, ${chosen.length} tried`);
  },
);
