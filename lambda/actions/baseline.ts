import { baseline } from '../../lib/runner/index.ts';
import { action } from './action.ts';

/** Record migrations up to a version as applied, without running them. */
export default action({
  fields: { to: { kind: 'text', needed: true } },
  run: (options, { to }) => baseline({ ...options, to }),
});
