import type { TrackingNames } from '../../../core/identifier.ts';
import type { Rehearser } from '../../rehearser.ts';
import { build } from './build.ts';
import { observe } from './observe.ts';
import { restore } from './restore.ts';

/** What a rehearsal needs of PostgreSQL. */
export function postgresqlRehearser(names: TrackingNames = {}): Rehearser {
  return {
    server: 'PostgreSQL',
    unknown: [
      'The copy has no rows: how long a statement takes is not known, nor whether rows break a constraint (SQLSTATE 23502, 23503, 23505, 23514) or do not fit a new type',
      'The copy is a PostgreSQL 17, with the settings of a new server and the rights of a master user',
    ],
    builder: 'superuser',
    build,
    restore: (database, history) => restore(database, history, names),
    observe: (database, seen) => observe(database, names, seen),
  };
}
