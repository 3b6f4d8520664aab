import { fileURLToPath } from 'node:url';
import { MigrationError } from '../lib/core/errors.ts';
import { act } from './actions/index.ts';
import { readEnvironment } from './environment.ts';
import { type Invocation, isObject, isResourceEvent, isTicket } from './events.ts';
import { describeByHand, describeThrown, type Thrown, toThrown } from './failure.ts';
import type { Hook } from './hook.ts';
import { isComplete } from './is-complete.ts';
import { beginLog, log } from './log.ts';
import { readManifest } from './manifest.ts';
import { onEvent } from './on-event.ts';
import { logVerdict } from './verdict.ts';

let hook: Hook | undefined;

/** What CloudFormation (through CDK's provider framework) and people invoke. */
export async function handler(event: unknown, invocation: Invocation): Promise<unknown> {
  const startedAt = Date.now();
  beginLog(invocation.awsRequestId);
  try {
    // Not when the module is loaded: what is wrong here must reach whoever asked.
    hook ??= {
      environment: readEnvironment(process.env),
      migrations: readManifest(fileURLToPath(new URL('.', import.meta.url))),
    };
    if (!isResourceEvent(event)) return await act(hook, isObject(event) ? event : {}, invocation);
    return await (isTicket(event) ? isComplete(hook, event, invocation) : onEvent(hook, event, invocation));
  } catch (error) {
    const described = isResourceEvent(event) ? describeThrown(error) : describeByHand(error);
    const thrown: Thrown = error instanceof Error && error.name === 'MigrationFailed' ? error : toThrown(described);
    const { message, verdict = message } = thrown;
    if (isResourceEvent(event)) {
      const since = isTicket(event) ? event.StartedAt : startedAt;
      const durationMs = Date.now() - since;
      logVerdict({
        message: verdict,
        request: event.RequestId,
        failed: true,
        durationMs,
        pending: null,
        ...causes(error),
      });
    } else {
      // A person who misspelt something hears it: that is no failure to count.
      log('ERROR', { message, event: 'refused', ...causes(error), request: invocation.awsRequestId });
      if (error instanceof MigrationError) thrown.name = error.code;
    }
    throw thrown;
  }
}

/** Where a defect comes from, for the log. */
function causes(error: unknown): { stack?: string | undefined } {
  const expected = error instanceof MigrationError || (error instanceof Error && error.name === 'MigrationFailed');
  return !expected && error instanceof Error ? { stack: error.stack } : {};
}
