import { history } from '../../runner/index.ts';
import type { Command } from '../command.ts';
import { unlessInterrupted } from '../interrupted.ts';
import { COMMON, FILES, TARGET } from '../options.ts';
import { history as render } from '../render/history.ts';
import { calls } from '../render/state.ts';
import { withSession } from '../session.ts';

export const command: Command = {
  name: 'history',
  summary: 'show the attempts, newest first',
  arguments: [],
  options: [...FILES, ...TARGET, 'limit', 'migration', ...COMMON],
  description: ['Shows every attempt to apply a migration, good or bad: when, how long, by whom, and why it failed.'],
  examples: [
    { line: 'history', what: 'the last 50 attempts' },
    { line: 'history --migration 002_create_users', what: 'those of one migration' },
    { line: 'history --limit 1 --json', what: 'the newest, as JSON' },
  ],
  async run(invocation) {
    const { values, out, context } = invocation;
    await withSession(invocation, async ({ runner, title }) => {
      const attempts = await unlessInterrupted(
        context,
        history({
          ...runner,
          ...(values.limit !== undefined && { limit: values.limit }),
          ...(values.migration !== undefined && { migration: values.migration }),
        }),
      );
      const dataApiCalls = runner.database.calls;
      if (values.json) out.write(`${JSON.stringify({ attempts, dataApiCalls }, null, 2)}\n`);
      else {
        const lines = render(attempts, out, { now: context.now(), verbose: values.verbose === true });
        out.lines([out.color.dim(title), '', ...lines, '', out.color.dim(calls(dataApiCalls))]);
      }
    });
    return 0;
  },
};
