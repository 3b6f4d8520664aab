import type { Command } from '../command.ts';
import { ANY_TARGET, COMMON, FILES, type Values } from '../options.ts';
import { type Session, withSession } from '../session.ts';
import { UsageError } from '../usage-error.ts';

export const command: Command = {
  name: 'resolve',
  summary: 'record what became of a statement that nobody could tell',
  arguments: [],
  options: ['migration', 'statement', 'as', ...FILES, ...ANY_TARGET, ...COMMON],
  description: [
    'When a connection is lost in the middle of a statement that runs outside of a transaction, there are rare ones of which no program can tell whether they were done. "up" then stops and says what to look at; this records what you found, and the next "up" goes on from there.',
  ],
  examples: [
    { line: 'resolve --migration 004_vacuum --statement 2 --as done', what: 'statement 2 was done: go on with 3' },
    { line: 'resolve --migration 004_vacuum --statement 2 --as not-done', what: 'it was not: do it' },
  ],
  async run(invocation) {
    const { values, out } = invocation;
    const found = finding(values);
    const work = async ({ ask }: Session) => {
      const answer = await ask('resolve', found);
      const { migration } = answer;
      if (values.json) out.write(`${JSON.stringify(answer, null, 2)}\n`);
      else {
        out.lines([
          `${out.color.green('✓')} statement ${found.statement} of ${migration.name} is recorded as ${found.as}; the migration is ${migration.state}`,
          'Run "aurora-migrations up" to go on.',
        ]);
      }
    };
    // The history knows the statement: the files may be in the middle of being mended.
    await withSession(invocation, work, { folder: 'any' });
    return 0;
  },
};

function finding({ migration, statement, as }: Values) {
  if (migration === undefined || statement === undefined || as === undefined) {
    throw new UsageError(
      '"resolve" does not say all three: of which statement, and what became of it',
      'Give --migration NAME, --statement N and --as done or not-done',
      'resolve',
    );
  }
  return { migration, statement, as };
}
