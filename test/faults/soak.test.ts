import { expect, test } from 'vitest';
import type { Report } from '../../lib/core/report.ts';
import { announce, migrate } from '../../lib/runner/index.ts';
import { type Bench, bench, manifestOf } from '../support/migrations.ts';
import { inject, quiet, SWEPT } from '../support/sweep.ts';
import { random, rounds, SEED } from './random.ts';
import { SHORT } from './sweep.ts';

const DEPLOYS = Number(process.env.FAULTS_DEPLOYS ?? rounds(200, 10));

/** The file that a deploy adds, in one of four shapes; each writes two rows. */
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

const counts = `select
  (select count(*)::int from log) as rows,
  (select count(distinct (n, part))::int from log) as different,
  (select count(*)::int from schema_migrations where status = 'applied') as applied,
  (select count(distinct name)::int from schema_migrations where status = 'applied') as names,
  (select count(*)::int from schema_migrations where status = 'running') as running,
  (select count(*)::int from pg_index where not indisvalid) as invalid,
  (select coalesce(max(extract(epoch from expires_at - clock_timestamp()) * 1000), 0)::int from schema_migrations_lease where id = 'lease' and run_id is not null) as lease`;

/** What must hold after each deploy, that of the number `nth` being the last. `leaves`: its lease may have to end by itself. */
async function holds({ raw, local }: Bench, nth: number, leaves: boolean, at: string): Promise<void> {
  const { lease, ...found } = (await raw.query(counts)).rows[0];
  const [files, rows] = [nth + 1, 2 * nth];
  // The tracking tables are one more.
  expect(found, at).toEqual({ rows, different: rows, applied: files + 1, names: files + 1, running: 0, invalid: 0 });
  expect(lease, at).toBeLessThanOrEqual(leaves ? SHORT.leaseMs : 0);
  expect(local.openTransactions(), at).toBe(0);
  local.log.assertNoWriteRetried();
}

test(`${DEPLOYS} deploys in a row, each with a fault by chance: after each of them nothing is lost, nothing is twice`, {
  timeout: 1_200_000,
}, async () => {
  const next = random();
  const chance = (count: number) => Math.floor(next() * count);
  const made = await bench({ poolSize: 3 });
  const { local } = made;
  const files: Record<string, string> = { '0001_log': 'create table log(n int, part int);' };
  await made.up(files);
  const seen = { killed: 0, failed: 0, met: 0 };
  for (let nth = 1; nth <= DEPLOYS; nth++) {
    const name = `${String(nth + 1).padStart(4, '0')}_x`;
    files[name] = fileOf(nth, chance(4));
    const migrations = await manifestOf(files);
    const fails = next() < 0.15;
    const broken = fails ? await manifestOf({ ...files, [name]: `${files[name]} select 1 / 0;` }) : migrations;
    const fault = SWEPT[chance(SWEPT.length)]!;
    const call = 1 + chance(16);
    const at = `deploy ${nth}, ${fault.fault} ${fault.when} at call ${call}, FAULTS_SEED=${SEED}`;
    const { client, death } = inject(local, fault, call);
    const request = { hook: 'stack/hook', requestId: `request ${nth}`, requestedBy: `CloudFormation ${nth}`, ...SHORT };
    const options = { ...(await made.runner(broken)), ...request, database: client };
    const deploy = announce(options).then(() => migrate(options));
    const report: Report | null = await Promise.race([deploy, death.then(() => null)]);
    if (local.log.entries.some(({ faults }) => faults.length > 0)) seen.met++;
    local.faults.clear();
    if (report === null) seen.killed++;
    else if (fails) expect(report.migrations.find(({ error }) => error)?.error, at).toMatchObject({ code: '22012' });
    else expect(report, at).toMatchObject({ problems: [], outcome: expect.stringMatching(/applied|nothing-to-do/) });
    if (report === null || fails) {
      if (fails) seen.failed++;
      const again = await made.up(migrations, SHORT);
      expect(again, at).toMatchObject({ problems: [], outcome: expect.stringMatching(/applied|nothing-to-do/) });
    }
    await quiet(local);
    // Killed when it had done everything; or its request for the lease arrived (once more) when everything was done.
    const leaves = report === null || ['duplicate', 'client-timeout'].includes(fault.fault);
    await holds(made, nth, leaves, at);
    local.log.clear();
  }
  console.log(`${DEPLOYS} deploys: ${JSON.stringify(seen)}`);
  expect(await made.up(files)).toMatchObject({ outcome: 'nothing-to-do', dataApiCalls: 1 });
});
