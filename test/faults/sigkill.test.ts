import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { bench, type Files, manifestOf, template } from '../support/migrations.ts';
import { random, SEED, sample, WHOLE } from './random.ts';

const CHILD = fileURLToPath(new URL('sigkill-child.ts', import.meta.url));

const FIRST: Files = { '0001_log': 'create table log(n int);' };
const FILES: Files = {
  ...FIRST,
  '0002_a': 'create table a(id int); insert into log values (1);',
  '0003_b':
    '-- migrate:up transaction:false\ninsert into log values (2);\ncreate index concurrently i on a(id);\ninsert into log values (3);',
  '0004_c': 'alter table a add column x int; insert into log values (4);',
};

let installed: { name: string; drop(): Promise<void> };
beforeAll(async () => {
  installed = await template(async ({ up }) => {
    await up(FIRST);
  });
});
afterAll(() => installed.drop());

/** Of the run of these files. */
const CALLS = 14;

test('a process that is killed with SIGKILL, before a call of its run or after it: the next one ends it', {
  timeout: 600_000,
}, async () => {
  const migrations = await manifestOf(FILES);
  const { manifest } = migrations;
  const bodies = Object.fromEntries(
    await Promise.all(manifest.migrations.map(async ({ name }) => [name, await migrations.body(name)] as const)),
  );
  const points = Array.from({ length: CALLS }, (_, at) => at + 1).flatMap(call =>
    (['before', 'during', 'after'] as const).map(when => ({ call, when })),
  );
  const chosen = sample(3)(points);
  const next = random();
  for (const { call, when } of chosen) {
    const made = await bench({ template: installed.name, poolSize: 3, auto: false });
    const at = `call ${call}, ${when}, FAULTS_SEED=${SEED}`;
    const { faults } = made.local;
    const child: ChildProcess = fork(CHILD, [], { execArgv: ['--import', 'tsx'] });
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
    expect(signal, at).toBe('SIGKILL');
    faults.clear();
    if (when === 'during') await new Promise(resolve => setTimeout(resolve, next() * 30));
    const report = await made.up(migrations, { leaseMs: 300 });
    expect(report.problems, at).toEqual([]);
    expect(report.outcome, at).toMatch(/applied|nothing-to-do/);
    expect(await made.sql('select n from log order by n'), at).toEqual([[1], [2], [3], [4]]);
    expect(await made.value(`select count(*)::int from schema_migrations where status = 'applied'`), at).toBe(5);
    expect(await made.value(`select count(*)::int from schema_migrations where status = 'running'`), at).toBe(0);
    expect(await made.value(`select bool_and(indisvalid) from pg_index where indrelid = 'a'::regclass`), at).toBe(true);
    await made.stop();
  }
  console.log(`SIGKILL: ${points.length} points, ${chosen.length} tried${WHOLE ? '' : ` (FAULTS_SEED=${SEED})`}`);
});
