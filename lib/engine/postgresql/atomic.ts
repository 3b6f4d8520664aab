import { type Database, DatabaseError } from '../../core/database.ts';
import type { Applied, ApplyRequest } from '../engine.ts';
import { type Answer, type Call, failure, meta, tag, tried } from './call.ts';

/** A value of an enum was used in the transaction that added it. */
const NEW_ENUM_VALUE = '55P04';

/** One call, one transaction: the function executes every statement and writes the row that proves it. */
export async function applyAtomic(database: Database, call: Call, request: ApplyRequest): Promise<Applied> {
  const { run, migration, body } = request;
  const up = body.up.content;
  const down = body.down?.content ?? null;
  const facts = { ...meta(run, migration, body), target: 'applied' };
  const send = (more: object) => call(database, 'apply_1', tag(run, migration.name), { ...facts, ...more }, up, down);

  const answer = await tried(request, again => send({ again: [...again, NEW_ENUM_VALUE] }));
  if (answer.status !== 'failed' || answer.code !== NEW_ENUM_VALUE) return toApplied(answer, migration.statements);
  // PostgreSQL allows that use where the enum was made in the same transaction, but not in the subtransaction of the exception block.
  try {
    return toApplied(await send({ bare: true, again: [] }), migration.statements);
  } catch (error) {
    if (!(error instanceof DatabaseError) || error.outcome !== 'failed') throw error;
    const { sqlState: code, message, detail = null, hint = null } = error;
    return toApplied(await send({ failure: { code, message, detail, hint }, again: [] }), migration.statements);
  }
}

function toApplied(answer: Answer, statements: number): Applied {
  const { attempt = 0, ms = 0 } = answer;
  switch (answer.status) {
    case 'applied':
      return { status: 'applied', attempt, executionTimeMs: ms };
    case 'failed':
      return { status: 'failed', attempt, executionTimeMs: ms, failure: failure(answer, statements) };
    case 'already':
    case 'busy':
    case 'fenced':
      return { status: answer.status };
    default:
      throw new Error(`schema_migrations_apply answered ${answer.status}`);
  }
}
