import { TRACKING_MIGRATION } from '../lib/core/manifest.ts';
import type { HookState } from '../lib/engine/engine.ts';
import { announce, plan, type WriteOptions } from '../lib/runner/index.ts';
import { attributesOfPlan } from './attributes.ts';
import { PHYSICAL_ID } from './contract.ts';
import { checkDigest } from './digest.ts';
import { hookOf, type Invocation, type OnEventAnswer, type ResourceEvent } from './events.ts';
import { describeProblems, toThrown } from './failure.ts';
import type { Hook } from './hook.ts';
import { log, logProblems, logRun } from './log.ts';
import { onceAllowed } from './permission.ts';
import { requestOptions, sliceOf } from './request.ts';
import { askRollback, type Rollback } from './rollback.ts';
import { logGoodEnd } from './summary.ts';
import { logVerdict } from './verdict.ts';

type Planned = Awaited<ReturnType<typeof plan>>;

/**
 * The first answer to a request of CloudFormation: what is to be done. Where that is nothing, it is done, with one call of the Data API; else
 * the request is made the newest of its hook, and `isComplete` works.
 */
export async function onEvent(hook: Hook, event: ResourceEvent, invocation: Invocation): Promise<OnEventAnswer> {
  const startedAt = Date.now();
  const answer = { PhysicalResourceId: event.PhysicalResourceId ?? PHYSICAL_ID, StartedAt: startedAt };
  const slice = sliceOf(hook, startedAt, invocation);
  if (event.RequestType === 'Delete') {
    // A cluster that is paused, or gone before its hook, has no waiter at work: it is not waited for.
    const recorded = requestOptions(hook, event, slice, { clusterBudgetMs: 0 }).then(options => forget(options, event));
    await recorded.catch(error =>
      log('WARN', {
        message: `The Delete was not recorded in the database, where a waiter still at work would have seen it: ${error}`,
        event: 'not-recorded',
        request: event.RequestId,
      }),
    );
    const message = 'The hook is deleted; the database stays as it is';
    logVerdict({ message, request: event.RequestId, failed: false, durationMs: Date.now() - startedAt, pending: null });
    return { ...answer, Work: 'done' };
  }

  const { manifest } = hook.migrations;
  let options: WriteOptions;
  let made: Planned;
  try {
    checkDigest(hook, event);
    const look = async () => {
      options = await requestOptions(hook, event, slice);
      return await plan(options);
    };
    const onWait = (seconds: number) =>
      logRun(event.RequestId)({ event: 'waiting', what: 'the rights of this function', seconds });
    made = await (event.RequestType === 'Create' ? onceAllowed(look, onWait) : look());
  } catch (error) {
    // A rollback that applies nothing needs no database, and a failed one leaves a stack that cannot be deployed.
    if (hook.environment.onRollback === 'revert' || (await ask(event)).is !== 'yes') throw error;
    const message = `The stack is rolling back: nothing was applied, and the database could not be asked (${error})`;
    logVerdict({ message, request: event.RequestId, failed: false, durationMs: Date.now() - startedAt, pending: null });
    return { ...answer, Work: 'done' };
  }
  const nothing = made.steps.length + made.problems.length === 0;
  const undoes = hook.environment.onRollback === 'revert';
  // What the database is ahead with stands in the notes: it matters where a rollback undoes it.
  const rollback: Rollback = nothing && !(undoes && made.notes.length > 0) ? { is: 'no' } : await ask(event);
  logPlan(event, made, rollback);

  const decision = decide(made, rollback, undoes);
  // A stale waiter must hear that it is stale, whatever comes of this request.
  const waiterElsewhere = made.openRequest !== null && made.openRequest !== event.RequestId;
  const works = 'Work' in decision && decision.Work !== 'done';
  if (waiterElsewhere || works) await makeNewest(options!, event, works ? 'open' : 'done');
  if ('problems' in decision) {
    logProblems('ERROR', event.RequestId, made.problems);
    throw toThrown(describeProblems(made.problems));
  }
  if (decision.Work !== 'done') return { ...answer, ...decision };
  const Data = attributesOfPlan(manifest, made, [...decision.notes, ...made.notes]);
  logGoodEnd({ ...event, ...answer }, Data);
  return { ...answer, Work: 'done', Data };
}

/** How many steps are named: a line of the log holds 256 kB. */
const NAMED = 100;

function logPlan({ RequestId, RequestType }: ResourceEvent, made: Planned, rollback: Rollback): void {
  const { steps, problems, notes, dataApiCalls } = made;
  const named = steps.slice(0, NAMED).map(({ migration, reason }) => `${migration} (${reason})`);
  const message = `${RequestType}: ${steps.length === 0 ? 'nothing' : steps.length} to do, ${problems.length === 0 ? 'no problem' : `problems: ${problems.length}`}${rollback.is === 'no' ? '' : `, rollback: ${rollback.is}`}`;
  const counts = { steps: steps.length, problems: problems.length };
  const about = { type: RequestType, rollback, ...counts, named, notes, dataApiCalls };
  log('INFO', { message, event: 'planned', ...about, request: RequestId });
}

type Decision =
  | { readonly Work: 'migrate'; readonly NotAsked?: string }
  | { readonly Work: 'revert' }
  | { readonly Work: 'done'; readonly notes: readonly string[] }
  | Pick<Planned, 'problems'>;

/** Pure: what a request comes to. */
export function decide({ steps, problems }: Planned, rollback: Rollback, undoes: boolean): Decision {
  if (rollback.is === 'yes') {
    if (undoes) return { Work: 'revert' };
    return { Work: 'done', notes: ['The stack is rolling back: nothing was applied'] };
  }
  if (steps.length + problems.length === 0) return { Work: 'done', notes: [] };
  // What was changed is left as it is, and is no problem then: isComplete plans anew.
  if (rollback.is === 'unknown') return { Work: 'migrate', NotAsked: rollback.reason };
  return problems.length > 0 ? { problems } : { Work: 'migrate' };
}

/** Only an Update can belong to a rollback. */
async function ask({ RequestType, StackId }: ResourceEvent): Promise<Rollback> {
  return RequestType === 'Update' ? askRollback(StackId) : { is: 'no' };
}

/** A Delete touches no data. Its request is recorded where there are tables to record it in, so that a waiter still at work stops. */
async function forget(options: WriteOptions, event: ResourceEvent): Promise<void> {
  const { steps } = await plan(options);
  if (steps.some(({ migration }) => migration === TRACKING_MIGRATION)) return;
  await makeNewest(options, event, 'deleted');
}

async function makeNewest(options: WriteOptions, event: ResourceEvent, state: HookState): Promise<void> {
  if (await announce({ ...options, hook: hookOf(event), requestId: event.RequestId, state })) return;
  throw toThrown('This is an old request, delivered late: a newer one of the same deploy hook has taken over.');
}
