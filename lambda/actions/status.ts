import { status } from '../../lib/runner/index.ts';
import { action } from './action.ts';

/** Every migration with its state. */
export default action({ fields: {}, run: options => status(options) });
