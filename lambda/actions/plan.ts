import { plan } from '../../lib/runner/index.ts';
import { action } from './action.ts';

/** What `migrate` would do now, on request with the SQL. */
export default action({
  fields: { sql: { kind: 'flag' } },
  run: async (options, { sql = false }) => {
    const { openRequest: _, ...answer } = await plan({ ...options, sql });
    return answer;
  },
});
