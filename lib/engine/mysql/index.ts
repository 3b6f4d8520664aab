import type { Database } from '../../core/database.ts';
import { advice } from '../advice/mysql.ts';
import { withoutValues } from '../advice/mysql-values.ts';
import { type Engine, type Run, TrackingMissing } from '../engine.ts';
import { baseline, isEmpty } from './baseline.ts';
import { lockHolders } from './blockers.ts';
import { committedCalls } from './committed-calls.ts';
import { ER, isError } from './errors.ts';
import { Executor } from './executor.ts';
import { readHistory } from './history.ts';
import { announce } from './hooks.ts';
import { install } from './install.ts';
import { recordJoined } from './joined.ts';
import { acquireLease, releaseLease } from './lease.ts';
import { naming, type TrackingNames } from './names.ts';
import { progressOf } from './progress.ts';
import { resolve } from './resolve.ts';
import { attempts, facts, latest, storedDown, unfinished } from './rows.ts';
import { downScript, type ScriptOutcome, toApplied, toReverted, upScript } from './script-run.ts';

export type { Engine } from '../engine.ts';

/** Aurora MySQL. Throws `bad-identifier` for names that are not plain. */
export function mysql(names: TrackingNames = {}): Engine {
  const named = naming(names);
  /** Of the latest run. */
  let executor: Executor | undefined;
  /** Whether the sessions of the service commit each statement by themselves: the history, which every run reads first, has told. */
  let autocommit = true;
  const calls = (database: Database): Database => (autocommit ? database : committedCalls(database));

  /** That of a run: one of the same process knows what the one before it did. */
  function executorOf(database: Database, run: Run): Executor {
    if (executor?.run.runId !== run.runId)
      executor = new Executor(
        calls(database),
        named,
        run,
        autocommit,
        run.previous.includes(executor?.run.runId ?? '') ? executor : undefined,
      );
    return executor;
  }

  /** Throws `TrackingMissing` where one of our tables is not there. */
  async function tracked<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      const isOurs = error instanceof Error && new RegExp(`\\b${named.table}(_\\w+)?\\b`).test(error.message);
      throw isOurs && isError(error, ER.NO_SUCH_TABLE) ? new TrackingMissing(error) : error;
    }
  }

  return {
    name: 'mysql',
    async history(database, hook) {
      const read = await readHistory(calls(database), named, hook, autocommit);
      if (read) return read;
      autocommit = false;
      return (await readHistory(calls(database), named, hook, autocommit))!;
    },
    install: (database, tracking) => install(database, calls(database), named, tracking),
    unfinished: (database, of) => unfinished(calls(database), named, of),
    attempts: (database, filter) => attempts(calls(database), named, filter),
    latest: (database, of) => latest(calls(database), named, of),
    async acquire(database, run, since) {
      // What this process holds open under an earlier run id would be in its own way.
      if (executor && run.previous.includes(executor.run.runId)) await executor.end();
      const acquired = await tracked(() => acquireLease(calls(database), named, run, since));
      if (acquired.status === 'acquired') await executorOf(database, run).settle();
      return acquired;
    },
    async release(database, run, finished) {
      if (executor?.run.runId === run.runId) await executor.end();
      await releaseLease(calls(database), named, run, finished);
    },
    announce: (database, hook, requestId, state) => announce(calls(database), named, hook, requestId, state),
    baseline: (database, run, migrations) => baseline(calls(database), named, run, migrations),
    async databaseName(database) {
      const [row] = await calls(database).execute({ sql: 'SELECT DATABASE()', effect: 'read' });
      return row![0]!;
    },
    facts: (database, of) => facts(calls(database), named, of),
    record: (database, run, joined) => recordJoined(calls(database), named, run, joined),
    isEmpty: database => isEmpty(calls(database), named),
    storedDown: (database, name) => storedDown(calls(database), named, name),
    revert: async (database, request) =>
      toReverted(await tracked(() => executorOf(database, request.run).execute(downScript(request)))),
    apply: async (database, request) =>
      toApplied(
        await tracked((): Promise<ScriptOutcome> => {
          const own = executorOf(database, request.run);
          const script = upScript(request);
          return request.failure ? own.recordFailure(script, request.failure) : own.execute(script);
        }),
      ),
    progress: database => progressOf(calls(database)),
    lockHolders: (database, of) => lockHolders(calls(database), of),
    advice: ({ errorMessage }) => advice(errorMessage ?? ''),
    resolve: (database, decision) => resolve(database, named, decision),
    withoutValues,
  };
}
