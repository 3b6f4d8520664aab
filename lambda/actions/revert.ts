import { MigrationError } from '../../lib/core/errors.ts';
import { revert } from '../../lib/runner/index.ts';
import { action } from './action.ts';
import { FLAG, NUMBER, TEXT } from './fields.ts';

/** Undo migrations, newest first: so many, or all above a version. */
export default action({
  fields: { to: TEXT, steps: NUMBER, dryRun: FLAG },
  run: (options, { to, steps, dryRun = false }) => {
    if ((to === undefined) === (steps === undefined)) {
      throw new MigrationError({
        code: 'bad-field',
        message: 'How far to undo is to be said in one way',
        remedy: 'Give to (the version that stays, "0" for none) or steps (how many)',
      });
    }
    return revert({ ...options, what: to === undefined ? { steps: steps! } : { to }, dryRun });
  },
});
