import { MigrationError, type Problem } from '../lib/core/errors.ts';
import { TRACKING_MIGRATION } from '../lib/core/manifest.ts';
import { migrate, plan, revert, status, type WriteOptions } from '../lib/runner/index.ts';
import { attributesOfPlan, attributesOfReport, standOf } from './attributes.ts';
import type { Slice } from './clock.ts';
import { type Attributes, FUNCTION_TIMEOUT_SECONDS } from './contract.ts';
import { checkDigest } from './digest.ts';
import type { Invocation, IsCompleteAnswer, IsCompleteEvent } from './events.ts';
import { describeFailure, describeProblems, describeUnfinished, toThrown } from './failure.ts';
import type { Hook } from './hook.ts';
import { logProblems } from './log.ts';
import { requestOptions, sliceOf } from './request.ts';
import { logGoodEnd, logSlice } from './summary.ts';

/** Problems that another slice may find solved. */
const NOT_YET = new Set(['out-of-time', 'lease-held', 'interrupted', 'no-answer', 'not-ready']);

/**
 * One slice of the work. It answers "not yet" while there is time left, and fails the deploy by throwing. All that it knows of earlier
 * slices is in the database: CDK's framework hands it the same event each time.
 */
export async function isComplete(
  hook: Hook,
  event: IsCompleteEvent,
  invocation: Invocation,
): Promise<IsCompleteAnswer> {
  if (event.Work === 'done') return { IsComplete: true };
  checkDigest(hook, event);
  const slice = sliceOf(hook, event.StartedAt, invocation);
  const works = slice.budgetMs > 0;
  const idle = slice.tooShort ? tooShort : nothingDone;
  const end = works ? await workFor(hook, event, slice).catch(stopped) : idle;
  if ('Data' in end) return good(event, end.Data);
  const { problems, message } = end;
  const final = problems.some(({ code }) => !NOT_YET.has(code));
  logProblems(final ? 'ERROR' : 'INFO', event.RequestId, problems);
  if (final) throw toThrown(message);
  if (slice.another(Date.now())) return { IsComplete: false };
  return lastAnswer(hook, event, invocation, message);
}

async function optionsFor(hook: Hook, event: IsCompleteEvent, slice: Slice): Promise<WriteOptions> {
  const options = await requestOptions(hook, event, slice, { works: slice.budgetMs > 0 });
  return event.NotAsked === undefined ? options : { ...options, onChanged: 'ignore' };
}

function good(event: IsCompleteEvent, Data: Attributes): IsCompleteAnswer {
  logGoodEnd(event, Data);
  return { IsComplete: true, Data };
}

type End = { readonly Data: Attributes } | { readonly problems: readonly Problem[]; readonly message: string };

const nothingDone: End = { problems: [], message: '' };

const noTime: Problem = {
  code: 'out-of-time',
  message: 'The timeout of the function leaves it no time to begin anything',
  remedy: `Set it to ${FUNCTION_TIMEOUT_SECONDS} s again, as the construct does`,
};

/** Somebody has changed the function by hand. */
const tooShort: End = { problems: [noTime], message: describeProblems([noTime]) };

/** A run that could do nothing at all throws the problems that another would have told. */
function stopped(error: unknown): End {
  if (!(error instanceof MigrationError)) throw error;
  return { problems: error.problems, message: describeProblems(error.problems) };
}

async function workFor(hook: Hook, event: IsCompleteEvent, slice: Slice): Promise<End> {
  const options = await optionsFor(hook, event, slice);
  return event.Work === 'revert' ? undo(hook, options) : work(hook, options, cautionOf(event));
}

/** What a deploy left alone, for it could not ask. */
function cautionOf({ NotAsked }: IsCompleteEvent): readonly string[] {
  if (NotAsked === undefined) return [];
  return [`Whether the stack rolls back could not be asked (${NotAsked}): changed migrations were left as they are`];
}

async function work(hook: Hook, options: WriteOptions, caution: readonly string[]): Promise<End> {
  const report = await migrate(options);
  logSlice(options, report);
  const { outcome, problems, migrations, applied } = report;
  if (outcome === 'stopped') return { problems, message: describeProblems(problems) };
  if (outcome === 'failed') {
    const { name, error } = migrations.find(one => one.state === 'failed' && one.error !== null)!;
    const before = applied.filter(one => one !== TRACKING_MIGRATION).length;
    return failed(describeFailure(name, error!, before, options.engine));
  }
  return { Data: attributesOfReport(hook.migrations.manifest, report, [...caution, ...report.notes]) };
}

async function undo(hook: Hook, options: WriteOptions): Promise<End> {
  const report = await revert({ ...options, what: 'missing' });
  logSlice(options, report);
  const { outcome, problems, failure, reverted } = report;
  if (outcome === 'stopped') return { problems, message: describeProblems(problems) };
  if (outcome === 'failed')
    return failed(describeFailure(`the down section of ${failure!.migration}`, failure!, 0, options.engine));
  const notes = [`The stack is rolling back: ${reverted.length === 0 ? 'nothing' : reverted.join(', ')} was reverted`];
  return { Data: attributesOfReport(hook.migrations.manifest, await status(options), notes) };
}

function failed(message: string): End {
  const remedy = 'Deploy again';
  return { problems: [{ code: 'failed', message, remedy }], message };
}

/**
 * The deploy's own time is over, before CloudFormation's is. What ran on in the database may have come to its end meanwhile; else the answer
 * is what was done and what is left.
 */
async function lastAnswer(
  hook: Hook,
  event: IsCompleteEvent,
  invocation: Invocation,
  heard: string,
): Promise<IsCompleteAnswer> {
  const { manifest } = hook.migrations;
  const look = async () => plan(await optionsFor(hook, event, sliceOf(hook, event.StartedAt, invocation)));
  // It does not depend on a database that may have stopped answering.
  const now = event.Work === 'migrate' ? await look().catch(() => null) : null;
  if (now?.steps.length === 0 && now.problems.length === 0) {
    return good(event, attributesOfPlan(manifest, now, [...cautionOf(event), ...now.notes]));
  }
  const minutes = Math.round((Date.now() - event.StartedAt) / 60_000);
  const of = hook.environment.timeoutMs / 60_000;
  throw toThrown(describeUnfinished(`${minutes} of ${of} minutes`, now && standOf(manifest, now), heard));
}
