import type { Failure } from '../engine.ts';
import type { Context } from './context.ts';
import { verdictOf } from './errors.ts';
import { record } from './plain-sql.ts';
import type { Outcome, Task } from './task.ts';

/** Write down that a task failed of which no call says more: nothing of it is executed. */
export async function recordFailure(
  { database, named, known }: Context,
  task: Task,
  failure: Failure,
): Promise<Outcome> {
  const latest = known.latest.get(task.name);
  const attempt = { number: (latest?.attempt ?? 0) + 1, interrupts: latest?.running ?? false };
  const done = task.from - 1;
  const failed = { code: failure.code, message: failure.message, statement: task.from };
  const position = { done, mark: null, total: task.script.facts.lines.length };
  try {
    // What is known of a statement that may have been sent stays known.
    await database.execute(record(named, task, attempt, { ...position, failed, keep: true }));
  } catch (error) {
    if (verdictOf(error) !== 'fenced') throw error;
    return { status: 'fenced' };
  }
  return { status: 'failed', attempt: attempt.number, executionTimeMs: 0, failure };
}
