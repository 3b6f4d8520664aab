import { fileURLToPath } from 'node:url';
import { act } from './actions/index.ts';
import { readEnvironment } from './environment.ts';
import { type Invocation, isObject, isResourceEvent, isTicket } from './events.ts';
import { describeThrown, toThrown } from './failure.ts';
import type { Hook } from './hook.ts';
import { isComplete } from './is-complete.ts';
import { log } from './log.ts';
import { readManifest } from './manifest.ts';
import { onEvent } from './on-event.ts';

let hook: Hook | undefined;

/** What CloudFormation (through CDK's provider framework) and people invoke. */
export async function handler(event: unknown, invocation: Invocation): Promise<unknown> {
  try {
    // Not when the module is loaded: what is wrong here must reach whoever asked.
    hook ??= {
      environment: readEnvironment(process.env),
      migrations: readManifest(fileURLToPath(new URL('.', import.meta.url))),
    };
    if (!isResourceEvent(event)) return await act(hook, isObject(event) ? event : {}, invocation);
    return await (isTicket(event) ? isComplete(hook, event, invocation) : onEvent(hook, event, invocation));
  } catch (error) {
    const thrown = error instanceof Error && error.name === 'MigrationFailed' ? error : toThrown(describeThrown(error));
    log({ event: 'refused', requestId: invocation.awsRequestId, message: thrown.message, ...causes(error) });
    throw thrown;
  }
}

/** Where a defect comes from, for the log. */
function causes(error: unknown): { stack?: string | undefined } {
  return error instanceof Error && error.name !== 'MigrationFailed' ? { stack: error.stack } : {};
}
