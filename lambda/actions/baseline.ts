import type { BaselineFrom } from '../../lib/core/take-over.ts';
import { baseline } from '../../lib/runner/index.ts';
import { action } from './action.ts';
import { TEXT, TEXTS } from './fields.ts';

/** Record migrations as applied, without running them: up to a version, or all that another tool has applied. */
export default action({
  fields: { to: TEXT, from: TEXT, fromTable: TEXT, skip: TEXTS },
  run: async (options, fields) =>
    fields.to
      ? baseline({ ...options, to: fields.to })
      : (await import('../take-over.ts')).baselineFrom(options, fields as Partial<BaselineFrom>, baseline),
});
