import { activity } from '../activity/postgresql.ts';
import { advise, diagnostics } from '../advice/postgresql.ts';
import type { Engine, EngineDiagnostics, Executor, Lease, Store } from '../engine.ts';
import { progressOf } from './activity.ts';
import { attempts, facts, latest, storedDown, unfinished } from './attempts.ts';
import { baseline, isEmpty } from './baseline.ts';
import { execute, recordFailure } from './execute.ts';
import { readHistory } from './history.ts';
import { announce } from './hooks.ts';
import { install } from './install.ts';
import { record } from './joined.ts';
import { acquireLease, releaseLease } from './lease.ts';
import { lockHolders } from './lock-holders.ts';
import { naming, type TrackingNames } from './names.ts';
import { resolve } from './resolve.ts';

export type { Engine } from '../engine.ts';

/** Aurora PostgreSQL. Throws `bad-identifier` for names that are not plain. */
export function postgresql(names: TrackingNames = {}): Engine {
  const named = naming(names);
  const context = { named, role: { hasTimeout: false } };
  const store: Store = {
    install: (database, tracking) => install(database, named, names.schema ?? 'public', tracking),
    readHistory: (database, hook) => readHistory(database, named, hook),
    readAttempts: (database, filter) => attempts(database, named, filter),
    readLatest: (database, of) => latest(database, named, of),
    readUnfinished: (database, of) => unfinished(database, named, of),
    readFacts: (database, of) => facts(database, named, of),
    readDownScript: (database, name) => storedDown(database, named, name),
    recordBaseline: (database, run, migrations) => baseline(database, named, run, migrations),
    recordJoined: (database, run, joined) => record(database, named, run, joined),
    resolve: (database, decision) => resolve(database, named, decision),
    isEmpty: database => isEmpty(database, named),
  };
  const lease: Lease = {
    acquire: (database, run, since) => acquireLease(database, named, run, since),
    release: (database, run, finished) => releaseLease(database, named, run, finished),
    announce: (database, hook, requestId, state) => announce(database, named, hook, requestId, state),
  };
  const executor: Executor = {
    execute: (database, script) => execute(context, database, script),
    recordFailure: (database, script, failure) => recordFailure(context, database, script, failure),
  };
  return { name: 'postgresql', store, lease, executor, diagnostics: diagnosticsOf(named) };
}

function diagnosticsOf(named: (sql: string) => string): EngineDiagnostics {
  return {
    ...diagnostics,
    activity: database => activity(database, named),
    progress: progressOf,
    lockHolders,
    advise({ errorCode, errorMessage, errorDetail, statementsApplied }, direction) {
      const advice = advise(errorCode, { message: errorMessage ?? '', detail: errorDetail, direction });
      // Of a half-done migration, what the file needs is said with the number of the statement.
      return advice && !(statementsApplied && advice.cause === 'file') ? advice.remedy : null;
    },
    // Those of rows are in the detail.
    withoutValues: message => message,
  };
}
