import type { Command } from '../command.ts';
import { ANY_TARGET, COMMON, FILES } from '../options.ts';
import { plan as render, sql } from '../render/plan.ts';
import { withSession } from '../session.ts';

export const command: Command = {
  name: 'plan',
  summary: 'show what "up" would do',
  arguments: [],
  options: [...FILES, ...ANY_TARGET, 'sql', 'on-changed', 'out-of-order', 'exit-code', ...COMMON],
  description: [
    'Shows the migrations that "up" would apply, in order, and the problems that would stop it. Changes nothing. Exit code 1 when there are such problems; with --exit-code 3 when there is something to apply, or something failed.',
  ],
  examples: [
    { line: 'plan', what: 'what is pending on the embedded PostgreSQL' },
    { line: 'plan --sql', what: 'with the SQL, for a review before the deploy' },
    { line: 'plan --on-changed fail --json', what: 'would an edited migration stop the deploy?' },
  ],
  async run(invocation) {
    const { values, out, context } = invocation;
    return withSession(invocation, async ({ ask, title }) => {
      const view = await ask('plan', values.sql ? { sql: true } : {});
      // SQL not through the screen, which hides passwords of URLs: what is shown is what would be executed.
      if (values.json) context.stdout.write(`${JSON.stringify(view, null, 2)}\n`);
      else {
        out.lines([out.color.dim(title), '']);
        for (const each of view.sql ?? []) context.stdout.write(sql(each, out));
        out.lines(render(view, out));
      }
      if (view.problems.length > 0) return 1;
      return values['exit-code'] && view.steps.length + view.failed.length > 0 ? 3 : 0;
    });
  },
};
