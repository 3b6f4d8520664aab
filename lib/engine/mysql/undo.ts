import type { Database } from '../../core/database.ts';
import type { Failure } from '../engine.ts';
import { editedHalfUndone } from '../failure.ts';
import type { Naming } from './names.ts';
import type { Task } from './task.ts';

/**
 * Where an undoing goes on: at the first statement that an earlier one, which did not come to its end, has not done. A failure where one that
 * was done has been edited since.
 */
export async function resumed(database: Database, named: Naming, task: Task): Promise<Task | Failure> {
  const [row] = await database.execute({
    sql: named(`SELECT CAST(h.statements_applied AS char), CAST(JSON_EXTRACT(h.revert_facts, '$.sums') AS char)
      FROM schema_migrations h WHERE h.name = :name AND h.target = 'reverted' AND h.status IN ('failed', 'running')
        AND h.attempt = (SELECT MAX(c.attempt) FROM schema_migrations c WHERE c.name = :name)`),
    parameters: { name: task.name },
    effect: 'read',
  });
  if (!row) return task;
  const done = Number(row[0]);
  const sums = JSON.parse(row[1] ?? '[]') as string[];
  const edited = sums.slice(0, done).findIndex((sum, at) => sum !== task.script.facts.sums[at]);
  return edited < 0 ? { ...task, from: done + 1 } : editedHalfUndone(task.name, done, edited + 1);
}
