import { type Database, DatabaseError } from '../../core/database.ts';
import type { Script } from '../../core/manifest.ts';
import { type Failure, type ScriptOutcome, type ScriptRun, TrackingMissing } from '../engine.ts';
import { ROLLED_BACK, STILL_APPLIED } from '../failure.ts';
import { type Answer, type Call, failure, meta, type Trying, tag, tried } from './call-run.ts';

/** A value of an enum was used in the transaction that added it. */
const NEW_ENUM_VALUE = '55P04';

/** One call, one transaction: the function executes every statement and writes the row that proves it. */
export async function executeAtomic(
  database: Database,
  call: Call,
  request: ScriptRun,
  known?: Failure,
): Promise<ScriptOutcome> {
  const { direction, releases, script, downScript, name } = request;
  const target = direction === 'up' ? 'applied' : 'reverted';
  const value = { ...meta(request), target, ...(releases && { last: true }), ...(known && { failure: known }) };
  const content = downScript?.content ?? null;
  const answer = await execute(database, call, request, name, value, script.content, content);
  const { attempt = 0, ms: executionTimeMs = 0, released = false } = answer;
  return answer.status === target
    ? { status: 'done', attempt, executionTimeMs, released }
    : adviseAfter(
        direction === 'up' ? ROLLED_BACK : STILL_APPLIED,
        toOutcome(answer, script.facts.lines.length, direction),
      );
}

/** Says what is true of a migration that failed, before what to do about it. */
function adviseAfter(stands: string, outcome: ScriptOutcome): ScriptOutcome {
  if (outcome.status !== 'failed' || outcome.failure.remedy === undefined) return outcome;
  const remedy = `${stands}. ${outcome.failure.remedy}`;
  return { ...outcome, failure: { ...outcome.failure, remedy } };
}

async function execute(
  database: Database,
  call: Call,
  request: Pick<ScriptRun, 'run' | 'stop'> & Trying,
  name: string,
  value: { readonly facts: Pick<Script['facts'], 'lines'> },
  content: string,
  revert: string | null,
): Promise<Answer> {
  const { run, stop } = request;
  const send = (more: object, text: string | null = content) =>
    call(database, {
      run,
      function: 'apply_1',
      tag: tag(run, name),
      meta: { ...value, ...more },
      content: text,
      revert,
      stop,
    });
  let answer = await tried(database, request, again => heard(send({ again: [...again, NEW_ENUM_VALUE] })));
  // PostgreSQL allows that use where the enum was made in the same transaction, but not in the subtransaction of the exception block.
  const inBlock = answer;
  if (answer.status === 'failed' && answer.code === NEW_ENUM_VALUE)
    answer = await tried(database, request, () => heard(send({ bare: true, again: [] })));
  if (answer.status !== 'failed' || answer.attempt !== undefined) return answer;
  const { code = null, message, detail = null, hint = null, waits = null } = answer;
  // Without the block nothing counts the statements. The same failure is that of the same statement; and behind the last one there is none.
  const { step: at = null } = inBlock;
  const step = code === inBlock.code || at === value.facts.lines.length ? at : null;
  const recorded = await send({ failure: { code, message, detail, hint, step }, again: [] }, null);
  return recorded.status === 'failed' ? { ...recorded, step: recorded.step ?? step, waits } : recorded;
}

/**
 * The answer to a call, also where the database refused all of it: the block does not see what is wrong with its end (the commit of a foreign
 * table, for one), and the row of the failure, the attempt, is still to be written.
 */
async function heard(call: Promise<Answer>): Promise<Answer> {
  try {
    return await call;
  } catch (error) {
    if (!(error instanceof DatabaseError) || error instanceof TrackingMissing || error.outcome !== 'failed')
      throw error;
    const { sqlState: code = null, message, detail = null, hint = null } = error;
    return { status: 'failed', code, message, detail, hint };
  }
}

function toOutcome(answer: Answer, statements: number, direction: 'up' | 'down' = 'up'): ScriptOutcome {
  const { attempt = 0, ms: executionTimeMs = 0 } = answer;
  switch (answer.status) {
    case 'failed':
      return { status: 'failed', attempt, executionTimeMs, failure: failure(answer, statements, direction) };
    case 'already':
    case 'busy':
    case 'fenced':
    case 'stopped':
      return { status: answer.status };
    default:
      throw new Error(`schema_migrations_apply answered ${answer.status}`);
  }
}
