import { type Database, DatabaseError } from '../../core/database.ts';
import type { Unfinished } from '../../core/history.ts';
import type { Alone, Script } from '../../core/manifest.ts';
import type { Applied, ApplyRequest, Failure, Reverted, RevertRequest } from '../engine.ts';
import { type Answer, type Call, about as described, failure, meta, tag, tried } from './call.ts';
import { clearing, look } from './truth.ts';

/** What a `before` checkpoint leaves in the row: this statement may have been sent. */
interface Picture {
  readonly alone: number;
  /** By whom, and how often for the same run or request. */
  readonly run: string;
  readonly request: string | null;
  readonly times: number;
}

/** How often an index that is not built to its end is begun, where the call that tells why is lost each time. */
const BUILDS = 2;

/** Cannot run inside a function or a transaction; only the server knew. */
const NOT_IN_TRANSACTION = ['25001', '2D000'];

/** What goes statement by statement: the up section of a migration, or the down section. */
interface Task extends Pick<ApplyRequest, 'run' | 'tries' | 'pause' | 'onStatement' | 'from'> {
  readonly name: string;
  readonly target: 'applied' | 'reverted';
  readonly about: Record<string, unknown>;
  readonly script: Script;
  readonly revert: string | null;
}

export function applyStepwise(database: Database, call: Call, request: ApplyRequest): Promise<Applied> {
  const { run, migration, body } = request;
  const about = meta(run, migration, body);
  const revert = body.down?.content ?? null;
  return stepwise(database, call, {
    ...request,
    name: migration.name,
    target: 'applied',
    about,
    script: body.up,
    revert,
  });
}

/** The same with the down section. One that stopped on its way goes on at the first statement that is not done. */
export async function revertStepwise(
  database: Database,
  call: Call,
  undone: Unfinished | undefined,
  request: RevertRequest,
): Promise<Reverted> {
  const { run, name, version, checksum, statementsChecksum: sum, down } = request;
  const done = undone?.statementsApplied ?? 0;
  const edited = undone?.sums.slice(0, done).findIndex((one, at) => one !== down.facts.sums[at]) ?? -1;
  if (edited >= 0)
    return { status: 'failed', attempt: 0, executionTimeMs: 0, failure: editedSince(name, done, edited + 1) };
  const about = { ...described(run), name, version, checksum, statements_checksum: sum, facts: down.facts };
  const task = { ...request, target: 'reverted', about, script: down, revert: null, from: done + 1 } as const;
  const { status, ...outcome } = await stepwise(database, call, { ...task, onStatement: () => undefined });
  return (status === 'applied' ? { status: 'reverted', ...outcome } : { status, ...outcome }) as Reverted;
}

/** Statement by statement: those that can run in a transaction together with their checkpoint, the others between two. */
async function stepwise(database: Database, call: Call, request: Task): Promise<Applied> {
  const { run, name, script, about, target, from } = request;
  const statements = cut(script);
  const { facts } = script;
  const step = (
    op: string,
    statement: number,
    more: object = {},
    content: string | null = null,
    revert: string | null = null,
  ) =>
    call(
      database,
      'step_1',
      tag(run, name, statement),
      {
        ...about,
        op,
        target,
        attempt,
        statement,
        statements: statements.length,
        line: facts.lines[statement - 1],
        again: [],
        ...more,
      },
      content,
      revert,
    );

  let attempt = 0;
  const begun = await step('begin', from - 1, {}, script.content, request.revert);
  if (begun.status !== 'begun') return refused(begun);
  attempt = begun.attempt!;
  const picture = begun.context ? (JSON.parse(begun.context) as Picture) : null;

  const started = Date.now();
  const spent = () => Date.now() - started;
  for (let statement = from; statement <= statements.length; statement++) {
    request.onStatement(statement);
    const alone = facts.alone.find(one => one.statement === statement);
    let answer: Answer;
    if (!alone) {
      const prelude = facts.session.filter(number => number < statement).map(number => statements[number - 1]!);
      const rows = facts.rows.includes(statement);
      const sql = statements[statement - 1]!;
      answer = await tried(request, again =>
        step('run', statement, { prelude, rows, again: [...again, ...NOT_IN_TRANSACTION] }, sql),
      );
      if (answer.status === 'failed' && NOT_IN_TRANSACTION.includes(answer.code ?? '')) {
        answer = await sendAlone({ statement, truth: { kind: 'unknown' } });
      }
    } else {
      answer = await sendAlone(alone);
    }
    if (answer.status === 'failed')
      return { status: 'failed', attempt, executionTimeMs: spent(), failure: explained(answer) };
    if (answer.status !== 'done' && answer.status !== target) return refused(answer);
  }
  return { status: 'applied', attempt, executionTimeMs: spent() };

  /** Checkpoint, statement, look, checkpoint. What an earlier run may have sent is looked for first. */
  async function sendAlone({ statement, truth }: Alone): Promise<Answer> {
    const fail = (error: Failure) => step('fail', statement, { ...error });
    const send = (sql: string) => database.execute({ sql: `${tag(run, name, statement)} ${sql}`, effect: 'write' });
    const found = await look(database, truth);
    const mayHaveBeenSent = picture?.alone === statement;
    if (found === 'building') return { status: 'busy' };
    const sameRun = picture && (picture.run === run.previous || (run.requestId && picture.request === run.requestId));
    const times = mayHaveBeenSent && sameRun ? picture.times : 0;
    if (found === 'half' && truth.kind === 'index-built' && times >= BUILDS) return fail(notBuilt(statement, times));
    if (mayHaveBeenSent && found === 'done') return step('after', statement);
    if (mayHaveBeenSent && found === 'unknown') return fail(unknownOutcome(name, statement));
    const ready = await step('before', statement, {
      picture: JSON.stringify({
        alone: statement,
        run: run.runId,
        request: run.requestId,
        times: times + 1,
      } satisfies Picture),
    });
    if (ready.status !== 'ready') return ready;
    try {
      if (found === 'half') {
        const { sql, finishes } = await clearing(database, truth);
        for (const one of sql) await send(one);
        if (finishes) return step('after', statement);
      }
      await send(statements[statement - 1]!.replace(/;\s*$/, ''));
    } catch (error) {
      if (!(error instanceof DatabaseError) || error.outcome !== 'failed') throw error;
      // It was not there a moment ago: a call of ours, long given up, has arrived after all.
      const late = mayHaveBeenSent && error.sqlState === '42P07' ? await look(database, truth) : null;
      if (late === 'done') return step('after', statement);
      if (late === 'building' || late === 'half') return { status: 'busy' };
      return fail({
        code: error.sqlState ?? null,
        message: error.message,
        detail: error.detail ?? null,
        hint: error.hint ?? null,
        statement,
      });
    }
    if (truth.kind === 'index-built' && (await look(database, truth)) !== 'done') {
      return fail(notBuilt(statement, 1));
    }
    return step('after', statement);
  }

  function explained(answer: Answer): Failure {
    const { remedy: _, ...plain } = failure(answer);
    if (answer.code === UNKNOWN_OUTCOME) return unknownOutcome(name, answer.step!);
    if (answer.code === INDEX_INVALID) return { ...plain, remedy: lookAtTheIndex };
    const done = answer.step! - 1;
    const what = done === 1 ? 'Statement 1' : `Statements 1 to ${done}`;
    const verb = done === 1 ? 'is' : 'are';
    const remedy =
      target === 'reverted'
        ? `${done === 0 ? 'It is still applied' : `${what} of its down section ${verb} done`}: mend that from statement ${answer.step} on and run \`down\` again, it goes on there`
        : `${done === 0 ? 'Nothing of it is in force' : `${what} ${verb} in force`}: mend the file from statement ${answer.step} on and run again, it goes on there`;
    return { ...plain, remedy };
  }
}

const UNKNOWN_OUTCOME = 'unknown-outcome';

function unknownOutcome(name: string, statement: number): Failure {
  const resolve = `aurora-migrations resolve --migration ${name} --statement ${statement} --as`;
  return {
    code: UNKNOWN_OUTCOME,
    message: `the run ended while statement ${statement} was at work, and nothing tells whether it was done`,
    detail: null,
    hint: null,
    statement,
    remedy: `Look at the database, then say what you found: \`${resolve} done\` or \`${resolve} not-done\``,
  };
}

const INDEX_INVALID = 'index-invalid';

/** The Data API keeps no error of a statement that outlived its call, and the catalog only says that the index is invalid. */
function notBuilt(statement: number, times: number): Failure {
  const message =
    times > 1
      ? `the index was begun ${times} times and not built to its end; what the database said of it was lost, for it took longer than a call`
      : 'the index was not built to its end';
  return { code: INDEX_INVALID, message, detail: null, hint: null, statement };
}

const lookAtTheIndex =
  "The database's log has its error (a unique index: look for duplicates): mend what it says and run again, the index is built anew";

function editedSince(name: string, done: number, edited: number): Failure {
  return {
    code: 'edited-half-undone',
    message: `${done} statements of the down section of ${name} are done, and statement ${edited} was edited since`,
    detail: null,
    hint: null,
    statement: edited,
    remedy: `Put statement ${edited} back as it was and mend the rest, then run \`down\` again`,
  };
}

function refused(answer: Answer): Applied {
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

/** The statements of a script: its pieces, less those left out. */
function cut({ content, facts }: Script): string[] {
  const bytes = Buffer.from(content, 'utf8');
  const statements: string[] = [];
  let at = 0;
  for (const piece of facts.pieces) {
    if (piece > 0) statements.push(bytes.toString('utf8', at, at + piece));
    at += Math.abs(piece);
  }
  return statements;
}
