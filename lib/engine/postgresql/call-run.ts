import { DatabaseError, type Row, type Statement } from '../../core/database.ts';
import { type Run, TrackingMissing } from '../engine.ts';
import { TAG } from './activity.ts';
import { withCleanSession } from './clean-session.ts';
import type { Execution, Range } from './execution.ts';
import { watchLocks } from './lock-watch.ts';

/** What `schema_migrations_run_1` answers. */
export interface Answer {
  readonly status: string;
  /** Absent: nothing was recorded. */
  readonly attempt?: number;
  readonly ms?: number;
  readonly step?: number | null;
  readonly code?: string | null;
  readonly message?: string | null;
  readonly detail?: string | null;
  readonly hint?: string | null;
  /** The lease was given back with it. */
  readonly released?: boolean;
  /** What it was seen to wait for, in words. */
  readonly waits?: string | null;
  /** What to do, where more can be said than to fix the file. */
  readonly remedy?: string;
  /** Its row has what is stored of the script. */
  readonly isComplete?: boolean;
  /** What a statement that failed has left, in words. */
  readonly left?: string;
}

/** What our functions are told of a run. The names of the members are those of the columns. */
export function about(run: Run): Record<string, unknown> {
  return {
    run_id: run.runId,
    hook: run.hook,
    request_id: run.requestId,
    requested_by: run.requestedBy,
    tool_version: run.toolVersion,
    lease: `${run.leaseMs} milliseconds`,
    lock_timeout: `${run.lockTimeoutMs}ms`,
  };
}

/** The leading comment by which the activity view shows what a statement belongs to. */
export function tag(run: Run, name: string, statement?: number): string {
  return `${TAG}run:${run.runId}${whoseCall(name, statement)}`;
}

/** The part of it that is the same in all runs. */
export function whoseCall(name: string, statement?: number): string {
  return ` name:${name}${statement === undefined ? '' : ` statement:${statement}`} */`;
}

/** What a call is to do besides recording where the attempt stands. */
export interface CallOptions {
  /** The statements of the range are executed. @default false */
  readonly executes?: boolean;
  /** Statements executed before, in the same transaction: what earlier ones have set. */
  readonly settings?: readonly string[];
  /** SQLSTATEs that are not recorded as a failure. */
  readonly again?: readonly string[];
  /** Outside of the block that catches failures: they are thrown. @default false */
  readonly bare?: boolean;
  /** Recorded as how the attempt failed. */
  readonly failure?: Pick<Answer, 'step' | 'code' | 'message' | 'detail' | 'hint'>;
}

const LIFT_TIMEOUT = ['SET LOCAL statement_timeout = 0'];

/**
 * Calls `schema_migrations_run_1` for a range of statements: executes them, or none, and records where the attempt stands. Looks at the call while it
 * waits for a lock.
 */
export async function callRun(execution: Execution, range: Range, options: CallOptions = {}): Promise<Answer> {
  const { database, role, run, stop, statements } = execution;
  // What is stored of the script is sent with its last call, and with a failure half-way.
  const isComplete = options.failure ? range.first > 1 : range.last === statements.length;
  const comment = commentOf(execution, range);
  const statement = statementFor(execution, range, options, { comment, isComplete });
  for (;;) {
    const watch = watchLocks(database, { run, tag: comment, cancels: false });
    let rows: Row[];
    try {
      rows = await withCleanSession(database, statement, role.hasTimeout ? { before: LIFT_TIMEOUT, stop } : { stop });
    } catch (error) {
      watch.end();
      throw isFunctionMissing(error) ? new TrackingMissing(error) : error;
    }
    const { waits } = watch.end();
    const answer = { ...(JSON.parse(rows[0]?.[0] ?? '{"status":"no answer"}') as Answer), isComplete };
    if (answer.status !== 'statement-timeout') return noted(execution, range, answer, waits);
    role.hasTimeout = true;
  }
}

/** Keeps what the row of the attempt says now. */
function noted(execution: Execution, { first, last }: Range, answer: Answer, waits: string | null): Answer {
  execution.attempt = answer.attempt ?? execution.attempt;
  if (answer.status === 'running' && first <= last) execution.inFlight = null;
  return answer.code === LOCK_NOT_AVAILABLE ? { ...answer, waits } : answer;
}

function commentOf({ run, name, script }: Execution, { first, last }: Range): string {
  return tag(run, name, script.facts.stepwise ? Math.max(first, last) : undefined);
}

function statementFor(
  execution: Execution,
  range: Range,
  options: CallOptions,
  { comment, isComplete }: { comment: string; isComplete: boolean },
): Statement {
  const { named, script, downScript, statements } = execution;
  const { first, last } = range;
  const meta = {
    ...metaOf(execution, range, options),
    ...(isComplete && { facts: { ...script.facts, ...execution.identity }, down_facts: downScript?.facts ?? null }),
    ...(options.executes && rangeOf(execution, range, isComplete)),
  };
  const content = isComplete ? script.content : options.executes ? statements.slice(first - 1, last).join('') : null;
  return {
    sql: `${comment} SELECT ${named('public.schema_migrations_run_1')}(:meta, :content, :down)`,
    parameters: { meta: JSON.stringify(meta), content, down: isComplete ? (downScript?.content ?? null) : null },
    effect: 'write',
  };
}

function metaOf(execution: Execution, { first, last }: Range, options: CallOptions): Record<string, unknown> {
  const { run, seenAttempt = 0, direction, name, version, checksum, statementsChecksum, script, chain } = execution;
  const { settings = [], again = [], bare, failure } = options;
  return {
    ...about(run),
    name,
    version,
    checksum,
    statements_checksum: statementsChecksum,
    direction,
    seen_attempt: seenAttempt,
    attempt: execution.attempt,
    statements: execution.statements.length,
    done: first - 1,
    to: last,
    ...(chain && { stepwise: true, done_checksum: chain[first - 1], to_checksum: chain[last] }),
    in_flight: execution.inFlight && JSON.stringify(execution.inFlight),
    lines: script.facts.lines.slice(first - 1, Math.max(options.executes ? last : 0, failure?.step ?? 0)),
    settings,
    again,
    ...(bare && { bare }),
    ...(failure && { failure }),
    ...(execution.releases && { releases: true }),
  };
}

/** How the statements of a range are cut out of the content. Of a whole script the facts say so. */
function rangeOf({ script, statements }: Execution, { first, last }: Range, isComplete: boolean): object {
  const { pieces, rows } = script.facts;
  if (isComplete && first === 1) return { executes: true };
  const mine = { executes: true, rows: rows.filter(number => number >= first && number <= last) };
  if (!isComplete) return { ...mine, pieces: statements.slice(first - 1, last).map(sql => Buffer.byteLength(sql)) };
  let number = 0;
  const runs = (piece: number) => piece > 0 && ++number >= first;
  return { ...mine, pieces: pieces.map(piece => (runs(piece) ? piece : -Math.abs(piece))) };
}

/** `function public.schema_migrations_run_1(…) does not exist`: of ours, not one that a migration calls. */
function isFunctionMissing(error: unknown): error is DatabaseError {
  return error instanceof DatabaseError && error.sqlState === '42883' && /_run_1\b/.test(error.message);
}

export const LOCK_NOT_AVAILABLE = '55P03';
export const QUERY_CANCELED = '57014';
