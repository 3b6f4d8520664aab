import { DatabaseError } from '../../core/database.ts';
import { TrackingMissing } from '../engine.ts';
import { type Answer, type CallOptions, callRun } from './call-run.ts';
import { type Execution, inFrontOf, type Range } from './execution.ts';
import { isLocked, LOCKED, nextTry } from './lock-retry.ts';
import { executeNontransactional } from './nontransactional.ts';

/** A value of an enum was used in the transaction that added it. */
const NEW_ENUM_VALUE = '55P04';

/** Cannot run inside a function or a transaction; only the server knew. */
const NOT_IN_TRANSACTION = ['25001', '2D000'];

/** Executes a range of statements in one transaction, with their checkpoint; again where they met a lock. */
export async function runUnit(execution: Execution, unit: Range): Promise<Answer> {
  const isStepwise = execution.script.facts.stepwise === true;
  const special = isStepwise ? NOT_IN_TRANSACTION : [NEW_ENUM_VALUE];
  const settings = isStepwise ? settingsBefore(execution, unit.first) : [];
  let inBlock: Answer | null = null;
  for (let tried = 1; ; tried++) {
    const again = tried < execution.tries ? [...LOCKED, ...special] : special;
    let answer: Answer;
    try {
      const options: CallOptions = inBlock ? { bare: true } : { again };
      answer = await callRun(execution, unit, { executes: true, settings, ...options });
    } catch (error) {
      answer = toAnswer(error);
    }
    if (answer.status !== 'failed') return answer;
    if (!inBlock && !isStepwise && answer.code === NEW_ENUM_VALUE) {
      // PostgreSQL allows that use where the enum was made in the same transaction, but not in the subtransaction of the exception block.
      inBlock = answer;
      tried = 0;
      continue;
    }
    if (isStepwise && NOT_IN_TRANSACTION.includes(answer.code ?? '')) return byItself(execution, unit.first, answer);
    const end = isLocked(answer) ? await nextTry(execution, tried, answer) : answer;
    if (end) return end.status === 'failed' && end.attempt === undefined ? record(execution, unit, end, inBlock) : end;
  }
}

/**
 * The answer to a call of which the database refused all: the block does not see what is wrong with its end (the commit of a foreign table, for
 * one), and the row of the failure, the attempt, is still to be written.
 */
function toAnswer(error: unknown): Answer {
  if (!(error instanceof DatabaseError) || error instanceof TrackingMissing || error.outcome !== 'failed') throw error;
  const { sqlState: code = null, message, detail = null, hint = null } = error;
  return { status: 'failed', code, message, detail, hint };
}

/** Records a failure that the function could not record. */
async function record(execution: Execution, { first }: Range, answer: Answer, inBlock: Answer | null): Promise<Answer> {
  const { code = null, message = '', detail = null, hint = null, waits = null } = answer;
  // Without the block nothing counts the statements. The same failure is that of the same statement; and behind the last one there is none.
  const at = inBlock?.step ?? null;
  const isSame = code === inBlock?.code || at === execution.statements.length;
  const step = answer.step ?? (isSame ? at : null);
  const recorded = await callRun(execution, inFrontOf(first), { failure: { step, code, message, detail, hint } });
  return recorded.status === 'failed' ? { ...recorded, step: recorded.step ?? step, waits } : recorded;
}

/** Statements before this one that have set something for the session. */
function settingsBefore({ script, statements }: Execution, statement: number): string[] {
  return script.facts.session.filter(number => number < statement).map(number => statements[number - 1]!);
}

/** Sends a statement by itself, unless it would be another one there: in another schema, or with the rights of another role. */
function byItself(execution: Execution, statement: number, { code, message }: Answer): Promise<Answer> {
  const { settings = [] } = execution.script.facts;
  const reach = settings.find(one => one.statement < statement && statement < (one.until ?? statement + 1));
  if (!reach) return executeNontransactional(execution, { statement, truth: { kind: 'unknown' } });
  const { remedy: hint, ...failure } = outOfReach(reach.statement, { code, message });
  return callRun(execution, inFrontOf(statement), { failure: { step: statement, ...failure, detail: null, hint } });
}

function outOfReach(setter: number, { code, message }: Pick<Answer, 'code' | 'message'>) {
  return {
    code: 'set-out-of-reach',
    message: `it can only be executed by itself (${message}, SQLSTATE ${code}), where the setting of statement ${setter} does not reach it`,
    remedy: 'Put it into a migration of its own that sets nothing, with the names in it qualified',
  };
}
