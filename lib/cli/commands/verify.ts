import type { Command } from '../command.ts';
import { ANY_TARGET, COMMON, FILES } from '../options.ts';
import { count } from '../render/count.ts';
import { problem } from '../render/problem.ts';
import { withSession } from '../session.ts';

export const command: Command = {
  name: 'verify',
  summary: 'check that the database is what the migrations made of it',
  arguments: [],
  options: [...FILES, ...ANY_TARGET, ...COMMON],
  description: [
    'Looks for migrations that are pending, failed, changed, reverted or missing, for a schema that is not as the last run left it, for invalid indexes and views, and for constraints that were never validated or refer to nothing; each with what to do. Changes nothing. Exit code 1 when something was found.',
  ],
  examples: [
    { line: 'verify', what: 'the embedded PostgreSQL' },
    { line: 'verify --json', what: 'the findings for programs' },
  ],
  async run(invocation) {
    const { values, out } = invocation;
    return withSession(invocation, async ({ ask, title }) => {
      const report = await ask('verify', {});
      const { findings, notes, sound } = report;
      const { dim, green, red } = out.color;
      if (values.json) out.write(`${JSON.stringify(report, null, 2)}\n`);
      else
        out.lines([
          dim(title),
          '',
          ...findings.flatMap(finding => [...problem(finding, out), '']),
          ...notes.map(note => dim(`${note}.`)),
          sound ? `${green('✓')} Nothing was found` : `${red('✗')} ${count(findings.length, 'finding')}`,
        ]);
      return sound ? 0 : 1;
    });
  },
};
