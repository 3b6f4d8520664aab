import { history } from '../../lib/runner/index.ts';
import { action } from './action.ts';
import { NUMBER, TEXT } from './fields.ts';

/** Attempts, newest first. */
export default action({
  fields: { limit: NUMBER, migration: TEXT },
  run: async (options, { limit, migration }) => {
    const attempts = await history({
      ...options,
      ...(limit !== undefined && { limit }),
      ...(migration !== undefined && { migration }),
    });
    return { attempts, dataApiCalls: options.database.calls };
  },
});
