import { sentence } from '../core/errors.ts';
import { parse } from './arguments.ts';
import type { Command } from './command.ts';
import { command as adopt } from './commands/adopt.ts';
import { command as baseline } from './commands/baseline.ts';
import { command as check } from './commands/check.ts';
import { command as diff } from './commands/diff.ts';
import { command as down } from './commands/down.ts';
import { command as dump } from './commands/dump.ts';
import { command as history } from './commands/history.ts';
import { command as importFrom } from './commands/import.ts';
import { command as create } from './commands/new.ts';
import { command as plan } from './commands/plan.ts';
import { command as rehearse } from './commands/rehearse.ts';
import { command as resolve } from './commands/resolve.ts';
import { command as serve } from './commands/serve.ts';
import { command as squash } from './commands/squash.ts';
import { command as status } from './commands/status.ts';
import { command as up } from './commands/up.ts';
import { command as verify } from './commands/verify.ts';
import type { Context, ExitCode } from './context.ts';
import { commandHelp, overview, TOOL } from './help.ts';
import { Interrupted, interrupted } from './interrupted.ts';
import { error, errorJson } from './render/error.ts';
import { type Screen, screen } from './render/screen.ts';
import { printable, wrap } from './render/text.ts';
import { UsageError } from './usage-error.ts';
import { VERSION } from './version.ts';

export type { Context, ExitCode, Stream } from './context.ts';
export { SIGNALS } from './interrupted.ts';

/** Every command, in the order of the help. */
export const COMMANDS: readonly Command[] = [
  create,
  importFrom,
  adopt,
  check,
  plan,
  rehearse,
  up,
  down,
  status,
  history,
  baseline,
  resolve,
  verify,
  diff,
  dump,
  squash,
  serve,
];

/** Do what a command line asks for, and say so. Never throws; gives back the exit code. */
export async function main(argv: readonly string[], context: Context): Promise<ExitCode> {
  const out = screen(context.stdout, context.env);
  const err = screen(context.stderr, context.env);
  const verbose = argv.includes('--verbose') || argv.includes('-v');
  try {
    return await dispatch(argv, context, out, err);
  } catch (thrown) {
    if (thrown instanceof Interrupted) {
      err.lines(['Interrupted']);
      return interrupted(context) ?? 1;
    }
    if (argv.includes('--json')) out.write(`${JSON.stringify(errorJson(thrown), null, 2)}\n`);
    if (thrown instanceof UsageError) return badUsage(thrown, err);
    err.lines(error(thrown, err, { verbose }));
    return interrupted(context) ?? 1;
  }
}

async function dispatch(argv: readonly string[], context: Context, out: Screen, err: Screen): Promise<ExitCode> {
  const { command, values, arguments: words } = parse(argv, COMMANDS, context.env);
  if (values.version) {
    out.lines([VERSION]);
    return 0;
  }
  if (values.help) {
    out.write(command ? commandHelp(command, out.color) : overview(COMMANDS, out.color));
    return 0;
  }
  if (!command) {
    err.write(overview(COMMANDS, err.color));
    return 2;
  }
  return await command.run({ values, arguments: words, out, err, context });
}

function badUsage({ problems, command }: UsageError, screen: Screen): ExitCode {
  const { message, remedy } = problems[0]!;
  const [first = '', ...rest] = wrap(printable(`${TOOL}: ${sentence(message)}`), screen.width);
  screen.lines([
    ...[first, ...rest].map(screen.color.red),
    ...wrap(printable(sentence(remedy)), screen.width),
    `See "${[TOOL, command, '--help'].filter(Boolean).join(' ')}".`,
  ]);
  return 2;
}
