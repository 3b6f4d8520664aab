import type { Problem } from '../core/errors.ts';
import type { Migration } from '../core/manifest.ts';
import { match } from '../core/match.ts';
import { identityOf, upTo } from '../core/plan.ts';
import { isHalfDone, isInForce } from '../core/state.ts';
import type { Run } from '../engine/engine.ts';
import { leaveFingerprint } from './fingerprint.ts';
import { guarded } from './guarded.ts';
import { installTracking } from './install.ts';
import { acquireLease, newRun, releaseLease } from './lease.ts';
import type { WriteOptions } from './options.ts';
import { readSnapshot, type Snapshot } from './snapshot.ts';

export interface BaselineReport {
  readonly outcome: 'baselined' | 'nothing-to-do' | 'stopped';
  /** Names, in order. */
  readonly baselined: readonly string[];
  readonly problems: readonly Problem[];
  /** Where another tool was asked what it has applied. */
  readonly notes?: readonly string[];
  readonly dataApiCalls: number;
}

export interface BaselineOptions extends WriteOptions {
  /** Version up to which the database has everything, or the migrations that it has. */
  readonly to: string | readonly Migration[];
}

type Baselined = Pick<BaselineReport, 'outcome'> & Partial<Pick<BaselineReport, 'baselined' | 'problems'>>;

/**
 * Takes over a database that has everything up to a version, or that has these migrations: they are recorded as applied, none is run. What is
 * applied already stays as it is. Throws `unknown-version`.
 */
export async function baseline(options: BaselineOptions): Promise<BaselineReport> {
  const { database, engine } = options;
  const firstCall = database.calls;
  const done = await guarded(engine.diagnostics, () => takeOver(options));
  return { baselined: [], problems: [], ...done, dataApiCalls: database.calls - firstCall };
}

async function takeOver(options: BaselineOptions): Promise<Baselined> {
  const { to, migrations } = options;
  const covered = typeof to === 'string' ? upTo(migrations.manifest, to) : to;
  const first = await readSnapshot(options, options.hook ?? null);
  if (!first.history.installed) await installTracking(options, newRun(options));
  const deadline = Date.now() + (options.budgetMs ?? 3_600_000);
  const lease = await acquireLease(options, deadline, first.history.leaseTaken);
  if ('problem' in lease) return { outcome: 'stopped', problems: [lease.problem] };
  const { run, unchanged } = lease;
  let [finished, released] = [false, false];
  try {
    const snapshot = unchanged ? first : await readSnapshot(options, run.hook);
    const done = await record(options, run, snapshot, covered);
    finished = true;
    if (done.outcome === 'baselined') {
      // What was made by hand before is the schema from now on.
      const { server } = snapshot.history;
      ({ released } = await leaveFingerprint(options, run, { server, finished: true }));
    }
    return done;
  } finally {
    if (!released) await releaseLease(options, run, finished);
  }
}

async function record(
  { database, engine, migrations: { manifest } }: WriteOptions,
  run: Run,
  { history, facts }: Snapshot,
  covered: readonly Migration[],
): Promise<Baselined> {
  const matched = match(manifest, history, facts);
  const open = covered.filter(one => !isInForce(identityOf(matched, one)));
  const halfDone = open.find(one => {
    const identity = identityOf(matched, one);
    return identity !== undefined && isHalfDone(identity);
  });
  if (halfDone) return { outcome: 'stopped', problems: [isHalf(halfDone.name)] };
  if (open.length === 0) return { outcome: 'nothing-to-do' };
  await engine.store.recordBaseline(database, run, open);
  return { outcome: 'baselined', baselined: open.map(({ name }) => name) };
}

function isHalf(name: string): Problem {
  return {
    code: 'half-done',
    message: `${name} is half done: some of its statements are committed, others are not`,
    remedy: 'Run it to its end first (`up`)',
    migration: name,
  };
}
