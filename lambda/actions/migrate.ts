import { migrate } from '../../lib/runner/index.ts';
import { action } from './action.ts';

/** Apply what is pending, as far as the time of one invocation goes. */
export default action({ fields: {}, run: options => migrate(options) });
