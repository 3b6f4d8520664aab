import { advise } from '../advice/postgresql.ts';
import type { Failure, ScriptOutcome } from '../engine.ts';
import { fixFrom, ROLLED_BACK, STILL_APPLIED, whatStands } from '../failure.ts';
import type { Answer } from './call-run.ts';
import type { Execution } from './execution.ts';

/** The outcome of a script, from the answer to its last call. */
export function outcomeOf(execution: Execution, answer: Answer): ScriptOutcome {
  const { attempt = 0, ms: executionTimeMs = 0, released = false } = answer;
  switch (answer.status) {
    case 'applied':
    case 'reverted':
      return { status: 'done', attempt, executionTimeMs, released };
    case 'already':
    case 'busy':
    case 'fenced':
    case 'stopped':
      return { status: answer.status };
    case 'failed':
      return { status: 'failed', attempt, executionTimeMs, failure: explain(execution, answer) };
    default:
      throw new Error(`schema_migrations_run answered ${answer.status}`);
  }
}

/** A failure with what is true of the script, and what to do. */
function explain({ direction, script }: Execution, answer: Answer): Failure {
  const target = direction === 'up' ? 'applied' : 'reverted';
  const total = script.facts.stepwise ? Number.POSITIVE_INFINITY : script.facts.lines.length;
  const { remedy: advice, ...plain } = toFailure(answer, total, direction);
  const { code = null, message = '', detail = null, left, remedy } = answer;
  if (!script.facts.stepwise) {
    const stands = target === 'applied' ? ROLLED_BACK : STILL_APPLIED;
    return advice === undefined ? plain : { ...plain, remedy: `${stands}. ${advice}` };
  }
  if (remedy !== undefined) return { ...plain, remedy };
  const statement = answer.step!;
  const done = whatStands(target, statement);
  const stands = left === undefined ? done : statement > 1 ? `${done}. ${left}` : left;
  if (advice && advise(code, { message: message ?? '', detail })?.cause !== 'file')
    return { ...plain, remedy: `${stands}. ${advice}` };
  return { ...plain, remedy: `${stands}: ${fixFrom(target, statement)}` };
}

/** A failure as an answer tells it. `statements`: how many the script has, where a number above says that it failed at its end. */
export function toFailure(
  answer: Answer,
  statements = Number.POSITIVE_INFINITY,
  direction: 'up' | 'down' = 'up',
): Failure {
  const { code = null, message, detail = null, hint = null, step = null, waits } = answer;
  const atEnd = step !== null && step > statements;
  const advice = advise(code, { waits: waits ?? null, message: message ?? '', detail, direction });
  return {
    code,
    message: message ?? '',
    detail,
    hint,
    statement: atEnd ? null : step,
    ...(atEnd ? { atEnd } : {}),
    ...(waits ? { waitedFor: waits } : {}),
    ...(advice && { remedy: advice.remedy }),
  };
}
