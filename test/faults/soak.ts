import { expect } from 'vitest';
import type { ManifestReader } from '../../lib/core/manifest.ts';
import type { Report } from '../../lib/core/report.ts';
import { announce, migrate, type RunnerOptions } from '../../lib/runner/index.ts';
import type { Files } from '../support/migrations.ts';
import { inject, quiet, SHORT, SWEPT, type Sweepable } from '../support/sweep.ts';
import { until } from '../support/until.ts';
import { random, rounds, SEED } from './random.ts';

/** How many deploys follow each other. */
export const DEPLOYS = Number(process.env.FAULTS_DEPLOYS ?? rounds(200));

interface Bench extends Sweepable {
  runner(files: ManifestReader): Promise<RunnerOptions>;
  up(files: Files | ManifestReader, options?: object): Promise<Report>;
  sql(text: string): Promise<unknown[][]>;
}

/** What goes through many deploys. */
export interface Soaking {
  /** Of the line that tells what was met. */
  readonly name: string;
  readonly deploys: number;
  readonly start: () => Promise<Bench>;
  readonly manifestOf: (files: Files) => Promise<ManifestReader>;
  /** The file that a deploy adds, in one of several shapes; each writes two rows: `(nth, 1)` and `(nth, 2)` of `log`. */
  readonly shapes: readonly ((nth: number) => string)[];
  /** A statement that fails, and how. */
  readonly fails: { readonly sql: string; readonly code: string };
  /** How many indexes and other things are there that should not be. */
  readonly left: string;
  /** For how many milliseconds the lease is held still. */
  readonly lease: string;
  /** How many calls a deploy may come to: one of them has the fault. */
  readonly calls: number;
}

/** One deploy after the other, each with a fault by chance: after each of them nothing is lost, nothing is twice. */
export async function soak(soaking: Soaking): Promise<void> {
  const { shapes, fails, manifestOf } = soaking;
  const next = random();
  const chance = (count: number) => Math.floor(next() * count);
  const made = await soaking.start();
  const { local } = made;
  const files: Record<string, string> = { '0001_log': 'create table log(n int, part int);' };
  await made.up(files);
  const seen = { killed: 0, failed: 0, met: 0 };
  for (let nth = 1; nth <= soaking.deploys; nth++) {
    const name = `${String(nth + 1).padStart(4, '0')}_x`;
    files[name] = shapes[chance(shapes.length)]!(nth);
    const migrations = await manifestOf(files);
    const broken = next() < 0.15;
    const deployed = broken ? await manifestOf({ ...files, [name]: `${files[name]} ${fails.sql};` }) : migrations;
    const fault = SWEPT[chance(SWEPT.length)]!;
    const call = 1 + chance(soaking.calls);
    const at = `deploy ${nth}, ${fault.fault} ${fault.when} at call ${call}, FAULTS_SEED=${SEED}`;
    const { client, death } = inject(local, fault, call);
    const request = { hook: 'stack/hook', requestId: `request ${nth}`, requestedBy: `CloudFormation ${nth}`, ...SHORT };
    const options = { ...(await made.runner(deployed)), ...request, database: client };
    const deploy = announce(options).then(() => migrate(options));
    const report: Report | null = await Promise.race([deploy, death.then(() => null)]);
    // That the procedure is refused is none.
    if (local.log.entries.some(({ faults, sql }) => faults.length > 0 && !sql?.startsWith('CREATE PROCEDURE')))
      seen.met++;
    local.faults.clear();
    if (report === null) seen.killed++;
    else if (broken)
      expect(report.migrations.find(({ error }) => error)?.error, at).toMatchObject({ code: fails.code });
    else expect(report, at).toMatchObject({ problems: [], outcome: expect.stringMatching(/applied|nothing-to-do/) });
    if (report === null || broken) {
      if (broken) seen.failed++;
      const again = await made.up(migrations, SHORT);
      expect(again, at).toMatchObject({ problems: [], outcome: expect.stringMatching(/applied|nothing-to-do/) });
    }
    await quiet(local);
    // Killed when it had done everything; or its request for the lease arrived (once more) when everything was done.
    const leaves = report === null || ['duplicate', 'client-timeout'].includes(fault.fault);
    await holds(made, soaking, nth, leaves, at);
    local.log.clear();
  }
  console.log(`${soaking.name}: ${soaking.deploys} deploys: ${JSON.stringify(seen)}`);
  expect(await made.up(files)).toMatchObject({ outcome: 'nothing-to-do', dataApiCalls: 1 });
}

/** What must hold after each deploy, that of the number `nth` being the last. `leaves`: its lease may have to end by itself. */
async function holds({ sql, local }: Bench, soaking: Soaking, nth: number, leaves: boolean, at: string): Promise<void> {
  const [found] = await sql(`select
    (select count(*) from log),
    (select count(*) from (select distinct n, part from log) d),
    (select count(*) from schema_migrations where status = 'applied'),
    (select count(distinct name) from schema_migrations where status = 'applied'),
    (select count(*) from schema_migrations where status = 'running'),
    (${soaking.left}), (${soaking.lease})`);
  const [rows, different, applied, names, running, left, lease] = found!.map(Number);
  // The tracking tables are one more.
  expect({ rows, different, applied, names, running, left }, at).toEqual({
    ...{ rows: 2 * nth, different: 2 * nth, applied: nth + 2, names: nth + 2, running: 0, left: 0 },
  });
  expect(lease, at).toBeLessThanOrEqual(leaves ? SHORT.leaseMs : 0);
  // One whose beginning, or end, was lost ends by itself.
  await until('the end of all transactions', () => local.openTransactions() === 0);
  local.log.assertNoWriteRetried();
}
