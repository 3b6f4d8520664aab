import type { Command } from '../command.ts';
import { ANY_TARGET, COMMON, FILES } from '../options.ts';
import { status as render } from '../render/status.ts';
import { withSession } from '../session.ts';

export const command: Command = {
  name: 'status',
  summary: 'show each migration and its state',
  arguments: [],
  options: [...FILES, ...ANY_TARGET, 'exit-code', ...COMMON],
  description: [
    'Shows every migration of the folder and of the database: applied, pending, failed (with the error), changed (edited after it was applied), reverted, baselined, or missing (in the database, not in the folder). Changes nothing.',
  ],
  examples: [
    { line: 'status', what: 'the table' },
    { line: 'status --json', what: 'the same for programs, with the number of Data API calls' },
    { line: 'status --exit-code', what: 'in a pipeline: 3 when something is pending, or failed' },
    { line: 'status --stack Shop-prod', what: 'of a deployed hook' },
  ],
  async run(invocation) {
    const { values, out, context } = invocation;
    return withSession(invocation, async ({ ask, title }) => {
      const view = await ask('status', {});
      if (values.json) out.write(`${JSON.stringify(view, null, 2)}\n`);
      else
        out.lines([
          out.color.dim(title),
          '',
          ...render(view, out, { now: context.now(), verbose: values.verbose === true }),
        ]);
      const { pending, failed, changed, reverted } = view.counts;
      const differs = pending + failed + changed + reverted > 0 || view.migrations.some(({ error }) => error !== null);
      return values['exit-code'] && differs ? 3 : 0;
    });
  },
};
