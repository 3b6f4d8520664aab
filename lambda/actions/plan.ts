import { plan } from '../../lib/runner/index.ts';
import { action } from './action.ts';
import { FLAG } from './fields.ts';

/** What `migrate` would do now, on request with the SQL. */
export default action({
  fields: { sql: FLAG },
  run: (options, { sql = false }) => plan({ ...options, sql }),
});
