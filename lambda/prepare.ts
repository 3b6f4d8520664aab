import { TRACKING_MIGRATION } from '../lib/core/manifest.ts';
import type { HookState } from '../lib/engine/engine.ts';
import { announce, type PlannedRequest, planRequest, type WriteOptions } from '../lib/runner/index.ts';
import { attributesOfPlan } from './attributes.ts';
import type { Attributes } from './contract.ts';
import { hookOf, type ResourceEvent } from './events.ts';
import { describeProblems, toThrown } from './failure.ts';
import type { Hook } from './hook.ts';
import { log, logProblems, seeAbove } from './log.ts';
import { askRollback, type Rollback } from './rollback.ts';

/** What is to be done for a request. */
export type Prepared =
  | { readonly Work: 'migrate'; readonly NotAsked?: string }
  | { readonly Work: 'revert' }
  | { readonly Work: 'done'; readonly Data: Attributes };

/**
 * Plans what a request of CloudFormation asks for, and makes it the newest request of its hook where there is work. With nothing to do it takes
 * one call of the Data API. Throws the problems of the plan, and a `MigrationError` where the database cannot be asked.
 */
export async function prepare(hook: Hook, event: ResourceEvent, options: WriteOptions): Promise<Prepared> {
  const made = await planRequest(options);
  const nothing = made.steps.length + made.problems.length === 0;
  const undoes = hook.environment.onRollback === 'revert';
  // What the database is ahead with stands in the notes: it matters where a rollback undoes it.
  const rollback: Rollback = nothing && !(undoes && made.notes.length > 0) ? { is: 'no' } : await ask(event);
  logPlan(event, made, rollback);

  const decision = decide(made, rollback, undoes);
  // A stale waiter must hear that it is stale, whatever comes of this request.
  const waiterElsewhere = made.openRequest !== null && made.openRequest !== event.RequestId;
  const works = 'Work' in decision && decision.Work !== 'done';
  if (waiterElsewhere || works) await makeNewest(options, event, works ? 'open' : 'done');
  if ('problems' in decision) {
    logProblems('ERROR', event.RequestId, made.problems);
    throw toThrown(describeProblems(made.problems), seeAbove(made.problems));
  }
  if (decision.Work !== 'done') return decision;
  return {
    Work: 'done',
    Data: attributesOfPlan(hook.migrations.manifest, made, [...decision.notes, ...made.notes]),
  };
}

/** Records a Delete where there are tables to record it in: a waiter still at work stops, and another hook may take the migrations over. */
export async function recordDelete(options: WriteOptions, event: ResourceEvent): Promise<void> {
  const { steps } = await planRequest(options);
  if (steps.some(({ migration }) => migration === TRACKING_MIGRATION)) return;
  await makeNewest(options, event, 'deleted');
}

/** Asks whether the stack is rolling back. Only an Update can belong to a rollback. */
export async function ask({ RequestType, StackId }: ResourceEvent): Promise<Rollback> {
  return RequestType === 'Update' ? askRollback(StackId) : { is: 'no' };
}

/**
 * Throws where a rollback is not to undo anything: whoever may invoke the function can write an event that says so. It undoes where the construct
 * wants that and CloudFormation, as far as it can be asked, says that this very stack rolls back.
 */
export async function checkUndo({ environment }: Hook, event: ResourceEvent): Promise<void> {
  const isOwn = environment.onRollback === 'revert' && environment.hook.startsWith(`${event.StackId}/`);
  if (isOwn && (await ask(event)).is !== 'no') return;
  throw toThrown('The stack of this function is not rolling back, or onRollback is not revert: nothing was reverted.');
}

/** How many steps are named: a line of the log holds 256 kB. */
const NAMED = 100;

function logPlan({ RequestId, RequestType }: ResourceEvent, made: PlannedRequest, rollback: Rollback): void {
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
  | Pick<PlannedRequest, 'problems'>;

/** Pure: what a request comes to. */
export function decide({ steps, problems }: PlannedRequest, rollback: Rollback, undoes: boolean): Decision {
  if (rollback.is === 'yes') {
    if (undoes) return { Work: 'revert' };
    return { Work: 'done', notes: ['The stack is rolling back: nothing was applied'] };
  }
  if (steps.length + problems.length === 0) return { Work: 'done', notes: [] };
  // What was changed is left as it is, and is no problem then: isComplete plans anew.
  if (rollback.is === 'unknown') return { Work: 'migrate', NotAsked: rollback.reason };
  return problems.length > 0 ? { problems } : { Work: 'migrate' };
}

async function makeNewest(options: WriteOptions, event: ResourceEvent, state: HookState): Promise<void> {
  if (await announce({ ...options, hook: hookOf(event), requestId: event.RequestId, state })) return;
  throw toThrown('This is an old request, delivered late: a newer one of the same deploy hook has taken over.');
}
