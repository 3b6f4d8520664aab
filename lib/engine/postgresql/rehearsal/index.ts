import type { TrackingNames } from '../../../core/identifier.ts';
import type { Rehearser } from '../../rehearser.ts';
import { observe } from './observe.ts';
import { restore } from './restore.ts';

/** What a rehearsal needs of PostgreSQL. */
export function postgresqlRehearser(names: TrackingNames = {}): Rehearser {
  return {
    restore: (database, history) => restore(database, history, names),
    observe: (database, seen) => observe(database, names, seen),
  };
}
