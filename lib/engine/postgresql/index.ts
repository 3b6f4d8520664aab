import { activity } from '../activity/postgresql.ts';
import { advise, diagnostics } from '../advice/postgresql.ts';
import type { Engine } from '../engine.ts';
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
    execute: (database, script) => execute(context, database, script),
    recordFailure: (database, script, failure) => recordFailure(context, database, script, failure),
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
