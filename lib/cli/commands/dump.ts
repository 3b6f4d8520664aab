import { postgresqlSchema } from '../../engine/postgresql/schema/index.ts';
import { dump } from '../../runner/dump.ts';
import type { Command } from '../command.ts';
import { unlessInterrupted } from '../interrupted.ts';
import { COMMON, TARGET } from '../options.ts';
import { openTarget } from '../target.ts';

export const command: Command = {
  name: 'dump',
  summary: 'print the schema as SQL that builds it again',
  arguments: [],
  options: ['grants', ...TARGET, 'schema', 'table', ...COMMON],
  description: [
    'Prints the live schema: every object with a line of its own above it, in an order in which they can be made, the same text for the same schema. Without data, owners, the tracking tables and what belongs to extensions; what it cannot hold is listed at its end. The text runs in psql and as a migration.',
  ],
  examples: [
    { line: 'dump', what: 'write it to sql/current_schema_dump.sql, and a review shows what migrations change' },
    { line: 'dump --grants --json', what: 'with privileges, as JSON with the number of Data API calls' },
  ],
  async run(invocation) {
    const { values, err, context } = invocation;
    const target = await openTarget(invocation, () => undefined);
    try {
      const schema = postgresqlSchema(values);
      const grants = values.grants === true;
      const made = await unlessInterrupted(context, dump({ database: target.database, schema, grants }));
      // Not through the screen, which hides passwords of URLs: a function that has one would be another function.
      context.stdout.write(values.json ? `${JSON.stringify(made, null, 2)}\n` : made.text);
      if (!values.json) err.lines(made.notDumped.map(what => err.color.yellow(`not dumped: ${what}`)));
      return 0;
    } finally {
      await target.close();
    }
  },
};
