import type { LocalOptions } from '../../lib/local/index.ts';

/** The 45 seconds of a call that executes a statement of a migration are 0.45. All other calls of a run have theirs, however busy the machine is. */
export const SHORT_CALLS: LocalOptions['clocks'] = {
  callTimeout: sql => (/^\/\* aurora-migrations run:\S+ name:/.test(sql) ? 0.45 : 45),
  transactionIdle: 1.8,
};
