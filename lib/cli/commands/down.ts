import type { Command } from '../command.ts';
import { interrupted } from '../interrupted.ts';
import { ANY_TARGET, COMMON, FILES } from '../options.ts';
import { sql } from '../render/plan.ts';
import { undone } from '../render/undone.ts';
import { withSession } from '../session.ts';
import { showProgress } from '../show-progress.ts';
import { UsageError } from '../usage-error.ts';

export const command: Command = {
  name: 'down',
  summary: 'undo the newest migrations',
  arguments: [],
  options: ['to', 'steps', 'dry-run', ...FILES, ...ANY_TARGET, 'lock-timeout', ...COMMON],
  description: [
    'Undoes migrations, newest first, with their down sections: that of the file, or the one that was stored when the migration was applied, so that older code can undo what newer code did. Each in one transaction where PostgreSQL allows it. One without a down section stops all of it beforehand; one that fails stays applied, and nothing older is touched.',
    'Repeatable migrations and the tracking tables are never undone. What a down section drops is gone: look at it first with --dry-run.',
  ],
  examples: [
    { line: 'down', what: 'undo the newest one' },
    { line: 'down --steps 3 --dry-run', what: 'the SQL that would undo three' },
    { line: 'down --to 002', what: 'undo all after 002, which stays' },
    { line: 'down --to 0', what: 'undo all, where no migration has version 0' },
  ],
  async run(invocation) {
    const { values, out, context } = invocation;
    const { to, steps } = values;
    if (to !== undefined && steps !== undefined)
      throw new UsageError('--to and --steps are two ways to say how far', 'Give one of them', 'down');
    const how = to === undefined ? { steps: steps ?? 1 } : { to };
    const fields = { ...how, ...(values['dry-run'] && { dryRun: true as const }) };
    const report = await withSession(invocation, ({ ask }) => ask('revert', fields), showProgress(invocation));
    // SQL not through the screen, which hides passwords of URLs: what is shown is what would be executed.
    if (values.json) context.stdout.write(`${JSON.stringify(report, null, 2)}\n`);
    else {
      if (report.outcome === 'planned') {
        out.lines(['']);
        for (const step of report.steps) context.stdout.write(sql(step, out));
      }
      out.lines(undone(report, out));
    }
    const code = interrupted(context);
    if (code !== undefined) return code;
    return report.outcome === 'failed' || report.outcome === 'stopped' ? 1 : 0;
  },
};
