import { MigrationError } from '../lib/core/errors.ts';
import { otherCode } from './check-manifest.ts';
import { PHYSICAL_ID } from './contract.ts';
import type { Invocation, OnEventAnswer, ResourceEvent } from './events.ts';
import type { Hook } from './hook.ts';
import { log, logRun } from './log.ts';
import { ask, prepare, recordDelete } from './prepare.ts';
import { requestOptions, sliceOf } from './request.ts';
import { logGoodEnd } from './summary.ts';
import { logVerdict } from './verdict.ts';
import { notYet } from './wait-for-permission.ts';

/**
 * Answers a request of CloudFormation first: with what is to be done, which `isComplete` then does. It waits for nothing: where the database
 * cannot be asked yet, `isComplete` plans too.
 */
export async function onEvent(hook: Hook, event: ResourceEvent, invocation: Invocation): Promise<OnEventAnswer> {
  const startedAt = Date.now();
  const answer = { PhysicalResourceId: event.PhysicalResourceId ?? PHYSICAL_ID, StartedAt: startedAt };
  const slice = sliceOf(hook, startedAt, invocation);
  const asked = () => requestOptions(hook, event, slice, { clusterBudgetMs: 0 });
  if (event.RequestType === 'Delete') {
    // A cluster that is paused, or gone before its hook, has no waiter at work.
    const recorded = asked().then(options => recordDelete(options, event));
    await recorded.catch(error =>
      log('WARN', {
        message: `The Delete was not recorded in the database, where a waiter still at work would have seen it: ${error}`,
        event: 'not-recorded',
        request: event.RequestId,
      }),
    );
    logDone(event, startedAt, 'The hook is deleted; the database stays as it is');
    return { ...answer, Work: 'done' };
  }

  try {
    const other = otherCode(hook, event);
    if (other) throw new MigrationError(other);
    const prepared = await prepare(hook, event, await asked());
    if (prepared.Work === 'done') logGoodEnd({ ...event, ...answer }, prepared.Data);
    return { ...answer, ...prepared };
  } catch (error) {
    if (error instanceof Error && error.name === 'MigrationFailed') throw error;
    // A rollback that applies nothing needs no database, and a failed one leaves a stack that cannot be deployed.
    if (hook.environment.onRollback !== 'revert' && (await ask(event)).is === 'yes') {
      const why = `The stack is rolling back: nothing was applied, and the database could not be asked (${error})`;
      logDone(event, startedAt, why);
      return { ...answer, Work: 'done' };
    }
    const waits = notYet(error, startedAt);
    if (waits === null) throw error;
    const { what, ...refused } = waits;
    logRun(event.RequestId)({ event: 'waiting', what, seconds: 0 });
    return { ...answer, Work: 'plan', ...refused };
  }
}

function logDone({ RequestId: request }: ResourceEvent, startedAt: number, message: string): void {
  logVerdict({ message, request, failed: false, durationMs: Date.now() - startedAt, pending: null });
}
