import { MigrationError, type Problem, sentence } from '../../core/errors.ts';
import { ANY_ENGINE } from '../../engine/advice/any-engine.ts';
import { StartError } from '../../local/index.ts';
import { toMigrationError } from '../../runner/failure.ts';
import { labelled } from './failure.ts';
import { problems } from './problem.ts';
import type { Screen } from './screen.ts';
import { printable, wrap } from './text.ts';

/** What was thrown, for a person: every problem with its remedy, or the database's words. The stack only when asked for, or for a defect. */
export function error(thrown: unknown, screen: Screen, { verbose }: { verbose: boolean }): string[] {
  const lines = words(toMigrationError(thrown, ANY_ENGINE), screen);
  return verbose && thrown instanceof Error ? [...lines, ...stack(thrown).map(screen.color.dim)] : lines;
}

/** The same for a program: what `--json` prints where there is no answer. */
export function errorJson(thrown: unknown): { problems: readonly Problem[] } {
  const known = toMigrationError(thrown, ANY_ENGINE);
  if (known instanceof MigrationError) return { problems: known.problems };
  const code = known instanceof StartError ? 'not-started' : 'error';
  const { message, remedy = 'Run the command again with --verbose, and report it' } = known as Error & {
    remedy?: string;
  };
  return { problems: [{ code, message, remedy }] };
}

function words(thrown: unknown, screen: Screen): string[] {
  const { red, bold } = screen.color;
  if (thrown instanceof MigrationError) return problems(thrown.problems, screen).slice(0, -1);
  const { message, remedy } = thrown as Error & { remedy?: string };
  const said = wrap(printable(message ?? String(thrown)), screen.width - 2).map((line, at) =>
    red(at === 0 ? `✗ ${line}` : `  ${line}`),
  );
  if (remedy !== undefined) return [...said, ...labelled('Next', sentence(remedy), screen, bold)];
  return [
    ...said,
    ...labelled(
      'Next',
      'This is not an error that we know. --verbose shows where it came from; please report it.',
      screen,
      bold,
    ),
  ];
}

function stack(thrown: Error): string[] {
  const own = printable(thrown.stack ?? '')
    .split('\n')
    .map(line => `  ${line.trim()}`);
  return thrown.cause instanceof Error ? [...own, '  caused by:', ...stack(thrown.cause)] : own;
}
