import { history } from '../../lib/runner/index.ts';
import { storedFacts } from '../../lib/runner/stored-facts.ts';
import { action } from './action.ts';

/** Attempts, newest first; with `facts` what `rehearse` needs to make the same plan elsewhere. */
export default action({
  fields: { limit: { kind: 'number' }, migration: { kind: 'text' }, facts: { kind: 'flag' } },
  run: async (options, { limit, migration, facts = false }) => {
    const attempts = await history({
      ...options,
      ...(limit !== undefined && { limit }),
      ...(migration !== undefined && { migration }),
    });
    const stored = facts && { stored: await storedFacts(options, attempts) };
    return { attempts, ...stored, dataApiCalls: options.database.calls };
  },
});
