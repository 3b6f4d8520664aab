import { sstFunction, withCast } from './sst-function.ts';

/** What SST's function could do if it asked for `relkind` as text. */
export const sstWithCast = {
  ...sstFunction(
    'sst-with-cast',
    'sst-with-cast: the same function with one cast added, without which PostgreSQL is beyond it',
    withCast,
  ),
  absent: { mysql: 'not run: the published function needs no cast there' },
};
