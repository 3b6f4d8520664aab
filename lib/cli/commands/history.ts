import type { Command, Invocation } from '../command.ts';
import { follow } from '../follow.ts';
import { ANY_TARGET, COMMON, FILES } from '../options.ts';
import { history as render } from '../render/history.ts';
import { calls } from '../render/state.ts';
import { type Session, withSession } from '../session.ts';

export const command: Command = {
  name: 'history',
  summary: 'show the attempts, newest first',
  arguments: [],
  options: [...FILES, ...ANY_TARGET, 'limit', 'migration', 'follow', ...COMMON],
  description: [
    'Shows every attempt to apply or undo a migration, good or bad: when, how long, by whom, and why it failed. The files are not looked at.',
    'With --follow, oldest first, it goes on with each new attempt and each change of one that was running, until Ctrl-C; with --json one line of JSON each.',
  ],
  examples: [
    { line: 'history', what: 'the last 50 attempts' },
    { line: 'history --migration 002_create_users', what: 'those of one migration' },
    { line: 'history --limit 1 --json', what: 'the newest, as JSON' },
    { line: 'history --follow --stack Shop-prod', what: 'watch a deploy' },
  ],
  async run(invocation) {
    const work = (session: Session) => (invocation.values.follow ? follow : once)(invocation, session);
    await withSession(invocation, work, { folder: 'none' });
    return 0;
  },
};

async function once({ values, out, context }: Invocation, { ask, title }: Session): Promise<void> {
  const { limit, migration } = values;
  const answer = await ask('history', {
    ...(limit !== undefined && { limit }),
    ...(migration !== undefined && { migration }),
  });
  if (values.json) out.write(`${JSON.stringify(answer, null, 2)}\n`);
  else {
    const lines = render(answer.attempts, out, { now: context.now(), verbose: values.verbose === true });
    out.lines([out.color.dim(title), '', ...lines, '', out.color.dim(calls(answer.dataApiCalls))]);
  }
}
