import { type Database, DatabaseError } from '../../core/database.ts';
import type { Alone, Script } from '../../core/manifest.ts';
import type { Applied, ApplyRequest, Failure } from '../engine.ts';
import { type Answer, type Call, failure, meta, tag, tried } from './call.ts';
import { clearing, look } from './truth.ts';

/** What a `before` checkpoint leaves in the row: this statement may have been sent. */
interface Picture {
  readonly alone: number;
}

/** Cannot run inside a function or a transaction; only the server knew. */
const NOT_IN_TRANSACTION = ['25001', '2D000'];

/** Statement by statement: those that can run in a transaction together with their checkpoint, the others between two. */
export async function applyStepwise(database: Database, call: Call, request: ApplyRequest): Promise<Applied> {
  const { run, migration, body, from } = request;
  const statements = cut(body.up);
  const { facts } = body.up;
  const about = meta(run, migration, body);
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
      tag(run, migration.name, statement),
      {
        ...about,
        op,
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
  const begun = await step('begin', from - 1, {}, body.up.content, body.down?.content ?? null);
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
    if (answer.status !== 'done' && answer.status !== 'applied') return refused(answer);
  }
  return { status: 'applied', attempt, executionTimeMs: spent() };

  /** Checkpoint, statement, look, checkpoint. What an earlier run may have sent is looked for first. */
  async function sendAlone({ statement, truth }: Alone): Promise<Answer> {
    const fail = (error: Failure) => step('fail', statement, { ...error });
    const send = (sql: string) =>
      database.execute({ sql: `${tag(run, migration.name, statement)} ${sql}`, effect: 'write' });
    const found = await look(database, truth);
    const mayHaveBeenSent = picture?.alone === statement;
    if (found === 'building') return { status: 'busy' };
    if (mayHaveBeenSent && found === 'done') return step('after', statement);
    if (mayHaveBeenSent && found === 'unknown') return fail(unknownOutcome(migration.name, statement));
    const ready = await step('before', statement, { picture: JSON.stringify({ alone: statement } satisfies Picture) });
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
      return fail({
        code: error.sqlState ?? null,
        message: error.message,
        detail: error.detail ?? null,
        hint: error.hint ?? null,
        statement,
      });
    }
    if (truth.kind === 'index-built' && (await look(database, truth)) !== 'done') {
      return fail({
        code: 'index-invalid',
        message: 'the index was not built to its end',
        detail: null,
        hint: null,
        statement,
      });
    }
    return step('after', statement);
  }

  function explained(answer: Answer): Failure {
    const { remedy: _, ...plain } = failure(answer);
    if (answer.code === UNKNOWN_OUTCOME) return unknownOutcome(migration.name, answer.step!);
    const done = answer.step! - 1;
    const inForce =
      done === 0
        ? 'Nothing of it is in force'
        : done === 1
          ? 'Statement 1 is in force'
          : `Statements 1 to ${done} are in force`;
    return {
      ...plain,
      remedy: `${inForce}: mend the file from statement ${answer.step} on and run again, it goes on there`,
    };
  }
}

const UNKNOWN_OUTCOME = 'unknown-outcome';

function unknownOutcome(name: string, statement: number): Failure {
  const resolve = `resolve --migration ${name} --statement ${statement} --as`;
  return {
    code: UNKNOWN_OUTCOME,
    message: `the run ended while statement ${statement} was at work, and nothing tells whether it was done`,
    detail: null,
    hint: null,
    statement,
    remedy: `Look at the database, then say what you found: \`${resolve} done\` or \`${resolve} not-done\``,
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
