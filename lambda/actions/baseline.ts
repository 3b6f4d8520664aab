import { baseline } from '../../lib/runner/index.ts';
import { action } from './action.ts';

/** Write migrations up to a version down as in force, without running them. */
export default action({
  fields: { to: { kind: 'text', needed: true } },
  run: (options, { to }) => baseline({ ...options, to }),
});
