import { expect, test } from 'vitest';
import { announce, migrate } from '../../lib/runner/index.ts';
import { bench, manifestOf } from '../support/migrations.ts';
import { inject, SWEPT } from '../support/sweep.ts';
import { random, SEED, WHOLE } from './random.ts';

const DEPLOYS = Number(process.env.FAULTS_DEPLOYS ?? (WHOLE ? 200 : 10));
const SHORT = { leaseMs: 300, lockTimeoutMs: 500 };

/** The file that deploy `nth` adds, in one of four shapes; what it says is written once. */
function fileOf(nth: number, shape: number): string {
  const write = (part: number) => `insert into log values (${nth}, ${part});`;
  switch (shape) {
    case 0:
      return `${write(1)} create table t${nth}(id int); ${write(2)}`;
    case 1:
      return `create table t${nth}(id int, n int); ${write(1)} insert into t${nth} select g, g from generate_series(1, 5) g; update t${nth} set n = n * 2; ${write(2)}`;
    case 2:
      return `-- migrate:up transaction:false\n${write(1)}\ncreate index concurrently i${nth} on log(n) where n = ${nth};\n${write(2)}`;
    default:
      return `-- migrate:up transaction:false\n${write(1)}\nalter table log add column c${nth} int;\n${write(2)}`;
  }
}

test(`${DEPLOYS} deploys in a row, each with a fault by chance: after each of them nothing is lost, nothing is twice`, {
  timeout: 900_000,
}, async () => {
  const next = random();
  const made = await bench({ poolSize: 3 });
  const files: Record<string, string> = { '0001_log': 'create table log(n int, part int);' };
  await made.up(files);
  const seen = { killed: 0, again: 0, fault: 0, clean: 0 };
  for (let nth = 2; nth < DEPLOYS + 2; nth++) {
    const at = `deploy ${nth}, FAULTS_SEED=${SEED}`;
    const name = `${String(nth).padStart(4, '0')}_x`;
    const good = fileOf(nth, Math.floor(next() * 4));
    const bad = next() < 0.15 ? `${good} select 1 / 0;` : null;
    const fault = SWEPT[Math.floor(next() * SWEPT.length)]!;
    const { client, death } = inject(made.local, fault, 1 + Math.floor(next() * 16));
    const request = { hook: 'stack/hook', requestId: `request ${nth}`, requestedBy: `CloudFormation ${nth}`, ...SHORT };
    const first = { ...(await made.runner(await manifestOf({ ...files, [name]: bad ?? good }))), ...request };
    const end = await Promise.race([
      announce({ ...first, database: client }).then(() => migrate({ ...first, database: client })),
      death.then(() => null),
    ]);
    if (made.local.log.entries.some(({ faults }) => faults.length > 0)) seen.fault++;
    else seen.clean++;
    made.local.faults.clear();
    if (end === null) seen.killed++;
    else if (bad === null) expect(end.outcome, at).toMatch(/applied|nothing-to-do/);
    else expect(end.migrations.find(({ error }) => error)?.error, at).toMatchObject({ code: '22012' });
    files[name] = good;
    const more = await made.runner(await manifestOf(files));
    if (end === null || bad !== null) {
      seen.again++;
      const again = await migrate({ ...more, ...request, requestId: null });
      expect(again.problems, at).toEqual([]);
      expect(again.outcome, at).toMatch(/applied|nothing-to-do/);
    }
    made.local.log.assertNoWriteRetried();
    made.local.log.clear();
    // What is still on its way from a client that gave up.
    const expected = Object.keys(files).length;
    const [counts] = await made.sql(
      `select (select count(*)::int from log), (select count(distinct (n, part))::int from log), (select count(*)::int from schema_migrations where status = 'applied'),
        (select count(distinct name)::int from schema_migrations where status = 'applied'), (select count(*)::int from schema_migrations where status = 'running'),
        (select count(*)::int from pg_index where not indisvalid), (select count(*)::int from schema_migrations_lease where id = 'lease' and run_id is not null)`,
    );
    const rows = 2 * (expected - 1);
    expect(counts, at).toEqual([rows, rows, expected + 1, expected + 1, 0, 0, 0]);
    expect(made.local.openTransactions(), at).toBe(0);
  }
  console.log(`${DEPLOYS} deploys (FAULTS_SEED=${SEED}): ${JSON.stringify(seen)}`);
  expect(await made.up(files)).toMatchObject({ outcome: 'nothing-to-do', dataApiCalls: 1 });
});
