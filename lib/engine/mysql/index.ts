import { type Database, DatabaseError } from '../../core/database.ts';
import { type Engine, TrackingMissing } from '../engine.ts';
import { advice } from './advice.ts';
import { baseline, isEmpty } from './baseline.ts';
import { lockHolders } from './blockers.ts';
import { abandon } from './context.ts';
import { ER, isDoubled, isError, unclear } from './errors.ts';
import { type Known, readHistory } from './history.ts';
import { install } from './install.ts';
import { recordJoined } from './joined.ts';
import { acquireLease, announce, releaseLease } from './lease.ts';
import { naming, type TrackingNames } from './names.ts';
import { applyPlainly } from './plain.ts';
import { progressOf } from './progress.ts';
import { recordFailure } from './record.ts';
import { resolve } from './resolve.ts';
import { attempts, facts, latest, storedDown, unfinished } from './rows.ts';
import { endKept, type Keeping } from './sending.ts';
import { type Outcome, type Task, taskOf, toApplied, toReverted, undoOf } from './task.ts';
import { resumed } from './undo.ts';
import { withoutValues } from './values.ts';
import { applyByWitness } from './witness.ts';

export type { Engine } from '../engine.ts';

const noWitness = new TrackingMissing(
  new DatabaseError('the procedure is not there', { outcome: 'failed', service: 'DatabaseErrorException' }),
);

/** Aurora MySQL. Throws `bad-identifier` for names that are not plain. */
export function mysql(names: TrackingNames = {}): Engine {
  const named = naming(names);
  const known: Known = { installed: false, witness: undefined, refused: false, hints: '', latest: new Map() };
  const keeping: Keeping = { kept: null, vanishes: false };

  /** Through the procedure where it is there. Where it is not, it is asked for once a run; and if that is refused, statement by statement. */
  async function execute(database: Database, task: Task): Promise<Outcome> {
    if (task.failure) return recordFailure({ database, named, known, keeping }, task, task.failure);
    if (known.witness === false && !known.refused) throw noWitness;
    try {
      const context = { database, named, known, keeping };
      return await (known.refused ? applyPlainly(context, task) : applyByWitness(context, task));
    } catch (error) {
      // What it has locked would be in the way of the next look.
      await abandon(keeping);
      if (isDoubled(error)) throw unclear(error, error);
      if (isError(error, ER.SP_DOES_NOT_EXIST) && ofOurs(error)) throw new TrackingMissing(error);
      if (!isError(error, ER.NO_SUCH_TABLE) || !ofOurs(error)) throw error;
      known.installed = false;
      throw new TrackingMissing(error);
    }
  }

  function ofOurs({ message }: Error): boolean {
    return new RegExp(`\\b${named.table}(_\\w+)?\\b`).test(message);
  }

  return {
    name: 'mysql',
    history: (database, hook) => readHistory(database, named, known, hook),
    install: (database, tracking) => install(database, named, known, tracking),
    unfinished: (database, of) => unfinished(database, named, of),
    attempts: (database, filter) => attempts(database, named, filter),
    latest: (database, of) => latest(database, named, of),
    acquire: (database, run, since) =>
      acquireLease(database, named, run, since).catch((error: unknown) => {
        if (error instanceof TrackingMissing) known.installed = false;
        throw error;
      }),
    async release(database, run, finished) {
      await endKept(keeping);
      await releaseLease(database, named, run, finished);
    },
    announce: (database, hook, requestId, state) => announce(database, named, hook, requestId, state),
    baseline: (database, run, migrations) => baseline(database, named, run, migrations),
    async databaseName(database) {
      const [row] = await database.execute({ sql: 'SELECT DATABASE()', effect: 'read' });
      return row![0]!;
    },
    facts: (database, of) => facts(database, named, of),
    record: (database, run, joined) => recordJoined(database, named, run, joined),
    isEmpty: database => isEmpty(database, named),
    storedDown: (database, name) => storedDown(database, named, name),
    async revert(database, request) {
      const task = await resumed(database, named, undoOf(request));
      if (!('script' in task)) return { status: 'failed', attempt: 0, executionTimeMs: 0, failure: task };
      return toReverted(await execute(database, task));
    },
    apply: async (database, request) => toApplied(await execute(database, taskOf(request))),
    progress: database => progressOf(database),
    lockHolders: (database, of) => lockHolders(database, of),
    advice: ({ errorMessage }) => advice(errorMessage ?? ''),
    resolve: (database, decision) => resolve(database, named, decision),
    withoutValues,
  };
}
