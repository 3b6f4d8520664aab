import type { Engine } from '../engine.ts';
import { applyAtomic } from './atomic.ts';
import { caller } from './call.ts';
import { readHistory } from './history.ts';
import { install } from './install.ts';
import { acquireLease, releaseLease } from './lease.ts';
import { naming, type TrackingNames } from './names.ts';
import { resolve } from './resolve.ts';
import { attempts, latest, unfinished } from './rows.ts';
import { applyStepwise } from './stepwise.ts';

/** Aurora PostgreSQL. Throws `bad-identifier` for names that are not plain. */
export function postgresql(names: TrackingNames = {}): Engine {
  const named = naming(names);
  const call = caller(named);
  return {
    name: 'postgresql',
    history: (database, hook) => readHistory(database, named, hook),
    install: (database, tracking) => install(database, named, names.schema ?? 'public', tracking),
    unfinished: (database, of) => unfinished(database, named, of),
    attempts: (database, filter) => attempts(database, named, filter),
    latest: (database, of) => latest(database, named, of),
    acquire: (database, run) => acquireLease(database, named, run),
    release: (database, run) => releaseLease(database, named, run),
    apply: (database, request) =>
      (request.migration.mode === 'atomic' ? applyAtomic : applyStepwise)(database, call, request),
    resolve: (database, decision) => resolve(database, named, decision),
  };
}
