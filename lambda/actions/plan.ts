import { plan } from '../../lib/runner/index.ts';
import { action } from './action.ts';

/** What `migrate` would do now. */
export default action({ fields: {}, run: options => plan(options) });
