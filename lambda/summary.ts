import { TRACKING_MIGRATION } from '../lib/core/manifest.ts';
import type { Report } from '../lib/core/report.ts';
import type { BaselineReport, RevertReport, WriteOptions } from '../lib/runner/index.ts';
import type { Attributes } from './contract.ts';
import { describeProblems } from './failure.ts';
import { log } from './log.ts';
import { logVerdict, metrics } from './verdict.ts';

type Run = Report | RevertReport | BaselineReport;

/** How many names a line tells: it holds 256 kB. */
const NAMED = 100;

/** The names of what a run did, and what that was. */
function doneBy(run: Run): { names: readonly string[]; verb: string } {
  if ('applied' in run) return { names: run.applied.filter(name => name !== TRACKING_MIGRATION), verb: 'applied' };
  return 'reverted' in run ? { names: run.reverted, verb: 'reverted' } : { names: run.baselined, verb: 'baselined' };
}

/** What one slice of a run did and took, without every migration that was not touched. Other slices may follow. */
export function logSlice({ requestId }: WriteOptions, run: Report | RevertReport): void {
  const { names, verb } = doneBy(run);
  const { outcome, runId, executionTimeMs, dataApiCalls } = run;
  log('INFO', {
    message: `${names.length === 0 ? `Nothing was ${verb}` : `${names.length} ${verb}`} in ${executionTimeMs} ms, with ${dataApiCalls} Data API calls`,
    event: 'ended',
    outcome,
    runId,
    names: names.slice(0, NAMED),
    executionTimeMs,
    dataApiCalls,
    ...('notes' in run && { notes: run.notes }),
    ...metrics({ Applied: names.length }),
    request: requestId,
  });
}

/** The verdict of a request of CloudFormation that came to a good end. */
export function logGoodEnd(
  { RequestId, StartedAt }: { readonly RequestId: string; readonly StartedAt: number },
  { Applied, Pending, Notes, Latest }: Attributes,
): void {
  const durationMs = Date.now() - StartedAt;
  const applied = `${Applied} applied${Latest === '' ? '' : `, the newest ${Latest}`}`;
  logVerdict({
    message: `Done in ${seconds(durationMs)}: ${applied}, ${Pending === '0' ? 'none' : Pending} pending${Notes === '' ? '' : `. ${Notes}`}`,
    request: RequestId,
    failed: false,
    durationMs,
    pending: Number(Pending),
  });
}

/** Whether the answer of an action is that of a run, which has a verdict. */
export function isRun(answer: unknown): answer is Run {
  return typeof answer === 'object' && answer !== null && 'outcome' in answer;
}

/** The verdict of a run by hand. */
export function logByHand(options: WriteOptions, invocation: string, run: Run): void {
  const { names, verb } = doneBy(run);
  const { outcome, problems } = run;
  const failed = outcome === 'failed' || outcome === 'stopped';
  const durationMs = 'executionTimeMs' in run ? run.executionTimeMs : 0;
  const counts = 'counts' in run ? run.counts : null;
  const done = names.length === 0 ? `Nothing was ${verb}` : `${names.length} ${verb}`;
  const why = problems.length > 0 ? `: ${describeProblems(problems)}` : failed ? ': see the line above' : '';
  if ('runId' in run) logSlice({ ...options, requestId: invocation }, run);
  logVerdict({
    message: `${failed ? 'Failed. ' : ''}${done} in ${seconds(durationMs)}, by hand${why}`,
    request: invocation,
    failed,
    durationMs,
    pending: counts && counts.pending + counts.failed + counts.reverted,
  });
}

function seconds(ms: number): string {
  return ms < 1000 ? `${ms} ms` : `${(ms / 1000).toFixed(1)} s`;
}
