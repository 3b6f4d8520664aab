import { verify } from '../../lib/runner/verify.ts';
import { action } from './action.ts';

/** Is the database what the migrations made of it? */
export default action({ fields: {}, run: verify });
