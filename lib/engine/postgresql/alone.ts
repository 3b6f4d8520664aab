import { type Database, DatabaseError } from '../../core/database.ts';
import type { Alone } from '../../core/manifest.ts';
import type { Failure, Run } from '../engine.ts';
import { unknownOutcome } from '../failure.ts';
import { type Answer, tag } from './call.ts';
import { clearing, look } from './truth.ts';

/** What a `before` checkpoint leaves in the row: this statement may have been sent. */
export interface Picture {
  readonly alone: number;
  /** By whom, and how often for the same run or request. */
  readonly run: string;
  readonly request: string | null;
  readonly times: number;
}

/** How often an index that is not built to its end is begun, where the call that tells why is lost each time. */
const BUILDS = 2;

const DEADLOCK = '40P01';

/** What a statement says that meets itself, delivered once more: it is there, or gone, already; or the two have waited for each other. */
const DISTURBED = ['42P07', '42704', DEADLOCK];

export const INDEX_INVALID = 'index-invalid';

/** What it works with: the statements of the script, what an earlier run left in the row, and a way to write a checkpoint. */
export interface AloneContext {
  readonly database: Database;
  readonly run: Run;
  readonly name: string;
  readonly statements: readonly string[];
  readonly picture: Picture | null;
  readonly step: (op: 'before' | 'after' | 'fail', statement: number, more?: object) => Promise<Answer>;
}

/**
 * Send a statement that can run in no transaction and in no function: checkpoint, statement, look, checkpoint. What an earlier run may have
 * sent is looked for first.
 */
export async function sendAlone(
  { database, run, name, statements, picture, step }: AloneContext,
  { statement, truth }: Alone,
): Promise<Answer> {
  const fail = (error: Failure) => step('fail', statement, { ...error });
  const send = (sql: string) => database.execute({ sql: `${tag(run, name, statement)} ${sql}`, effect: 'write' });
  const mayHaveBeenSent = picture?.alone === statement;
  const { previous, requestId } = run;
  const sameRun = picture && (previous.includes(picture.run) || (requestId && picture.request === requestId));
  const times = mayHaveBeenSent && sameRun ? picture.times : 0;

  const found = await look(database, truth);
  if (found === 'building') return { status: 'busy' };
  if (found === 'half' && truth.kind === 'index-built' && times >= BUILDS) return fail(notBuilt(statement, times));
  if (mayHaveBeenSent && found === 'done') return step('after', statement);
  if (mayHaveBeenSent && found === 'unknown') return fail(unknownOutcome(name, statement));

  const next: Picture = { alone: statement, run: run.runId, request: run.requestId, times: times + 1 };
  const ready = await step('before', statement, { picture: JSON.stringify(next) });
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
    // A call of ours may have arrived late, or twice: what it has done is done, and what it does is waited for.
    const late = found !== 'done' && DISTURBED.includes(error.sqlState ?? '') ? await look(database, truth) : null;
    if (late === 'done') return step('after', statement);
    const mayGoOn = error.sqlState !== DEADLOCK || times + 1 < BUILDS;
    if (late === 'building' || (late === 'half' && mayGoOn)) return { status: 'busy' };
    const { sqlState: code = null, message, detail = null, hint = null } = error;
    return fail({ code, message, detail, hint, statement });
  }
  if (truth.kind === 'index-built' && (await look(database, truth)) !== 'done') return fail(notBuilt(statement, 1));
  return step('after', statement);
}

/** The Data API keeps no error of a statement that outlived its call, and the catalog only says that the index is invalid. */
function notBuilt(statement: number, times: number): Failure {
  const message =
    times > 1
      ? `the index was begun ${times} times and not built to its end; what the database said of it was lost, for it took longer than a call`
      : 'the index was not built to its end';
  return { code: INDEX_INVALID, message, detail: null, hint: null, statement };
}
