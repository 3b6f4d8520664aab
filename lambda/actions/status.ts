import { status } from '../../lib/runner/index.ts';
import { action } from './action.ts';
import { NUMBER } from './fields.ts';
import { partOf } from './pages.ts';

/** Every migration with its state: some 12,000 in one answer, further ones with `from`. */
export default action({
  fields: { from: NUMBER },
  run: async (options, { from = 0 }) => {
    const { migrations, ...answer } = await status(options);
    const { part, ...rest } = partOf(migrations, from);
    return { ...answer, migrations: part, ...rest };
  },
});
