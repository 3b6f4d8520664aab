import type { Database } from '../../core/database.ts';
import type { Engine } from '../engine.ts';
import { baseline, isEmpty, lockHolders } from './baseline.ts';
import { ER, isError } from './errors.ts';
import { type Known, readHistory } from './history.ts';
import { install } from './install.ts';
import { acquireLease, announce, releaseLease } from './lease.ts';
import { naming, type TrackingNames } from './names.ts';
import { applyPlainly, type Plainly } from './plain.ts';
import { resolve } from './resolve.ts';
import { attempts, latest, storedDown, unfinished } from './rows.ts';
import { type Outcome, type Task, taskOf, toApplied, toReverted, undoOf } from './task.ts';
import { resumed } from './undo.ts';
import { applyByWitness } from './witness.ts';

export type { Engine } from '../engine.ts';

/** Aurora MySQL. Throws `bad-identifier` for names that are not plain. */
export function mysql(names: TrackingNames = {}): Engine {
  const named = naming(names);
  const known: Known = { witness: undefined, latest: new Map() };
  const plainly: Plainly = { kept: null, vanishes: false };

  /** Through the procedure where it is there; where it is not, statement by statement. */
  async function execute(database: Database, task: Task): Promise<Outcome> {
    if (known.witness !== false) {
      try {
        return await applyByWitness(database, named, known, task);
      } catch (error) {
        if (!isError(error, ER.SP_DOES_NOT_EXIST)) throw error;
        known.witness = false;
      }
    }
    return applyPlainly(database, named, known, plainly, task);
  }

  async function endKept(): Promise<void> {
    await plainly.kept?.close();
    plainly.kept = null;
  }

  return {
    name: 'mysql',
    history: (database, hook) => readHistory(database, named, known, hook),
    install: (database, tracking) => install(database, named, tracking),
    unfinished: (database, of) => unfinished(database, named, of),
    attempts: (database, filter) => attempts(database, named, filter),
    latest: (database, of) => latest(database, named, of),
    acquire: (database, run) => acquireLease(database, named, run),
    async release(database, run, finished) {
      await endKept();
      await releaseLease(database, named, run, finished);
    },
    announce: (database, hook, requestId) => announce(database, named, hook, requestId),
    baseline: (database, run, migrations) => baseline(database, named, run, migrations),
    isEmpty: database => isEmpty(database, named),
    storedDown: (database, name) => storedDown(database, named, name),
    async revert(database, request) {
      const outcome = await execute(database, await resumed(database, named, undoOf(request)));
      return toReverted(outcome);
    },
    apply: async (database, request) => toApplied(await execute(database, taskOf(request))),
    lockHolders: (database, of) => lockHolders(database, of),
    resolve: (database, decision) => resolve(database, named, decision),
  };
}
