import { plan } from '../../runner/index.ts';
import type { Command } from '../command.ts';
import { unlessInterrupted } from '../interrupted.ts';
import { COMMON, FILES, TARGET } from '../options.ts';
import { plan as render } from '../render/plan.ts';
import { withSession } from '../session.ts';

export const command: Command = {
  name: 'plan',
  summary: 'show what "up" would do',
  arguments: [],
  options: [...FILES, ...TARGET, 'on-changed', 'out-of-order', ...COMMON],
  description: [
    'Shows the migrations that "up" would apply, in order, and the problems that would stop it. Changes nothing. Exit code 1 when there are such problems.',
  ],
  examples: [
    { line: 'plan', what: 'what is pending on the embedded PostgreSQL' },
    { line: 'plan --on-changed fail --json', what: 'would an edited migration stop the deploy?' },
  ],
  async run(invocation) {
    const { values, out, context } = invocation;
    return withSession(invocation, async ({ runner, title }) => {
      const view = await unlessInterrupted(context, plan(runner));
      if (values.json) out.write(`${JSON.stringify(view, null, 2)}\n`);
      else out.lines([out.color.dim(title), '', ...render(view, out)]);
      return view.problems.length > 0 ? 1 : 0;
    });
  },
};
