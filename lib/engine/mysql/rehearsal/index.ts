import type { Rehearser } from '../../rehearser.ts';
import type { TrackingNames } from '../names.ts';
import { build } from './build.ts';
import { observe } from './observe.ts';
import { restore } from './restore.ts';

/** What a rehearsal needs of MySQL. */
export function mysqlRehearser(names: TrackingNames = {}): Rehearser {
  return {
    server: 'MySQL',
    unknown: [
      'The copy has no rows: how long a statement takes is not known, nor whether rows break a constraint (errors 1062, 1452, 3819) or do not fit a new definition (1138, 1265, 1406)',
      'The copy is of the version of the mysqld on the PATH: older ones accept INSTANT for fewer changes',
    ],
    builder: 'master',
    build,
    restore: (database, history) => restore(database, history, names),
    observe,
  };
}
