import type { IdentityFacts } from '../core/identity.ts';
import type { CopiedAttempt, CopiedHistory } from './rehearser.ts';

/** A copied attempt by its columns, with what is stored of its statements as values. */
export type CopiedRow = ReturnType<typeof rowsOf>[number];

/** The rows of the tracking table of a copied history. Facts go to the latest attempt of each name, where both engines look for them. */
export function rowsOf({ attempts, facts, unfinished }: CopiedHistory) {
  const latest = new Map<string, CopiedAttempt>();
  for (const one of attempts) if (one.attempt > (latest.get(one.name)?.attempt ?? 0)) latest.set(one.name, one);
  return attempts.map(one => {
    const isLatest = latest.get(one.name) === one;
    const stopped = isLatest ? unfinished.find(({ name }) => name === one.name) : undefined;
    return {
      ...toRow(one),
      direction: isDown(one, attempts) ? 'down' : 'up',
      content_facts: (isLatest && facts.get(one.name)) || (null as IdentityFacts | null),
      sums: stopped?.sums ?? null,
      applied_checksum: stopped?.appliedChecksum ?? null,
    };
  });
}

function toRow(one: CopiedAttempt) {
  return {
    name: one.name,
    attempt: one.attempt,
    status: one.status,
    version: /^\d+/.exec(one.name)?.[0] ?? null,
    checksum: one.checksum,
    statements_checksum: one.statementsChecksum,
    statements: one.statements,
    statements_applied: one.statementsApplied,
    other_name: one.otherName,
    started_at: one.startedAt,
    finished_at: one.finishedAt,
    execution_time_ms: one.executionTimeMs,
    error_code: one.errorCode,
    error_message: one.errorMessage,
    error_detail: one.errorDetail,
    error_hint: one.errorHint,
    error_statement: one.errorStatement,
    error_line: one.errorLine,
    run_id: one.runId,
    hook: one.hook,
    requested_by: one.requestedBy,
    tool_version: one.toolVersion,
  };
}

/** Whether an attempt was to undo: nobody tries to apply what is applied with the same statements. */
function isDown(one: CopiedAttempt, attempts: readonly CopiedAttempt[]): boolean {
  if (one.status !== 'failed') return one.status === 'reverted';
  const [before] = attempts
    .filter(({ name, attempt, status }) => name === one.name && attempt < one.attempt && status !== 'failed')
    .sort((a, b) => b.attempt - a.attempt);
  return before !== undefined && before.status !== 'reverted' && before.statementsChecksum === one.statementsChecksum;
}
