import { expect } from 'vitest';
import type { Database } from '../../lib/core/database.ts';
import type { ManifestReader } from '../../lib/core/manifest.ts';
import type { Report } from '../../lib/core/report.ts';
import { SHORT, SWEPT, type Sweepable, type Swept, type SweptFault, sweep } from '../support/sweep.ts';
import { until } from '../support/until.ts';
import { sample } from './random.ts';

/** A sweep of all points takes its time, also on a busy machine. */
export const PATIENT = { timeout: 1_800_000 };

/** A local Data API over a database, with what a sweep does to it. */
export interface Bench extends Sweepable {
  up(files: ManifestReader, options?: object): Promise<Report>;
  sql(text: string): Promise<unknown[][]>;
}

/** What is swept: a folder whose last migration fails until it is mended. None of its statements may be done twice. */
export interface Sweeping<B extends Bench> {
  /** Of the line that tells how many points there were. */
  readonly name: string;
  readonly start: () => Promise<B>;
  readonly reset: (bench: B) => Promise<void>;
  readonly fails: ManifestReader;
  readonly mended: ManifestReader;
  /** All that is in the database, as lines. */
  readonly contents: (bench: B) => Promise<string[]>;
  /** Of the last migration, in the database's own words. */
  readonly error: string;
  /** The run that meets the fault. @default `up` with the folder that fails */
  readonly run?: (bench: B, database: Database) => Promise<Report>;
  /** @default all */
  readonly faults?: readonly SweptFault[];
}

/**
 * Every call of a run × every fault: the next deploy fails as a clean one does, and the one after it, with the file mended, leaves the same
 * database as clean ones.
 */
export async function sweepAll<B extends Bench>(way: Sweeping<B>): Promise<number> {
  const { faults = SWEPT } = way;
  const clean = await cleanEnd(way);
  const swept = await sweep({
    faults,
    start: way.start,
    reset: way.reset,
    run: way.run ?? ((bench, database) => bench.up(way.fails, { ...SHORT, database })),
    choose: sample,
    inspect: (bench, swept) => endsRight(bench, way, clean, swept),
  });
  tell(way.name, swept);
  return swept.points;
}

/** Says how many points there were. */
export function tell(name: string, { calls, points, runs }: { calls: number; points: number; runs: number }): void {
  console.log(`${name}: ${calls} calls × ${points / calls} faults = ${points} points, ${runs} tried`);
}

interface End {
  readonly history: readonly unknown[][];
  readonly contents: readonly string[];
}

async function cleanEnd<B extends Bench>(way: Sweeping<B>): Promise<End> {
  const bench = await way.start();
  await bench.up(way.fails, SHORT);
  await bench.up(way.mended, SHORT);
  const end = await endOf(bench, way);
  await bench.stop();
  return end;
}

/** Of the history what is applied: what failed or was cut off has as many attempts as it took. */
async function endOf<B extends Bench>(bench: B, { contents }: Sweeping<B>): Promise<End> {
  const history = await bench.sql(
    `select name, status, checksum, statements, statements_applied from schema_migrations where status <> 'failed' order by name, attempt`,
  );
  return { history, contents: await contents(bench) };
}

async function endsRight<B extends Bench>(
  bench: B,
  way: Sweeping<B>,
  clean: End,
  { end }: Swept<Report>,
): Promise<void> {
  if ('thrown' in end) throw end.thrown;
  if ('value' in end) expect(errorOf(end.value)).toContain(way.error);
  expect(errorOf(await bench.up(way.fails, SHORT))).toContain(way.error);
  const last = await bench.up(way.mended, SHORT);
  expect(last).toMatchObject({ outcome: 'applied', problems: [], counts: { pending: 0, failed: 0 } });
  expect(await endOf(bench, way)).toEqual(clean);
  const failed = await bench.sql(
    `select name, error_code, error_message from schema_migrations where status = 'failed' order by started_at`,
  );
  const [cut, told] = [
    failed.filter(([, code]) => code === 'interrupted'),
    failed.filter(([, code]) => code !== 'interrupted'),
  ];
  // One for each run that got so far, never one more; and one attempt that was cut off, or two where the one that took over was disturbed by it.
  expect([1, 2]).toContain(told.length);
  expect(cut.length).toBeLessThanOrEqual(2);
  for (const [name, , message] of told) {
    expect(name).toBe(way.mended.manifest.migrations.at(-1)!.name);
    expect(message).toContain(way.error);
  }
  expect(await bench.sql(`select run_id from schema_migrations_lease where id = 'lease'`)).toEqual([[null]]);
  // One whose beginning, or end, was lost ends by itself.
  await until('the end of all transactions', () => bench.local.openTransactions() === 0);
  bench.local.log.assertNoWriteRetried();
}

const errorOf = ({ migrations, problems }: Report): string =>
  migrations.find(({ error }) => error)?.error?.message ?? JSON.stringify(problems);
