import type { Command } from '../command.ts';
import { ANY_TARGET, COMMON } from '../options.ts';
import { type Session, withSession } from '../session.ts';

export const command: Command = {
  name: 'dump',
  summary: 'print the schema as SQL that builds it again',
  arguments: [],
  options: ['grants', ...ANY_TARGET, 'schema', 'table', ...COMMON],
  description: [
    'Prints the live schema: every object with a line of its own above it, in an order in which they can be made, the same text for the same schema. Without data, owners, the tracking tables and what belongs to extensions; what it cannot hold is listed at its end. The text runs in psql (MySQL: mysql) and as a migration.',
  ],
  examples: [
    { line: 'dump', what: 'write it to sql/current_schema_dump.sql, and a review shows what migrations change' },
    { line: 'dump --grants --json', what: 'with privileges, as JSON with the number of Data API calls' },
  ],
  async run(invocation) {
    const { values, err, context } = invocation;
    const work = async ({ ask }: Session) => {
      const made = await ask('dump', values.grants ? { grants: true } : {});
      // Not through the screen, which hides passwords of URLs: a function that has one would be another function.
      context.stdout.write(values.json ? `${JSON.stringify(made, null, 2)}\n` : made.text);
      if (!values.json) err.lines(made.notDumped.map(what => err.color.yellow(`not dumped: ${what}`)));
      return 0 as const;
    };
    // Only the dump: `dump > file` keeps what is said on the way out of it, and its caller need not hear of it.
    return withSession(invocation, work, { folder: 'none', on: () => undefined });
  },
};
