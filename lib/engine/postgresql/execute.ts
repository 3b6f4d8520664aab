import { chainedChecksums } from '../../core/checksum.ts';
import type { Database } from '../../core/database.ts';
import type { Script } from '../../core/manifest.ts';
import { statementsOf } from '../../core/script.ts';
import { isUnfinished } from '../../core/state.ts';
import type { Failure, ScriptOutcome, ScriptRun } from '../engine.ts';
import { editedHalfUndone, INTERRUPTED } from '../failure.ts';
import { unfinished } from './attempts.ts';
import { type Answer, callRun } from './call-run.ts';
import { withCleanSession } from './clean-session.ts';
import { type Execution, type ExecutorContext, type InFlight, inFrontOf, type Unit } from './execution.ts';
import { outcomeOf } from './failure.ts';
import { executeNontransactional } from './nontransactional.ts';
import { runUnit } from './run-unit.ts';

/** Executes the units of a script in their order, each with its checkpoint. See `Executor.execute`. */
export async function execute(
  context: ExecutorContext,
  database: Database,
  request: ScriptRun,
): Promise<ScriptOutcome> {
  const from = await resumeDown(context, database, request);
  if (typeof from === 'object') return { status: 'failed', attempt: 0, executionTimeMs: 0, failure: from };
  const execution = begin(context, database, request);
  const { script, stop, onStatement } = request;
  for (const unit of unitsOf(script, from)) {
    // Each run comes farther by one unit at least.
    if (unit.first > from && stop()) return stopped(execution, unit.first);
    if (script.facts.stepwise && unit.first <= unit.last) onStatement(unit.first);
    const answer =
      unit.kind === 'transaction'
        ? await runUnit(execution, unit)
        : await executeNontransactional(execution, unit.statement);
    if (answer.status === 'stopped' && script.facts.stepwise) return stopped(execution, unit.first);
    if (answer.status === 'failed' && !answer.isComplete) await completeFailure(execution, answer, unit.first);
    if (answer.status !== 'running') return outcomeOf(execution, answer);
  }
  throw new Error(`the last unit of ${request.name} was not its end`);
}

/** See `Executor.recordFailure`. */
export async function recordFailure(
  context: ExecutorContext,
  database: Database,
  request: ScriptRun,
  failure: Failure,
): Promise<ScriptOutcome> {
  const { code, message, detail, hint, statement } = failure;
  const execution = begin(context, database, request);
  const recorded = { step: statement, code, message, detail, hint };
  const outcome = outcomeOf(execution, await callRun(execution, inFrontOf(request.from), { failure: recorded }));
  return outcome.status === 'failed' ? { ...outcome, failure } : outcome;
}

/** The statement where a script goes on: a down script that did not come to its end goes on behind what is done, unless that was edited. */
async function resumeDown(
  { named }: ExecutorContext,
  database: Database,
  { direction, name, script, from, before }: ScriptRun,
): Promise<number | Failure> {
  const done = before?.statementsApplied ?? 0;
  if (direction === 'up' || before?.direction !== 'down' || !isUnfinished({ latest: before }) || done === 0)
    return from;
  if (chainedChecksums(script.facts.sums)[done] === before.appliedChecksum) return done + 1;
  const [row] = await unfinished(database, named, [name]);
  const edited = row?.sums?.slice(0, done).findIndex((one, at) => one !== script.facts.sums[at]) ?? -1;
  return editedHalfUndone(name, done, edited < 0 ? null : edited + 1);
}

function begin(context: ExecutorContext, database: Database, request: ScriptRun): Execution {
  const { script, direction, before: latest } = request;
  // What an attempt to apply has in flight is a statement of another script than that of its down section.
  const isSameScript = latest?.direction === direction;
  return {
    ...context,
    ...request,
    database,
    statements: statementsOf(script).map(({ sql }) => sql),
    chain: script.facts.stepwise ? chainedChecksums(script.facts.sums) : null,
    attempt: null,
    inFlight: isSameScript && latest.inFlight ? (JSON.parse(latest.inFlight) as InFlight) : null,
  };
}

/** A script in one transaction is one unit; of a stepwise one every statement is. Of one that is done already only the end is recorded. */
export function unitsOf({ facts }: Script, from: number): Unit[] {
  const total = facts.lines.length;
  if (!facts.stepwise || from > total) return [{ kind: 'transaction', first: from, last: total }];
  return Array.from({ length: total - from + 1 }, (_, nth): Unit => {
    const number = from + nth;
    const range = { first: number, last: number };
    const statement = facts.alone.find(one => one.statement === number);
    return statement ? { kind: 'nontransactional', ...range, statement } : { kind: 'transaction', ...range };
  });
}

async function stopped(execution: Execution, statement: number): Promise<ScriptOutcome> {
  const { code, message } = INTERRUPTED;
  const failure = { step: statement, code, message, detail: null, hint: null };
  await callRun(execution, inFrontOf(statement), { failure });
  return { status: 'stopped' };
}

/**
 * A statement of a script that failed half-way has recorded that itself, without the content, which only the last call of a script has with it: it
 * is added to the row. Where that is lost, an edited statement cannot be named.
 */
async function completeFailure(
  { database, named, name, direction, script, identity, downScript }: Execution,
  { attempt }: Answer,
  statement: number,
): Promise<void> {
  if (attempt === undefined || !script.facts.stepwise || statement === 1) return;
  const facts = JSON.stringify({ ...script.facts, ...identity });
  const isUp = direction === 'up';
  const parameters = {
    ...{ name, attempt: String(attempt), sums: JSON.stringify(script.facts.sums) },
    ...{ content: isUp ? script.content : null, facts: isUp ? facts : null },
    down: isUp ? (downScript?.content ?? null) : script.content,
    down_facts: isUp ? downScript && JSON.stringify(downScript.facts) : facts,
  };
  const sql = named(`UPDATE public.schema_migrations h SET statement_checksums = :sums,
    content = :content, content_facts = :facts, revert_content = :down, revert_facts = :down_facts
    WHERE h.name = :name AND h.attempt = CAST(:attempt AS integer) AND h.status = 'failed' AND h.statement_checksums IS NULL`);
  await withCleanSession(database, { sql, parameters, effect: 'write' }).catch(() => undefined);
}
