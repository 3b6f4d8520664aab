import { type Database, DatabaseError } from '../../core/database.ts';
import type { Script } from '../../core/manifest.ts';
import { type Applied, type ApplyRequest, type Reverted, type RevertRequest, TrackingMissing } from '../engine.ts';
import { ROLLED_BACK, STILL_APPLIED } from '../failure.ts';
import { type Answer, about, type Call, failure, meta, type Trying, tag, tried } from './call.ts';

/** A value of an enum was used in the transaction that added it. */
const NEW_ENUM_VALUE = '55P04';

/** One call, one transaction: the function executes every statement and writes the row that proves it. */
export async function applyAtomic(database: Database, call: Call, request: ApplyRequest): Promise<Applied> {
  const { migration, body, releases, failure: known } = request;
  const value = {
    ...meta(request),
    target: 'applied',
    ...(releases && { last: true }),
    ...(known && { failure: known }),
  };
  const answer = await execute(
    database,
    call,
    { ...request, names: migration.names },
    migration.name,
    value,
    body.up.content,
    body.down?.content ?? null,
  );
  const { attempt = 0, ms: executionTimeMs = 0, released = false } = answer;
  return answer.status === 'applied'
    ? { status: 'applied', attempt, executionTimeMs, released }
    : adviseAfter(ROLLED_BACK, toOutcome(answer, migration.statements));
}

/** The same with the down section. */
export async function revertAtomic(database: Database, call: Call, request: RevertRequest): Promise<Reverted> {
  const { run, name, version, checksum, statementsChecksum, down } = request;
  const value = {
    ...about(run),
    name,
    version,
    checksum,
    statements_checksum: statementsChecksum,
    facts: down.facts,
    target: 'reverted',
  };
  const answer = await execute(database, call, { ...request, names: [] }, name, value, down.content, null);
  const { attempt = 0, ms: executionTimeMs = 0 } = answer;
  return answer.status === 'reverted'
    ? { status: 'reverted', attempt, executionTimeMs }
    : adviseAfter(STILL_APPLIED, toOutcome(answer, down.facts.lines.length, 'down'));
}

/** Says what is true of a migration that failed, before what to do about it. */
function adviseAfter(
  stands: string,
  outcome: Exclude<Applied, { status: 'applied' }>,
): Exclude<Applied, { status: 'applied' }> {
  if (outcome.status !== 'failed' || outcome.failure.remedy === undefined) return outcome;
  const remedy = `${stands}. ${outcome.failure.remedy}`;
  return { ...outcome, failure: { ...outcome.failure, remedy } };
}

async function execute(
  database: Database,
  call: Call,
  request: Pick<ApplyRequest, 'run' | 'stop'> & Trying,
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

function toOutcome(
  answer: Answer,
  statements: number,
  direction: 'up' | 'down' = 'up',
): Exclude<Applied, { status: 'applied' }> {
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
