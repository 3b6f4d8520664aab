import type { Rehearser } from '../../rehearser.ts';
import type { TrackingNames } from '../names.ts';
import { observe } from './observe.ts';
import { restore } from './restore.ts';

/** What a rehearsal needs of MySQL. */
export function mysqlRehearser(names: TrackingNames = {}): Rehearser {
  return {
    restore: (database, history) => restore(database, history, names),
    observe,
  };
}
