import type { Command } from '../command.ts';
import { ANY_TARGET, COMMON, FILES } from '../options.ts';
import { adopted } from '../render/adopted.ts';
import { withSession } from '../session.ts';
import { UsageError } from '../usage-error.ts';

export const command: Command = {
  name: 'baseline',
  summary: 'take over a database that has some of it already',
  arguments: [],
  options: ['to', ...FILES, ...ANY_TARGET, ...COMMON],
  description: [
    'Records the migrations up to a version as applied, without running them: for a database that was there before its migrations were. What is applied already stays as it is. Whether the database really has it, "diff" and "verify" tell.',
  ],
  examples: [
    { line: 'baseline --to 004', what: 'the database has what 001 to 004 would make' },
    { line: 'baseline --to 004 --function Shop-Hook', what: 'of a deployed hook' },
  ],
  async run(invocation) {
    const { values, out } = invocation;
    const { to } = values;
    if (to === undefined)
      throw new UsageError('"baseline" needs --to VERSION', 'Give the newest one that the database has', 'baseline');
    return withSession(invocation, async ({ ask, title }) => {
      const report = await ask('baseline', { to });
      if (values.json) out.write(`${JSON.stringify(report, null, 2)}\n`);
      else out.lines([out.color.dim(title), ...adopted(report, out)]);
      return report.outcome === 'stopped' ? 1 : 0;
    });
  },
};
