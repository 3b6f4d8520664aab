import type { Alone, Truth } from '../../core/manifest.ts';
import { pause } from '../../core/sleep.ts';
import type { Failure } from '../engine.ts';
import { unknownOutcome } from '../failure.ts';
import { type Answer, callRun, QUERY_CANCELED, tag, whoseCall } from './call-run.ts';
import { checkCompletion, type Found, type Marks } from './completion.ts';
import { type Execution, inFrontOf } from './execution.ts';
import { LOCKED, waitedFor } from './lock-retry.ts';
import { qualify } from './qualify.ts';
import { isElsewhere, rest, type Sent, sendStatement } from './send-statement.ts';

/** How often a statement is begun that ends without being done, where the call that tells why is lost each time. */
const BEGINNINGS = 2;

/** What a statement says that meets itself, delivered once more: it is there, or gone, already; or the two have waited for each other. */
const DISTURBED = ['42P07', '42704', '40P01'];

/** A statement ended by a lock, a deadlock or a person: what it leaves half done is of no use to anybody. */
const CUT_OFF = [...LOCKED, QUERY_CANCELED];

/** What is known of a statement while it is seen to. */
interface Course {
  readonly statement: number;
  /** As the script has it, and as it is sent. */
  readonly written: string;
  readonly sql: string;
  readonly check: Truth;
  readonly tag: string;
  /** It was sent, or may have been. */
  sent: boolean;
  /** How often it was begun for this run or request. */
  times: number;
  /** What was there before it was sent, where only that tells whether it is done. */
  before: Marks | undefined;
  /** It was sent last by a call that ended before it did. */
  afterTimeout: boolean;
  /** How often it met itself. */
  disturbed: number;
}

type Settled = Exclude<Found, { state: 'building' }>;

/**
 * Executes a statement that can run in no transaction and in no function: checkpoint, statement, check, checkpoint. What an earlier run may have sent
 * is looked for first.
 */
export async function executeNontransactional(execution: Execution, alone: Alone): Promise<Answer> {
  const course = await begin(execution, alone);
  if (course === null) return { status: 'busy' };
  for (let tried = 1; ; ) {
    const found = await settle(execution, course);
    if (found === 'stopped') return { status: 'stopped' };
    const known = await concluded(execution, course, found);
    if (known) return known;
    const refused = await checkpoint(execution, course, found);
    if (refused) return refused;
    const end = await send(execution, course, found);
    if (end === 'after-timeout') continue;
    if (end === 'ended') return ended(execution, course, found);
    const next = await failed(execution, course, { found, end, tried });
    if (next === 'again') continue;
    if (next !== 'pause') return next;
    await execution.pause(tried++, end);
    if (execution.stop()) return { status: 'stopped' };
  }
}

/** Null: an earlier call has it at work. */
async function begin(execution: Execution, alone: Alone): Promise<Course | null> {
  const { database, run, name, statements, inFlight } = execution;
  const { statement } = alone;
  const written = statements[statement - 1]!;
  const { sql, truth } = await qualify(database, written, alone);
  const earlier = inFlight?.statement === statement ? inFlight : null;
  // Nothing fences it off: a call whose answer was lost may begin only now, or run with nobody seen at work for a moment.
  if (earlier && (await isElsewhere(execution, statement))) return null;
  const { previous, requestId } = run;
  const isSameRun = earlier && (previous.includes(earlier.run) || (requestId && earlier.request === requestId));
  return {
    ...{ statement, written, sql: sql.replace(/;\s*$/, ''), check: truth, tag: tag(run, name, statement) },
    ...{ sent: earlier !== null, times: earlier && isSameRun ? earlier.times : 0, before: earlier?.before },
    ...{ afterTimeout: false, disturbed: 0 },
  };
}

/** What the catalog says when nobody else works on that; who does is waited for. */
async function settle(execution: Execution, course: Course): Promise<Settled | 'stopped'> {
  const { database, name, stop, waiting } = execution;
  const { statement, check, sql, written } = course;
  const began = Date.now();
  for (let nth = 1; ; nth++) {
    const found = await checkCompletion(database, check, course.before);
    if (found.state !== 'building') return found;
    // What somebody else builds with the very same words is what this statement would have built. What the server shows of them may be cut.
    course.sent ||=
      found.sql.includes(whoseCall(name, statement)) || [sql, written].map(words).includes(words(found.sql));
    if (stop()) return 'stopped';
    waiting(found.by, Math.round((Date.now() - began) / 1000));
    await rest(execution, pause(nth, 100, 2000));
  }
}

/** The end of a statement that was sent before, where the catalog says enough; null: it is to be sent. */
async function concluded(execution: Execution, course: Course, found: Settled): Promise<Answer | null> {
  const { statement, sent, times, afterTimeout } = course;
  if (sent && found.state === 'done') return record(execution, course);
  if (sent && found.state === 'unknown') return fail(execution, unknownOutcome(execution.name, statement));
  const isEnough = times >= BEGINNINGS && !finishes(found) && (afterTimeout || found.state === 'half');
  return isEnough ? fail(execution, endedUndone(execution, course, times)) : null;
}

/** The rest of what is half done is itself the end of the statement. */
function finishes(found: Settled): boolean {
  return found.state === 'half' && found.finishes;
}

/** Records that the statement is done. */
function record(execution: Execution, { statement }: Course): Promise<Answer> {
  return callRun(execution, { first: statement, last: statement });
}

/** Records that the statement may be sent from now on. Answers what refuses that, or null. */
async function checkpoint(execution: Execution, course: Course, found: Settled): Promise<Answer | null> {
  const { run, script } = execution;
  const { statement, times } = course;
  course.before = 'marks' in found ? found.marks : undefined;
  execution.inFlight = {
    ...{ statement, checksum: script.facts.sums[statement - 1] ?? '' },
    ...{ run: run.runId, request: run.requestId, times: times + 1, before: course.before },
  };
  const answer = await callRun(execution, inFrontOf(statement));
  return answer.status === 'running' ? null : answer;
}

/** Clears what an earlier sending left half done, and sends the statement, unless that was the rest of it. */
async function send(execution: Execution, course: Course, found: Settled): Promise<Sent> {
  course.sent = true;
  const cleared = found.state === 'half' ? await clear(execution, course, found) : 'ended';
  if (cleared !== 'ended' || finishes(found)) return cleared;
  course.times++;
  const end = await sendStatement(execution, course.tag, course.sql);
  course.afterTimeout = end === 'after-timeout';
  return end;
}

async function clear(
  execution: Execution,
  { tag: comment }: Course,
  half: { clear: readonly string[] },
): Promise<Sent> {
  let end: Sent = 'ended';
  for (const one of half.clear) if (end === 'ended') end = await sendStatement(execution, comment, one);
  return end;
}

/** A statement that says that it is done: of an index it is looked whether that is valid. */
async function ended(execution: Execution, course: Course, found: Settled): Promise<Answer> {
  const { check, before } = course;
  if (finishes(found) || check.kind !== 'index-built') return record(execution, course);
  const isBuilt = (await checkCompletion(execution.database, check, before)).state === 'done';
  return isBuilt ? record(execution, course) : fail(execution, endedUndone(execution, course, 1));
}

/** What follows the failure of a statement: `pause`: it is tried again after one. */
async function failed(
  execution: Execution,
  course: Course,
  { found, end, tried }: { found: Settled; end: Failure; tried: number },
): Promise<Answer | 'again' | 'pause'> {
  const { check, before } = course;
  // Its own words tell why it was not done.
  course.times = 0;
  if (DISTURBED.includes(end.code ?? '')) {
    // A call of ours may have arrived late, or twice, or somebody does the same: what it has done is done, and what it does is waited for.
    const late = await checkCompletion(execution.database, check, before);
    if (late.state === 'done' && found.state !== 'done') return record(execution, course);
    course.sent = late.state !== 'building';
    if (!course.sent || (late.state === 'half' && ++course.disturbed < BEGINNINGS)) return 'again';
  }
  const isFinal = check.kind === 'unknown' || !LOCKED.includes(end.code ?? '') || tried >= execution.tries;
  return isFinal ? failFor(execution, course, end) : 'pause';
}

/** The failure of a statement that may have left something. */
async function failFor(execution: Execution, course: Course, failure: Failure): Promise<Answer> {
  const { check, before } = course;
  const found = await checkCompletion(execution.database, check, before);
  if (found.state !== 'half') return fail(execution, failure, course);
  const takesAway = !found.finishes && CUT_OFF.includes(failure.code ?? '');
  const isGone = takesAway && (await clear(execution, course, found)) === 'ended';
  return fail(execution, failure, course, isGone ? undefined : LEFT[check.kind as keyof typeof LEFT]);
}

async function fail(
  execution: Execution,
  { waitedFor: seen, remedy, code, message, detail, hint, statement }: Failure,
  course?: Course,
  left?: string,
): Promise<Answer> {
  const step = course?.statement ?? statement!;
  const answer = await callRun(execution, inFrontOf(step), { failure: { step, code, message, detail, hint } });
  const waits = await waitedFor(execution, { code, waits: seen ?? null });
  return { ...answer, waits, ...(remedy && { remedy }), ...(left && { left }) };
}

/** The Data API keeps no error of a statement whose call ended before it did, and the catalog only says that it is not done. */
function endedUndone({ name }: Execution, { statement, check, before }: Course, count: number): Failure {
  if (check.kind === 'repeatable' && Object.keys(before ?? {}).length === 0) return unknownOutcome(name, statement);
  const place = { detail: null, hint: null, statement };
  if (check.kind === 'index-built') {
    const remedy =
      "The database's log has its error (a unique index: look for duplicates): fix what it says and run again, the index is built anew";
    if (count === 1) return { code: 'index-invalid', message: 'the index was not built to its end', ...place, remedy };
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
