import type { Alone } from '../../core/manifest.ts';
import { pause } from '../../core/sleep.ts';
import type { Failure } from '../engine.ts';
import { unknownOutcome } from '../failure.ts';
import { AGAIN, type Answer, QUERY_CANCELED, tag, waitedFor, whoseCall } from './call-run.ts';
import { type Found, look, type Marks } from './completion.ts';
import { placed } from './qualify.ts';
import { type AloneContext, isElsewhere, rest, type Sent, send } from './send-statement.ts';

/** What a `before` checkpoint leaves in the row: this statement may have been sent. */
export interface Picture {
  readonly alone: number;
  /** By whom, and how often for the same run or request. */
  readonly run: string;
  readonly request: string | null;
  readonly times: number;
  /** What was there before, where only that tells. */
  readonly marks?: Marks | undefined;
}

/** How often a statement is begun that ends without being done, where the call that tells why is lost each time. */
const BEGINNINGS = 2;

/** What a statement says that meets itself, delivered once more: it is there, or gone, already; or the two have waited for each other. */
const DISTURBED = ['42P07', '42704', '40P01'];

/** A statement ended by a lock, a deadlock or a person: what it leaves half done is of no use to anybody. */
const CUT_OFF = [...AGAIN, QUERY_CANCELED];

/**
 * Send a statement that can run in no transaction and in no function: checkpoint, statement, look, checkpoint. What an earlier run may have
 * sent is looked for first.
 */
export async function sendAlone(context: AloneContext, alone: Alone): Promise<Answer> {
  const { database, run, name, statements, step, stop, tries } = context;
  const { statement } = alone;
  const written = statements[statement - 1]!;
  const { sql: whole, truth } = await placed(database, written, alone);
  const sql = whole.replace(/;\s*$/, '');
  const earlier = context.picture?.alone === statement ? context.picture : null;
  // Nothing fences it off: a call whose answer was lost may begin only now, or run with nobody seen at work for a moment.
  if (earlier && (await isElsewhere(context, statement))) return { status: 'busy' };
  const { previous, requestId } = run;
  const sameRun = earlier && (previous.includes(earlier.run) || (requestId && earlier.request === requestId));
  const work = { context, tag: tag(run, name, statement) };
  let sent = earlier !== null;
  let times = earlier && sameRun ? earlier.times : 0;
  let marks = earlier?.marks;
  let outlived = false;
  let disturbed = 0;

  for (let tried = 1; ; ) {
    const found = await settled();
    if (found === 'stopped') return { status: 'stopped' };
    if (sent && found.state === 'done') return step('after', statement);
    if (sent && found.state === 'unknown') return fail(unknownOutcome(name, statement));
    const finishes = found.state === 'half' && found.finishes;
    if (times >= BEGINNINGS && !finishes && (outlived || found.state === 'half')) return fail(endedUndone(times));
    marks = 'marks' in found ? found.marks : undefined;
    const next: Picture = { alone: statement, run: run.runId, request: run.requestId, times: times + 1, marks };
    const ready = await step('before', statement, { picture: JSON.stringify(next) });
    if (ready.status !== 'ready') return ready;
    sent = true;
    let end: Sent = found.state === 'half' ? await clear(found) : 'ended';
    if (end === 'ended' && finishes) return step('after', statement);
    if (end === 'ended') {
      times++;
      end = await send(work, sql);
      outlived = end === 'outlived';
    }
    if (end === 'outlived') continue;
    if (end === 'ended') {
      const built = truth.kind !== 'index-built' || (await look(database, truth, marks)).state === 'done';
      return built ? step('after', statement) : fail(endedUndone(1));
    }
    // Its own words tell why it was not done.
    times = 0;
    if (DISTURBED.includes(end.code ?? '')) {
      // A call of ours may have arrived late, or twice, or somebody does the same: what it has done is done, and what it does is waited for.
      const late = await look(database, truth, marks);
      if (late.state === 'done' && found.state !== 'done') return step('after', statement);
      sent = late.state !== 'building';
      if (!sent || (late.state === 'half' && ++disturbed < BEGINNINGS)) continue;
    }
    if (truth.kind === 'unknown' || !AGAIN.includes(end.code ?? '') || tried >= tries) return failFor(end);
    await context.pause(tried++, end);
    if (stop()) return { status: 'stopped' };
  }

  /** What the catalog says when nobody else works on that; who does is waited for. */
  async function settled(): Promise<Exclude<Found, { state: 'building' }> | 'stopped'> {
    const began = Date.now();
    for (let nth = 1; ; nth++) {
      const found = await look(database, truth, marks);
      if (found.state !== 'building') return found;
      // What somebody else builds with the very same words is what this statement would have built. What the server shows of them may be cut.
      sent ||= found.sql.includes(whoseCall(name, statement)) || [sql, written].map(words).includes(words(found.sql));
      if (stop()) return 'stopped';
      context.waiting(found.by, Math.round((Date.now() - began) / 1000));
      await rest(context, pause(nth, 100, 2000));
    }
  }

  async function clear(half: Extract<Found, { state: 'half' }>): Promise<Sent> {
    let end: Sent = 'ended';
    for (const one of half.clear) if (end === 'ended') end = await send(work, one);
    return end;
  }

  /** The failure of a statement that may have left something. */
  async function failFor(failed: Failure): Promise<Answer> {
    const found = await look(database, truth, marks);
    if (found.state !== 'half') return fail(failed);
    const takesAway = !found.finishes && CUT_OFF.includes(failed.code ?? '');
    const isGone = takesAway && (await clear(found)) === 'ended';
    return fail(failed, isGone ? undefined : LEFT[truth.kind as keyof typeof LEFT]);
  }

  async function fail({ waitedFor: seen, remedy, ...failed }: Failure, left?: string): Promise<Answer> {
    const answer = await step('fail', statement, { ...failed, statement });
    const waits = await waitedFor(database, context.names, { code: failed.code, waits: seen ?? null });
    return { ...answer, waits, ...(remedy && { remedy }), ...(left && { left }) };
  }

  /** The Data API keeps no error of a statement that outlived its call, and the catalog only says that it is not done. */
  function endedUndone(count: number): Failure {
    if (truth.kind === 'repeatable' && Object.keys(marks ?? {}).length === 0) return unknownOutcome(name, statement);
    const place = { detail: null, hint: null, statement };
    if (truth.kind === 'index-built') {
      const remedy =
        "The database's log has its error (a unique index: look for duplicates): fix what it says and run again, the index is built anew";
      if (count === 1)
        return { code: 'index-invalid', message: 'the index was not built to its end', ...place, remedy };
      const message = `the index was begun ${count} times and not built to its end; ${LOST}`;
      return { code: 'index-invalid', message, ...place, remedy };
    }
    return {
      code: 'not-done',
      message: `the statement was begun ${count} times and is not done; ${LOST}`,
      ...place,
      remedy: "The database's log has its error: fix what it says and run again",
    };
  }
}

const LOST = 'what the database said of it was lost, for it took longer than a call';

/** What a statement leaves half done, where a run does not take it away itself. */
const LEFT = {
  'index-built': 'An invalid index is left of it, which the next run drops',
  reindexed: 'Invalid indexes are left of it, which the next run drops',
  detached: 'The partition is half detached, which the next run finishes',
};

/** A statement without its tag and white space, to be compared. */
function words(sql: string): string {
  return sql
    .replace(/^\s*\/\*.*?\*\//s, '')
    .replace(/\s+/g, ' ')
    .replace(/;? ?$/, '')
    .trim()
    .toLowerCase();
}
