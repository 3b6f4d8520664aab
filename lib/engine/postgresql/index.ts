import type { Database } from '../../core/database.ts';
import { activity } from '../activity/postgresql.ts';
import { advise, diagnostics } from '../advice/postgresql.ts';
import type { Engine, Failure, ScriptOutcome, ScriptRun } from '../engine.ts';
import { executeAtomic } from './atomic.ts';
import { attempts, facts, latest, storedDown, unfinished, unfinishedUndoing } from './attempts.ts';
import { baseline, isEmpty } from './baseline.ts';
import { caller } from './call-run.ts';
import { executeStepwise } from './execute.ts';
import { readHistory } from './history.ts';
import { install } from './install.ts';
import { record } from './joined.ts';
import { acquireLease, announce, releaseLease } from './lease.ts';
import { lockHolders } from './lock-holders.ts';
import { naming, type TrackingNames } from './names.ts';
import { progressOf } from './progress.ts';
import { resolve } from './resolve.ts';

export type { Engine } from '../engine.ts';

/** Aurora PostgreSQL. Throws `bad-identifier` for names that are not plain. */
export function postgresql(names: TrackingNames = {}): Engine {
  const named = naming(names);
  const call = caller(named);
  async function execute(database: Database, script: ScriptRun, failure?: Failure): Promise<ScriptOutcome> {
    if (!script.script.facts.stepwise) return executeAtomic(database, call, script, failure);
    const undone = script.direction === 'down' ? await unfinishedUndoing(database, named, script.name) : undefined;
    return executeStepwise(database, call, undone, script, failure);
  }
  return {
    ...diagnostics,
    name: 'postgresql',
    history: (database, hook) => readHistory(database, named, hook),
    install: (database, tracking) => install(database, named, names.schema ?? 'public', tracking),
    unfinished: (database, of) => unfinished(database, named, of),
    attempts: (database, filter) => attempts(database, named, filter),
    latest: (database, of) => latest(database, named, of),
    acquire: (database, run, since) => acquireLease(database, named, run, since),
    release: (database, run, finished) => releaseLease(database, named, run, finished),
    announce: (database, hook, requestId, state) => announce(database, named, hook, requestId, state),
    baseline: (database, run, migrations) => baseline(database, named, run, migrations),
    facts: (database, of) => facts(database, named, of),
    record: (database, run, joined) => record(database, named, run, joined),
    isEmpty: database => isEmpty(database, named),
    storedDown: (database, name) => storedDown(database, named, name),
    execute,
    recordFailure: execute,
    activity: database => activity(database, named),
    progress: (database, run) => progressOf(database, run),
    lockHolders: (database, of) => lockHolders(database, of),
    advice: ({ errorCode, errorMessage, errorDetail, statementsApplied }, direction) => {
      const advice = advise(errorCode, { message: errorMessage ?? '', detail: errorDetail, direction });
      // Of a half-done migration, what the file needs is said with the number of the statement.
      return advice && !(statementsApplied && advice.cause === 'file') ? advice.remedy : null;
    },
    resolve: (database, decision) => resolve(database, named, decision),
    // Those of rows are in the detail.
    withoutValues: message => message,
  };
}
