import { codeAndStatement, MigrationError, type Problem, placeOf, sentence, where } from '../lib/core/errors.ts';
import type { FailureReport } from '../lib/core/report.ts';
import type { Engine } from '../lib/engine/engine.ts';
import { cutText } from './text.ts';

/**
 * Bytes of a message, as JSON. CloudFormation takes 4,096 for the whole response and shows "Response object is too long" instead of anything
 * longer; CDK's framework adds where the logs are.
 */
const MESSAGE = 1900;

/** What is thrown to CDK's framework. */
export interface Thrown extends Error {
  /** What the log says of it, where its message was logged before. @default the message */
  readonly verdict?: string;
}

/**
 * Makes what is thrown to CDK's framework, which only then fails the deploy. It puts the lines of the stack behind the message into the answer,
 * so there is just the one that a stack begins with.
 */
export function toThrown(message: string, verdict = message): Thrown {
  const error = Object.assign(new Error(message), { verdict });
  error.name = 'MigrationFailed';
  error.stack = `${error.name}: ${message.split('\n', 1)[0]}`;
  return error;
}

/** The deploy in which a migration failed. */
export interface FailedIn {
  /** How many were applied before it. */
  readonly before: number;
  /** The line that says how to see the failure in full. */
  readonly shownBy: string;
  readonly engine: Pick<Engine, 'diagnostics'>;
}

/** A failed migration: where, what, the way out, and the command that shows it. No row values: the detail, and what messages quote, stay in the table. */
export function describeFailure(
  migration: string,
  failure: FailureReport,
  { before, shownBy, engine }: FailedIn,
): string {
  const { hint, remedy } = failure;
  const message = engine.diagnostics.withoutValues(failure.message);
  const told = codeAndStatement(failure);
  return fit(
    [`${cutText(placeOf(failure) ?? migration, 300)}: `, message, `${told && ` (${told})`}`],
    hint === null ? '' : `Hint: ${cutText(hint, 300)}`,
    `${remedy}.`,
    before > 0
      ? `${before} before it ${before === 1 ? 'was' : 'were'} applied and stay${before === 1 ? 's' : ''}.`
      : '',
    shownBy,
  );
}

/** What stopped a plan: the first few, each with its remedy. */
export function describeProblems(problems: readonly Problem[]): string {
  const shown = problems.slice(0, 4);
  const room = MESSAGE / shown.length - 40;
  const lines = shown.map(({ place, message, remedy }) => {
    const start = place ? `${cutText(where(place), room / 4)}: ` : '';
    return `${start}${sentence(cutText(message, room / 2))} ${sentence(cutText(remedy, room / 4))}`;
  });
  const more = problems.length - shown.length;
  return fit(['', lines.join('\n'), ''], more > 0 ? `And ${more} more: see the logs.` : '');
}

/** A deploy whose time is over: how things stand, where that is known, and what was heard last. */
export function describeUnfinished(time: string, stand: string | null, heard: string): string {
  const done = stand === null ? '' : `: ${stand}`;
  const what = 'What is applied stays, what still runs in the database goes on; deploy again to go on with the rest.';
  const last = heard === '' ? '' : '\nThe last that was heard: ';
  return fit([`Not all migrations were applied within ${time}${done}. ${what}${last}`, heard, '']);
}

/** Whatever was thrown on the way. */
export function describeThrown(error: unknown): string {
  if (error instanceof MigrationError) return describeProblems(error.problems);
  return fit(['', error instanceof Error ? `${error.name}: ${error.message}` : String(error), '']);
}

/** The same for a person who invoked the function: CloudFormation's limit does not hold, so a command in a remedy stays whole. */
export function describeByHand(error: unknown): string {
  return error instanceof MigrationError ? error.message : describeThrown(error);
}

/** Lines under one another; only the middle of the first one may be cut. */
function fit([before, cuttable, after]: readonly [string, string, string], ...rest: readonly string[]): string {
  const tail = rest.filter(Boolean).map(line => `\n${line}`);
  const fixed = [before, after, ...tail].join('');
  return [before, cutText(cuttable, MESSAGE - jsonLength(fixed)), after, ...tail].join('');
}

function jsonLength(text: string): number {
  return Buffer.byteLength(JSON.stringify(text));
}
