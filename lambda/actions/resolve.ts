import { resolve } from '../../lib/runner/index.ts';
import { action } from './action.ts';

/** Record what became of a statement of which no program can tell. */
export default action({
  fields: {
    migration: { kind: 'text', needed: true },
    statement: { kind: 'number', needed: true },
    as: { kind: ['done', 'not-done'], needed: true },
  },
  run: async (options, values) => ({
    migration: await resolve({ ...options, ...values }),
    dataApiCalls: options.database.calls,
  }),
});
