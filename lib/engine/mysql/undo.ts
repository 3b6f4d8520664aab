import type { Database } from '../../core/database.ts';
import { milliseconds } from './history.ts';
import type { Naming } from './names.ts';
import type { Task } from './task.ts';

/**
 * Where an undoing goes on: at the first statement that an earlier one, which failed, has not done. From the beginning where a statement that
 * was done has been edited since: what it undid is then undone again, or fails and says so.
 */
export async function resumed(database: Database, named: Naming, task: Task): Promise<Task> {
  const [row] = await database.execute({
    sql: named(`SELECT CAST(h.statements_applied AS char), CAST(JSON_EXTRACT(h.revert_facts, '$.sums') AS char), CAST(${milliseconds('h.started_at')} AS char)
      FROM schema_migrations h WHERE h.name = :name AND h.target = 'reverted' AND h.status IN ('failed', 'running')
        AND h.attempt = (SELECT MAX(c.attempt) FROM schema_migrations c WHERE c.name = :name)`),
    parameters: { name: task.name },
    effect: 'read',
  });
  if (!row) return task;
  const done = Number(row[0]);
  const sums = JSON.parse(row[1] ?? '[]') as string[];
  const same = sums.slice(0, done).every((sum, at) => sum === task.script.facts.sums[at]);
  return same ? { ...task, from: done + 1 } : task;
}
