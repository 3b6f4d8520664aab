import type { WriteOptions } from '../lib/runner/index.ts';
import { hookOf, type Invocation, type ResourceEvent } from './events.ts';
import { type Hook, type RunRequest, runnerOptions } from './hook.ts';
import { cutSlice, type Slice } from './time-budget.ts';

/** The slice of this invocation, for a request that began at `startedAt`. */
export function sliceOf(hook: Hook, startedAt: number, invocation: Invocation): Slice {
  const { timeoutMs } = hook.environment;
  return cutSlice({ startedAt, timeoutMs, now: Date.now(), remainingMs: invocation.getRemainingTimeInMillis() });
}

/** The options of the runner for a request of CloudFormation. */
export function requestOptions(
  hook: Hook,
  event: ResourceEvent,
  slice: Slice,
  more: Pick<RunRequest, 'works' | 'clusterBudgetMs' | 'propagationBudgetMs' | 'refusedAt'> = {},
): Promise<WriteOptions> {
  const { RequestType, RequestId } = event;
  return runnerOptions(hook, {
    hook: hookOf(event),
    requestId: RequestId,
    requestedBy: `CloudFormation ${RequestType} ${RequestId}`,
    invocation: RequestId,
    slice,
    ...more,
  });
}
