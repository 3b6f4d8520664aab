import { MigrationError } from '../../lib/core/errors.ts';
import type { Action } from '../contract.ts';
import type { Invocation } from '../events.ts';
import { type Hook, runnerOptions } from '../hook.ts';
import { isRun, logByHand } from '../summary.ts';
import { cutSlice } from '../time-budget.ts';
import type { ActionOf } from './action.ts';
import baseline from './baseline.ts';
import dump from './dump.ts';
import { readFields } from './fields.ts';
import history from './history.ts';
import migrate from './migrate.ts';
import { checkSize } from './pages.ts';
import plan from './plan.ts';
import read from './read.ts';
import { refuseWrites } from './refuse.ts';
import resolve from './resolve.ts';
import revert from './revert.ts';
import status from './status.ts';
import verify from './verify.ts';

const ACTIONS: Readonly<Record<Action, ActionOf>> = {
  status,
  plan,
  history,
  migrate,
  revert,
  baseline,
  resolve,
  dump,
  verify,
  read,
};

/** Do what a person asks for: `{"action": "status"}`. Its answer is what the caller of Lambda gets, as JSON. Throws a `MigrationError`. */
export async function act(
  hook: Hook,
  request: Readonly<Record<string, unknown>>,
  invocation: Invocation,
): Promise<unknown> {
  const { action, ...rest } = request;
  const chosen = Object.hasOwn(ACTIONS, String(action)) ? ACTIONS[action as Action] : undefined;
  if (!chosen) {
    throw new MigrationError({
      code: 'unknown-action',
      message: `There is no action ${JSON.stringify(action)}`,
      remedy: `Actions: ${Object.keys(ACTIONS).join(', ')}, as in {"action": "status"}`,
    });
  }
  const fields = readFields(String(action), chosen.fields, rest);
  refuseWrites(action as Action, hook.environment, Object.keys(ACTIONS));
  const now = Date.now();
  const remainingMs = invocation.getRemainingTimeInMillis();
  const slice = cutSlice({ startedAt: now, timeoutMs: hook.environment.timeoutMs, now, remainingMs });
  const bare = await runnerOptions(hook, {
    hook: hook.environment.hook,
    requestId: null,
    requestedBy: `by hand, invocation ${invocation.awsRequestId}`,
    invocation: invocation.awsRequestId,
    slice,
  });
  const { readerFor } = await import('../schema.ts');
  const schema = await readerFor(hook.migrations.manifest.engine, hook.environment.tracking);
  const answer = await chosen.run({ ...bare, schema, environment: hook.environment }, fields);
  if (isRun(answer) && fields.dryRun !== true) logByHand(bare, invocation.awsRequestId, answer);
  checkSize(String(action), answer);
  return answer;
}
