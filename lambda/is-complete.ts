import type { Problem } from '../lib/core/errors.ts';
import { TRACKING_MIGRATION } from '../lib/core/manifest.ts';
import { migrate, revert, status, type WriteOptions } from '../lib/runner/index.ts';
import { attributesOfReport } from './attributes.ts';
import type { Attributes } from './contract.ts';
import { checkDigest } from './digest.ts';
import type { Invocation, IsCompleteAnswer, IsCompleteEvent } from './events.ts';
import { describeFailure, describeProblems, toThrown } from './failure.ts';
import type { Hook } from './hook.ts';
import { logProblems } from './log.ts';
import { requestOptions, sliceOf } from './request.ts';
import { logGoodEnd, logSlice } from './summary.ts';

/** Problems that another slice may find solved. */
const NOT_YET = new Set(['out-of-time', 'lease-held', 'interrupted']);

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
  if (slice.budgetMs === 0) throw outOfTime(event, hook);
  const options = await requestOptions(hook, event, slice, { works: true });
  const end = await (event.Work === 'revert' ? undo(hook, options) : work(hook, options, event.NotAsked));
  if ('Data' in end) {
    logGoodEnd(event, end.Data);
    return { IsComplete: true, Data: end.Data };
  }
  const over = end.problems.some(({ code }) => !NOT_YET.has(code));
  logProblems(over ? 'ERROR' : 'INFO', event.RequestId, end.problems);
  if (over) throw toThrown(end.message);
  if (!slice.another(Date.now())) throw outOfTime(event, hook, end.problems);
  return { IsComplete: false };
}

type End = { readonly Data: Attributes } | { readonly problems: readonly Problem[]; readonly message: string };

async function work(hook: Hook, options: WriteOptions, notAsked: string | undefined): Promise<End> {
  const report = await migrate({ ...options, ...(notAsked !== undefined && { onChanged: 'ignore' as const }) });
  logSlice(options, report);
  const { outcome, problems, migrations, applied } = report;
  if (outcome === 'stopped') return { problems, message: describeProblems(problems) };
  if (outcome === 'failed') {
    const { name, error } = migrations.find(one => one.state === 'failed' && one.error !== null)!;
    return failed(describeFailure(name, error!, applied.filter(one => one !== TRACKING_MIGRATION).length));
  }
  const caution =
    notAsked === undefined
      ? []
      : [`Whether the stack rolls back could not be asked (${notAsked}): changed migrations were left as they are`];
  return { Data: attributesOfReport(hook.migrations.manifest, report, [...caution, ...report.notes]) };
}

async function undo(hook: Hook, options: WriteOptions): Promise<End> {
  const report = await revert({ ...options, what: 'missing' });
  logSlice(options, report);
  const { outcome, problems, failure, reverted } = report;
  if (outcome === 'stopped') return { problems, message: describeProblems(problems) };
  if (outcome === 'failed') return failed(describeFailure(`the down section of ${failure!.migration}`, failure!, 0));
  const notes = [`The stack is rolling back: ${reverted.length === 0 ? 'nothing' : reverted.join(', ')} was reverted`];
  return { Data: attributesOfReport(hook.migrations.manifest, await status(options), notes) };
}

function failed(message: string): End {
  const remedy = 'Deploy again';
  return { problems: [{ code: 'failed', message, remedy }], message };
}

function outOfTime({ StartedAt }: IsCompleteEvent, { environment }: Hook, problems: readonly Problem[] = []): Error {
  const minutes = Math.round((Date.now() - StartedAt) / 60_000);
  const last = problems.length > 0 ? `\nThe last that was heard: ${describeProblems(problems)}` : '';
  return toThrown(
    `Not all migrations were applied within ${minutes} of ${environment.timeoutMs / 60_000} minutes. What is applied stays, what still runs in the database goes on; deploy again to go on with the rest.${last}`,
  );
}
