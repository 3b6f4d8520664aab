import { dump, readServer } from '../../lib/runner/dump.ts';
import { action } from './action.ts';
import { FLAG, NUMBER } from './fields.ts';
import { partOf } from './pages.ts';

/** The live schema as SQL: the text, of a very long one a part, further ones with `from`; with `server` what `diff` needs to build one like it. */
export default action({
  fields: { grants: FLAG, server: FLAG, from: NUMBER },
  run: async (options, { grants = false, server = false, from = 0 }) => {
    const { text, ...answer } = await dump({ database: options.database, schema: options.schema, grants });
    const facts = server && { server: await readServer(options, options.engine) };
    const { part, ...rest } = partOf(text.split(/(?<=\n)/), from);
    return { ...answer, text: part.join(''), ...facts, ...rest };
  },
});
