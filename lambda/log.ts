import type { Problem } from '../lib/core/errors.ts';
import type { FailureReport, RunEvent } from '../lib/core/report.ts';

/** A line of the log: one object, which Lambda writes as JSON. */
export type Entry = Readonly<Record<string, unknown>> & { readonly event: string };

/** Write a line. */
export function log(entry: Entry): void {
  (entry.event === 'failed' || entry.event === 'refused' ? console.error : console.info)(entry);
}

/** A line for each thing that happens in a run, but not for each statement. Row values (PostgreSQL's DETAIL) stay in the table. */
export function logRun(requestId: string): (event: RunEvent) => void {
  return event => {
    if (event.event === 'statement') return;
    log(
      event.event === 'failed'
        ? { ...event, failure: withoutDetail(event.failure), requestId }
        : { ...event, requestId },
    );
  };
}

export function logProblems(requestId: string, problems: readonly Problem[]): void {
  for (const { place, ...problem } of problems) log({ event: 'refused', ...problem, ...place, requestId });
}

function withoutDetail({ detail: _, ...failure }: FailureReport): Omit<FailureReport, 'detail'> {
  return failure;
}
