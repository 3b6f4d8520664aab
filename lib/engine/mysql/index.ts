import { activity, progressOf } from '../activity/mysql.ts';
import { advice, diagnostics } from '../advice/mysql.ts';
import { withoutValues } from '../advice/mysql-values.ts';
import type { Engine, EngineDiagnostics, Executor, Lease, Store } from '../engine.ts';
import { attempts, facts, latest, storedDown, unfinished } from './attempts.ts';
import { baseline, isEmpty } from './baseline.ts';
import { announce } from './hooks.ts';
import { install } from './install.ts';
import { recordJoined } from './joined.ts';
import { lockHolders } from './lock-holders.ts';
import { type Naming, naming, type TrackingNames } from './names.ts';
import { resolve } from './resolve.ts';
import { Runs } from './runs.ts';

export type { Engine } from '../engine.ts';

/** Aurora MySQL. Throws `bad-identifier` for names that are not plain. */
export function mysql(names: TrackingNames = {}): Engine {
  const named = naming(names);
  const runs = new Runs(named);
  const store: Store = {
    install: (database, tracking) => install(database, runs.calls(database), named, tracking),
    readHistory: (database, hook) => runs.history(database, hook),
    readAttempts: (database, filter) => attempts(runs.calls(database), named, filter),
    readLatest: (database, of) => latest(runs.calls(database), named, of),
    readUnfinished: (database, of) => unfinished(runs.calls(database), named, of),
    readFacts: (database, of) => facts(runs.calls(database), named, of),
    readDownScript: (database, name) => storedDown(runs.calls(database), named, name),
    recordBaseline: (database, run, migrations) => baseline(runs.calls(database), named, run, migrations),
    recordJoined: (database, run, joined) => recordJoined(runs.calls(database), named, run, joined),
    resolve: (database, decision) => resolve(database, named, decision),
    isEmpty: database => isEmpty(runs.calls(database), named),
    async databaseName(database) {
      const [row] = await runs.calls(database).execute({ sql: 'SELECT DATABASE()', effect: 'read' });
      return row![0]!;
    },
  };
  const lease: Lease = {
    acquire: (database, run, since) => runs.acquire(database, run, since),
    release: (database, run, finished) => runs.release(database, run, finished),
    announce: (database, hook, request, state) => announce(runs.calls(database), named, hook, request, state),
  };
  const executor: Executor = {
    execute: (database, script) => runs.work(database, script.run, one => one.execute(script)),
    recordFailure: (database, script, failure) =>
      runs.work(database, script.run, one => one.recordFailure(script, failure)),
  };
  return { name: 'mysql', store, lease, executor, diagnostics: diagnosticsOf(named, runs) };
}

function diagnosticsOf(named: Naming, runs: Runs): EngineDiagnostics {
  return {
    ...diagnostics,
    activity: database => activity(runs.calls(database), named),
    progress: database => progressOf(runs.calls(database)),
    lockHolders: (database, of) => lockHolders(runs.calls(database), of),
    advise: ({ errorMessage }) => advice(errorMessage ?? ''),
    withoutValues,
  };
}
