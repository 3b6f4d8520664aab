import { MigrationError } from '../../lib/core/errors.ts';
import type { BaselineFrom } from '../../lib/core/take-over.ts';
import { baseline } from '../../lib/runner/index.ts';
import { action } from './action.ts';
import { TEXT, TEXTS } from './fields.ts';

/** Record migrations as applied, without running them: up to a version, or all that another tool has applied. */
export default action({
  fields: { to: TEXT, from: TEXT, fromTable: TEXT, skip: TEXTS },
  run: async (options, { to, from, ...more }) => {
    if ((to === undefined) === (from === undefined)) {
      throw new MigrationError({
        code: 'bad-field',
        message: 'What the database has is to be said in one way',
        remedy: 'Give to (the version up to which it has everything) or from (the tool that has migrated it)',
      });
    }
    if (to !== undefined) return baseline({ ...options, to });
    const { baselineFrom } = await import('../take-over.ts');
    return baselineFrom(options, { from, ...more } as BaselineFrom, baseline);
  },
});
