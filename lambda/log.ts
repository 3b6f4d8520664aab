import { isSqlState, type Problem, placeOf, where } from '../lib/core/errors.ts';
import type { RunEvent } from '../lib/core/report.ts';

export type Level = 'DEBUG' | 'INFO' | 'WARN' | 'ERROR';

/** What a line of the log says: in words, and as fields that are named as in the history. */
export interface Entry extends Readonly<Record<string, unknown>> {
  readonly event: string;
  readonly message: string;
}

/**
 * Lambda's own id of the invocation at work: one sandbox works for one at a time. Lambda puts it into the lines of `console`, whose objects
 * it wraps into a member `message`; metrics and queries want fields at the top, so lines are written as they are to be, in the same format.
 * https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-logformat.html
 */
let requestId = '';

/** From here on lines belong to this invocation. */
export function beginLog(invocation: string): void {
  requestId = invocation;
}

/** Write a line: one JSON object in Lambda's format. What is below the level of the function's log, Lambda leaves out. */
export function log(level: Level, { message, ...fields }: Entry): void {
  if (level === 'DEBUG' && !debugging()) return;
  const line = { timestamp: new Date().toISOString(), level, requestId, message, ...fields };
  process.stdout.write(`${JSON.stringify(line)}\n`);
}

/** Lambda tells the function which level its log was given. Without it row values must not even be written. */
function debugging(): boolean {
  return ['DEBUG', 'TRACE'].includes(process.env.AWS_LAMBDA_LOG_LEVEL ?? '');
}

/** A line for each thing that happens in a run. Row values (PostgreSQL's DETAIL) are for the level DEBUG, as each statement is. */
export function logRun(request: string): (event: RunEvent) => void {
  return event => {
    switch (event.event) {
      case 'started': {
        const { migration: name, number, of } = event;
        const message = `${name} begins${of > 1 ? ` (${number} of ${of})` : ''}`;
        return log('INFO', { message, event: 'started', name, status: 'running', number, of, request });
      }
      case 'statement': {
        const { migration: name, statement, of } = event;
        const message = `${name}: statement ${statement} of ${of}`;
        return log('DEBUG', { message, event: 'statement', name, statement, statements: of, request });
      }
      case 'applied':
      case 'reverted': {
        const { event: status, migration: name, attempt, executionTimeMs } = event;
        const message = `${name} ${status} in ${executionTimeMs} ms${attempt > 1 ? ` (attempt ${attempt})` : ''}`;
        return log('INFO', { message, event: status, name, attempt, status, executionTimeMs, request });
      }
      case 'failed':
        return logFailure(event, request);
      case 'working': {
        const { migration: name, seconds, progress } = event;
        const message = `${name} is at work, ${seconds} s so far${progress === null ? '' : `: ${progress}`}`;
        return log('INFO', { message, event: 'working', name, status: 'running', seconds, progress, request });
      }
      case 'waiting': {
        const { what, seconds } = event;
        const message = `Waiting for ${what}${seconds > 0 ? `, ${seconds} s so far` : ''}`;
        return log('INFO', { message, event: 'waiting', what, seconds, request });
      }
    }
  };
}

function logFailure(
  { migration: name, executionTimeMs, failure }: Extract<RunEvent, { event: 'failed' }>,
  request: string,
): void {
  const { code, message: errorMessage, detail, hint, statement, file, line, remedy } = failure;
  const place = placeOf(failure);
  log('ERROR', {
    message: `${name} failed${place === null ? '' : ` at ${place}`}: ${errorMessage}${isSqlState(code) ? ` (SQLSTATE ${code})` : ''}. ${remedy}`,
    event: 'failed',
    name,
    status: 'failed',
    executionTimeMs,
    errorCode: code,
    errorMessage,
    errorHint: hint,
    errorStatement: statement,
    errorLine: line,
    file,
    request,
  });
  if (detail !== null)
    log('DEBUG', { message: `${name}: ${detail}`, event: 'detail', name, errorDetail: detail, request });
}

/** The verdict of a request whose problems were logged. */
export function seeAbove(problems: readonly Problem[]): string {
  return `Stopped (problems: ${problems.length}): see above`;
}

/** What stopped a plan or a run, a line each. */
export function logProblems(level: 'INFO' | 'ERROR', request: string, problems: readonly Problem[]): void {
  for (const { code, message, remedy, migration, place } of problems) {
    log(level, {
      message: `${place ? `${where(place)}: ` : ''}${message}. ${remedy}`,
      event: 'problem',
      ...(migration !== undefined && { name: migration }),
      errorCode: code,
      ...(place && { file: place.file, errorLine: place.line }),
      request,
    });
  }
}
