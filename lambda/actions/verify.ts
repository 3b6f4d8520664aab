import { verify } from '../../lib/runner/verify.ts';
import { action } from './action.ts';
import { schemaOf } from './schema-of.ts';

/** Is the database what the migrations made of it? */
export default action({ fields: {}, run: options => verify({ ...options, schema: schemaOf(options) }) });
