import { activity, progressOf } from '../activity/mysql.ts';
import { advice, diagnostics } from '../advice/mysql.ts';
import { withoutValues } from '../advice/mysql-values.ts';
import type { Engine } from '../engine.ts';
import { attempts, facts, latest, storedDown, unfinished } from './attempts.ts';
import { baseline, isEmpty } from './baseline.ts';
import { announce } from './hooks.ts';
import { install } from './install.ts';
import { recordJoined } from './joined.ts';
import { lockHolders } from './lock-holders.ts';
import { naming, type TrackingNames } from './names.ts';
import { resolve } from './resolve.ts';
import { Runs } from './runs.ts';

export type { Engine } from '../engine.ts';

/** Aurora MySQL. Throws `bad-identifier` for names that are not plain. */
export function mysql(names: TrackingNames = {}): Engine {
  const named = naming(names);
  const runs = new Runs(named);
  return {
    ...diagnostics,
    name: 'mysql',
    history: (database, hook) => runs.history(database, hook),
    install: (database, tracking) => install(database, runs.calls(database), named, tracking),
    unfinished: (database, of) => unfinished(runs.calls(database), named, of),
    attempts: (database, filter) => attempts(runs.calls(database), named, filter),
    latest: (database, of) => latest(runs.calls(database), named, of),
    acquire: (database, run, since) => runs.acquire(database, run, since),
    release: (database, run, finished) => runs.release(database, run, finished),
    announce: (database, hook, request, state) => announce(runs.calls(database), named, hook, request, state),
    baseline: (database, run, migrations) => baseline(runs.calls(database), named, run, migrations),
    async databaseName(database) {
      const [row] = await runs.calls(database).execute({ sql: 'SELECT DATABASE()', effect: 'read' });
      return row![0]!;
    },
    facts: (database, of) => facts(runs.calls(database), named, of),
    record: (database, run, joined) => recordJoined(runs.calls(database), named, run, joined),
    isEmpty: database => isEmpty(runs.calls(database), named),
    storedDown: (database, name) => storedDown(runs.calls(database), named, name),
    execute: (database, script) => runs.work(database, script.run, executor => executor.execute(script)),
    recordFailure: (database, script, failure) =>
      runs.work(database, script.run, executor => executor.recordFailure(script, failure)),
    activity: database => activity(runs.calls(database), named),
    progress: database => progressOf(runs.calls(database)),
    lockHolders: (database, of) => lockHolders(runs.calls(database), of),
    advice: ({ errorMessage }) => advice(errorMessage ?? ''),
    resolve: (database, decision) => resolve(database, named, decision),
    withoutValues,
  };
}
