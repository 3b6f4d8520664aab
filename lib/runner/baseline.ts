import type { Problem } from '../core/errors.ts';
import { match } from '../core/match.ts';
import { identityOf, upTo } from '../core/plan.ts';
import { isHalfDone, isInForce } from '../core/state.ts';
import { toMigrationError } from './failure.ts';
import { newRun, underLease } from './lease.ts';
import type { WriteOptions } from './options.ts';
import { look } from './picture.ts';
import { installTracking } from './tracking.ts';
import { leaveFingerprint } from './verify.ts';

export interface BaselineReport {
  readonly outcome: 'baselined' | 'nothing-to-do' | 'stopped';
  /** Names, in order. */
  readonly baselined: readonly string[];
  readonly problems: readonly Problem[];
  readonly dataApiCalls: number;
}

/**
 * Take over a database that has everything up to a version: those migrations are recorded as applied, none is run. What is applied
 * already stays as it is. Throws `unknown-version`.
 */
export async function baseline(options: WriteOptions & { readonly to: string }): Promise<BaselineReport> {
  const { database, engine, migrations, schema, to } = options;
  const firstCall = database.calls;
  const covered = upTo(migrations.manifest, to);
  const report = (outcome: BaselineReport['outcome'], more: Partial<BaselineReport> = {}): BaselineReport => ({
    outcome,
    baselined: [],
    problems: [],
    ...more,
    dataApiCalls: database.calls - firstCall,
  });
  try {
    const first = await look(options, options.hook ?? null);
    if (!first.history.installed) await installTracking(options, newRun(options));
    const end = await underLease(
      options,
      Date.now() + (options.budgetMs ?? 3_600_000),
      first,
      async (run, unchanged) => {
        const { history, facts } = unchanged ? first : await look(options, run.hook);
        const matched = match(migrations.manifest, history, facts);
        const open = covered.filter(migration => !isInForce(identityOf(matched, migration)));
        const halfDone = open.find(migration => {
          const identity = identityOf(matched, migration);
          return identity !== undefined && isHalfDone(identity);
        });
        if (halfDone) return { value: report('stopped', { problems: [isHalf(halfDone.name)] }), finished: true };
        if (open.length === 0) return { value: report('nothing-to-do'), finished: true };
        await engine.baseline(database, run, open);
        // What was made by hand before is the schema from now on.
        const left =
          schema && (await leaveFingerprint({ database, schema }, run, { server: history.server, finished: true }));
        const value = report('baselined', { baselined: open.map(({ name }) => name) });
        return { value, finished: true, released: left?.released ?? false };
      },
    );
    const value = 'problem' in end ? report('stopped', { problems: [end.problem] }) : end.value;
    return { ...value, dataApiCalls: database.calls - firstCall };
  } catch (error) {
    throw toMigrationError(error, engine);
  }
}

function isHalf(name: string): Problem {
  return {
    code: 'half-done',
    message: `${name} is half done: some of its statements are committed, others are not`,
    remedy: 'Run it to its end first (`up`)',
    migration: name,
  };
}
