import { type Database, DatabaseError, type Row } from '../../core/database.ts';
import { advise } from '../advice/postgresql.ts';
import { type Failure, type Run, type ScriptRun, TrackingMissing } from '../engine.ts';
import { TAG } from './at-work.ts';
import { withCleanSession } from './clean-session.ts';
import { lockHolders } from './lock-holders.ts';
import { watching } from './lock-watch.ts';

/** What our functions answer, as JSON. */
export interface Answer {
  readonly status: string;
  readonly attempt?: number;
  readonly ms?: number;
  readonly step?: number | null;
  readonly code?: string | null;
  readonly message?: string | null;
  readonly detail?: string | null;
  readonly hint?: string | null;
  readonly context?: string | null;
  /** The lease was given back with it. */
  readonly released?: boolean;
  /** What it was seen to wait for, in words. */
  readonly waits?: string | null;
  /** What to do, where more can be said than to fix the file. */
  readonly remedy?: string;
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

/** What our functions are told of a run and a script. */
export function meta({
  run,
  seenAttempt = 0,
  name,
  version,
  checksum,
  statementsChecksum,
  script,
  identity,
  downScript,
}: ScriptRun) {
  return {
    ...about(run),
    name,
    seen_attempt: seenAttempt,
    version,
    checksum,
    statements_checksum: statementsChecksum,
    facts: { ...script.facts, ...identity },
    revert_facts: downScript?.facts ?? null,
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

/** What one of our functions is called with. */
export interface Asked extends Pick<ScriptRun, 'run' | 'stop'> {
  readonly function: 'apply_1' | 'step_1';
  /** The comment before it. */
  readonly tag: string;
  readonly meta: Record<string, unknown>;
  readonly content: string | null;
  readonly revert: string | null;
}

/** A caller of our functions. It remembers that the role has a `statement_timeout`, which only a transaction around the call can lift. */
export function caller(named: (sql: string) => string) {
  let bounded = false;
  return async function call(database: Database, asked: Asked): Promise<Answer> {
    const { run, tag, meta, content, revert, stop } = asked;
    const statement = {
      sql: `${tag} SELECT ${named(`public.schema_migrations_${asked.function}`)}(:meta, :content, :revert)`,
      parameters: { meta: JSON.stringify(meta), content, revert },
      effect: 'write' as const,
    };
    const before = ['SET LOCAL statement_timeout = 0'];
    const send = async (): Promise<Answer> => {
      const work = () => withCleanSession(database, statement, bounded ? { before, stop } : { stop });
      const { end, seen } = await watching(database, { run, tag, cancels: false }, work);
      if (end.status === 'rejected') return noFunction(end.reason);
      const answer = parse(end.value);
      return answer.code === LOCK_NOT_AVAILABLE ? { ...answer, waits: seen.waits } : answer;
    };
    const answer = await send();
    if (answer.status !== 'statement-timeout') return answer;
    bounded = true;
    return send();
  };
}

export type Call = ReturnType<typeof caller>;

/** `function public.schema_migrations_apply_1(…) does not exist`: of ours, not one that a migration calls. */
function noFunction(error: unknown): never {
  const isOurs =
    error instanceof DatabaseError && error.sqlState === '42883' && /_(apply|step)_1\b/.test(error.message);
  throw isOurs ? new TrackingMissing(error) : error;
}

function parse(rows: readonly Row[]): Answer {
  return JSON.parse(rows[0]?.[0] ?? '{"status":"no answer"}') as Answer;
}

export const LOCK_NOT_AVAILABLE = '55P03';
export const QUERY_CANCELED = '57014';

/** Locks and deadlocks: nothing happened, and it may well go better the next time. */
export const AGAIN = [LOCK_NOT_AVAILABLE, '40P01', '40001'];

/** What is needed to try again. */
export interface Trying extends Pick<ScriptRun, 'tries' | 'pause' | 'stop'> {
  /** What is changed: to find out who holds a lock on it, where that was not seen. */
  readonly names: readonly string[];
}

/**
 * Calls until the answer is not one that another try may cure, or no other one is to be begun (`stopped`). `call` is given the codes that it
 * shall not record as a failure.
 */
export async function tried(
  database: Database,
  { names, tries, pause, stop }: Trying,
  call: (again: readonly string[]) => Promise<Answer>,
): Promise<Answer> {
  for (let nth = 1; ; nth++) {
    const answer = await call(nth < tries ? AGAIN : []);
    if (answer.status !== 'failed' || !AGAIN.includes(answer.code ?? '')) return answer;
    if (nth >= tries) return { ...answer, waits: await waitedFor(database, names, answer) };
    await pause(nth, failure(answer));
    if (stop()) return { status: 'stopped' };
  }
}

/** What a statement waited for in vain that fails with that: the last chance to see it. */
export async function waitedFor(
  database: Database,
  names: readonly string[],
  { code, waits = null }: Pick<Answer, 'code' | 'waits'>,
): Promise<string | null> {
  if (code !== LOCK_NOT_AVAILABLE || waits !== null) return waits;
  return lockHolders(database, names).catch(() => null);
}

export function failure(
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
