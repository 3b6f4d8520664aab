import type { Database } from '../../core/database.ts';
import type { Unfinished } from '../../core/history.ts';
import type { Script } from '../../core/manifest.ts';
import { statementsOf } from '../../core/script.ts';
import { advise } from '../advice/postgresql.ts';
import type { Failure, ScriptOutcome, ScriptRun } from '../engine.ts';
import { editedHalfUndone, fixFrom, INTERRUPTED, type Target, whatStands } from '../failure.ts';
import { type Answer, type Call, failure, meta, type Trying, tag, tried } from './call-run.ts';
import { type Picture, sendAlone } from './nontransactional.ts';

/** Cannot run inside a function or a transaction; only the server knew. */
const NOT_IN_TRANSACTION = ['25001', '2D000'];

/** What goes statement by statement: the up section of a migration, or the down section. */
interface Task extends Pick<ScriptRun, 'run' | 'waiting' | 'onStatement' | 'from'>, Trying {
  readonly name: string;
  readonly target: Target;
  readonly about: Record<string, unknown>;
  readonly script: Script;
  readonly revert: string | null;
  readonly failure: Failure | undefined;
}

/** An undoing that stopped on its way goes on at the first statement that is not done. */
export function executeStepwise(
  database: Database,
  call: Call,
  undone: Unfinished | undefined,
  request: ScriptRun,
  known?: Failure,
): Promise<ScriptOutcome> | ScriptOutcome {
  const { direction, name, script, downScript } = request;
  const done = undone?.statementsApplied ?? 0;
  const edited = undone?.sums?.slice(0, done).findIndex((one, at) => one !== script.facts.sums[at]) ?? -1;
  if (edited >= 0)
    return { status: 'failed', attempt: 0, executionTimeMs: 0, failure: editedHalfUndone(name, done, edited + 1) };
  return stepwise(database, call, {
    ...request,
    failure: known,
    target: direction === 'up' ? 'applied' : 'reverted',
    about: meta(request),
    revert: downScript?.content ?? null,
    from: direction === 'up' ? request.from : done + 1,
  });
}

/** Statement by statement: those that can run in a transaction together with their checkpoint, the others between two. */
async function stepwise(database: Database, call: Call, request: Task): Promise<ScriptOutcome> {
  const { run, name, script, about, target, from, stop } = request;
  const { facts } = script;
  const statements = statementsOf(script).map(({ sql }) => sql);
  const step = (op: string, statement: number, more: object = {}, content: string | null = null) => {
    const place = { attempt, statement, statements: statements.length, line: facts.lines[statement - 1] };
    const meta = { ...about, op, target, ...place, again: [], ...more };
    const revert = op === 'begin' ? request.revert : null;
    return call(database, { run, function: 'step_1', tag: tag(run, name, statement), meta, content, revert, stop });
  };

  let attempt = 0;
  const begun = await step('begin', from - 1, {}, script.content);
  if (begun.status !== 'begun') return refused(begun);
  attempt = begun.attempt!;
  const picture = begun.context ? (JSON.parse(begun.context) as Picture) : null;
  const context = { ...request, database, statements, picture, step };

  const started = Date.now();
  const spent = () => Date.now() - started;
  if (request.failure) {
    await step('fail', from, { ...request.failure });
    return { status: 'failed', attempt, executionTimeMs: 0, failure: request.failure };
  }
  for (let statement = from; statement <= statements.length; statement++) {
    // Each run comes farther by one statement at least.
    if (statement > from && stop()) return stopped(statement);
    request.onStatement(statement);
    const alone = facts.alone.find(one => one.statement === statement);
    const answer = alone ? await sendAlone(context, alone) : await sendInTransaction(statement);
    if (answer.status === 'stopped') return stopped(statement);
    if (answer.status === 'failed')
      return { status: 'failed', attempt, executionTimeMs: spent(), failure: explain(target, answer) };
    if (answer.status !== 'done' && answer.status !== target) return refused(answer);
  }
  return { status: 'done', attempt, executionTimeMs: spent() };

  async function stopped(statement: number): Promise<ScriptOutcome> {
    await step('fail', statement, INTERRUPTED);
    return { status: 'stopped' };
  }

  async function sendInTransaction(statement: number): Promise<Answer> {
    const prelude = facts.session.filter(number => number < statement).map(number => statements[number - 1]!);
    const rows = facts.rows.includes(statement);
    const answer = await tried(database, request, again =>
      step('run', statement, { prelude, rows, again: [...again, ...NOT_IN_TRANSACTION] }, statements[statement - 1]!),
    );
    if (answer.status !== 'failed' || !NOT_IN_TRANSACTION.includes(answer.code ?? '')) return answer;
    // It would be another statement there: in another schema, or with the rights of another role.
    const reaches = facts.settings?.find(one => one.statement < statement && statement < (one.until ?? statement + 1));
    if (reaches) {
      const { remedy: hint, ...failed } = outOfReach(reaches.statement, answer);
      return step('fail', statement, { ...failed, detail: null, hint });
    }
    return sendAlone(context, { statement, truth: { kind: 'unknown' } });
  }
}

function outOfReach(setter: number, { code, message }: Answer) {
  return {
    code: 'set-out-of-reach',
    message: `it can only be executed by itself (${message}, SQLSTATE ${code}), where the setting of statement ${setter} does not reach it`,
    remedy: 'Put it into a migration of its own that sets nothing, with the names in it qualified',
  };
}

function explain(target: Target, answer: Answer): Failure {
  const { remedy: advice, ...plain } = failure(answer);
  const statement = answer.step!;
  const { left, remedy } = answer;
  if (remedy !== undefined) return { ...plain, remedy };
  const done = whatStands(target, statement);
  const stands = left === undefined ? done : statement > 1 ? `${done}. ${left}` : left;
  const { code = null, message = '', detail = null } = answer;
  if (advice && advise(code, { message: message ?? '', detail })?.cause !== 'file')
    return { ...plain, remedy: `${stands}. ${advice}` };
  return { ...plain, remedy: `${stands}: ${fixFrom(target, statement)}` };
}

function refused(answer: Answer): ScriptOutcome {
  switch (answer.status) {
    case 'already':
    case 'busy':
    case 'fenced':
      return { status: answer.status };
    // Another run has moved the checkpoint: as good as having lost the lease.
    case 'moved':
      return { status: 'fenced' };
    default:
      throw new Error(`schema_migrations_step answered ${answer.status}`);
  }
}
