import { MigrationError, type Problem } from '../lib/core/errors.ts';
import { TRACKING_MIGRATION } from '../lib/core/manifest.ts';
import type { FailureReport } from '../lib/core/report.ts';
import { migrate, planRequest, revert, status, type WriteOptions } from '../lib/runner/index.ts';
import { attributesOfPlan, attributesOfReport, standOf } from './attributes.ts';
import { OTHER_CODE, otherCode } from './check-manifest.ts';
import { type Attributes, FUNCTION_TIMEOUT_SECONDS } from './contract.ts';
import type { Invocation, IsCompleteAnswer, IsCompleteEvent } from './events.ts';
import { describeFailure, describeProblems, describeThrown, describeUnfinished, toThrown } from './failure.ts';
import type { Hook } from './hook.ts';
import { logProblems, logRun, seeAbove } from './log.ts';
import { checkUndo, prepare } from './prepare.ts';
import { requestOptions, sliceOf } from './request.ts';
import { logGoodEnd, logSlice } from './summary.ts';
import { PROPAGATION_MS, type Slice } from './time-budget.ts';
import { CLUSTER_MS, CODE_OF_DEPLOY, mayPass, wasRefused } from './wait-for-permission.ts';

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
  const slice = sliceOf(hook, event.StartedAt, invocation);
  const end = await endOfSlice(hook, event, slice);
  if ('Data' in end) return good(event, end.Data);
  const { problems, message, verdict } = end;
  const final = !mayPass(problems, event.StartedAt);
  const isOtherCode = problems.some(({ code }) => code === OTHER_CODE);
  if (!final && isOtherCode) logWait(event);
  else if (verdict === undefined) logProblems(final ? 'ERROR' : 'INFO', event.RequestId, problems);
  if (final) throw toThrown(message, verdict ?? seeAbove(problems));
  if (slice.another(Date.now())) return { IsComplete: false };
  return lastAnswer(hook, event, invocation, message);
}

function logWait({ RequestId, StartedAt }: IsCompleteEvent): void {
  const seconds = Math.round((Date.now() - StartedAt) / 1000);
  logRun(RequestId)({ event: 'waiting', what: CODE_OF_DEPLOY, seconds });
}

async function endOfSlice(hook: Hook, event: IsCompleteEvent, slice: Slice): Promise<End> {
  const other = otherCode(hook, event);
  if (other) return { problems: [other], message: describeProblems([other]) };
  if (slice.budgetMs > 0) return workFor(hook, event, slice).catch(stopped);
  return slice.tooShort ? tooShort : nothingDone;
}

function optionsFor(hook: Hook, event: IsCompleteEvent, slice: Slice): Promise<WriteOptions> {
  return requestOptions(hook, event, slice, {
    works: slice.budgetMs > 0,
    clusterBudgetMs: CLUSTER_MS,
    // Within the slice: no later one could tell since when it was refused, for the framework hands on the same event and the database
    // cannot be asked.
    propagationBudgetMs: slice.budgetMs > 0 ? PROPAGATION_MS : 0,
    refusedAt: event.RefusedAt,
  });
}

/** What was changed stays as it is where CloudFormation could not be asked whether the stack rolls back. */
function cautious(options: WriteOptions, { NotAsked }: Caution): WriteOptions {
  return NotAsked === undefined ? options : { ...options, onChanged: 'ignore' };
}

function good(event: IsCompleteEvent, Data: Attributes): IsCompleteAnswer {
  logGoodEnd(event, Data);
  return { IsComplete: true, Data };
}

type End = { readonly Data: Attributes } | Bad;

interface Bad {
  readonly problems: readonly Problem[];
  readonly message: string;
  /** What the log says at the end, where the failure was logged when it happened. @default nothing was logged */
  readonly verdict?: string;
}

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
  const waited = wasRefused(error) ? `\nThe function retried it for up to ${PROPAGATION_MS / 60_000} minutes.` : '';
  return { problems: error.problems, message: describeProblems(error.problems) + waited };
}

async function workFor(hook: Hook, event: IsCompleteEvent, slice: Slice): Promise<End> {
  const options = await optionsFor(hook, event, slice);
  if (event.Work === 'revert') await checkUndo(hook, event);
  if (event.Work !== 'plan') return doWork(hook, options, event);
  const prepared = await prepare(hook, event, options);
  return prepared.Work === 'done'
    ? { Data: prepared.Data }
    : doWork(hook, options, { ...prepared, StackId: event.StackId, RequestType: event.RequestType });
}

/** What onEvent could not ask of CloudFormation. */
type Caution = Pick<IsCompleteEvent, 'NotAsked'>;

function doWork(
  hook: Hook,
  options: WriteOptions,
  what: Pick<IsCompleteEvent, 'Work' | 'StackId' | 'RequestType'> & Caution,
): Promise<End> {
  const shownBy = commandFor(what);
  return what.Work === 'revert'
    ? undo(hook, options, shownBy)
    : work(hook, cautious(options, what), cautionOf(what), shownBy);
}

/** What a deploy left alone, for it could not ask. */
function cautionOf({ NotAsked }: Caution): readonly string[] {
  if (NotAsked === undefined) return [];
  return [`Whether the stack rolls back could not be asked (${NotAsked}): changed migrations were left as they are`];
}

/** How to see a failure in full. The ARN is `arn:partition:cloudformation:region:account:stack/NAME/id`. */
function commandFor({ StackId, RequestType }: Pick<IsCompleteEvent, 'StackId' | 'RequestType'>): string {
  const command = `aurora-migrations history --stack ${StackId.split('/')[1] ?? StackId}`;
  // A creation that is rolled back takes the function away.
  return RequestType === 'Create'
    ? `See it in the log, or, after \`cdk deploy --no-rollback\`, with: ${command}`
    : `See it with: ${command}`;
}

async function work(hook: Hook, options: WriteOptions, caution: readonly string[], shownBy: string): Promise<End> {
  const report = await migrate(options);
  logSlice(options, report);
  const { outcome, problems, migrations, applied } = report;
  if (outcome === 'stopped') return { problems, message: describeProblems(problems) };
  if (outcome === 'failed') {
    const { name, error } = migrations.find(one => one.state === 'failed' && one.error !== null)!;
    const before = applied.filter(one => one !== TRACKING_MIGRATION).length;
    return failed(name, error!, describeFailure(name, error!, { before, shownBy, engine: options.engine }));
  }
  return { Data: attributesOfReport(hook.migrations.manifest, report, [...caution, ...report.notes]) };
}

async function undo(hook: Hook, options: WriteOptions, shownBy: string): Promise<End> {
  const report = await revert({ ...options, what: 'missing' });
  logSlice(options, report);
  const { outcome, problems, failure, reverted } = report;
  if (outcome === 'stopped') return { problems, message: describeProblems(problems) };
  if (outcome === 'failed')
    return failed(
      failure!.migration,
      failure!,
      describeFailure(`the down section of ${failure!.migration}`, failure!, {
        before: 0,
        shownBy,
        engine: options.engine,
      }),
    );
  const notes = [`The stack is rolling back: ${reverted.length === 0 ? 'nothing' : reverted.join(', ')} was reverted`];
  return { Data: attributesOfReport(hook.migrations.manifest, await status(options), notes) };
}

function failed(name: string, { code }: FailureReport, message: string): End {
  const remedy = 'Deploy again';
  const verdict = `${name} failed${code === null ? '' : ` (${code})`}: see above`;
  return { problems: [{ code: 'failed', message, remedy }], message, verdict };
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
  const look = async () => {
    const options = await optionsFor(hook, event, sliceOf(hook, event.StartedAt, invocation));
    return planRequest(cautious(options, event));
  };
  // A rollback may have something to undo though nothing is to be applied.
  const applies = event.Work === 'migrate' || (event.Work === 'plan' && hook.environment.onRollback === 'nothing');
  // The answer does not depend on a database that may have stopped answering.
  let last = heard;
  const unanswered = (error: unknown) => {
    if (last === '') last = describeThrown(error);
    return null;
  };
  const now = applies ? await look().catch(unanswered) : null;
  if (now?.steps.length === 0 && now.problems.length === 0) {
    return good(event, attributesOfPlan(manifest, now, [...cautionOf(event), ...now.notes]));
  }
  const minutes = Math.round((Date.now() - event.StartedAt) / 60_000);
  const of = hook.environment.timeoutMs / 60_000;
  throw toThrown(describeUnfinished(`${minutes} of ${of} minutes`, now && standOf(manifest, now), last));
}
