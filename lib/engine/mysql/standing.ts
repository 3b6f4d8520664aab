import type { Database } from '../../core/database.ts';
import { type Mark, pictureOf } from './picture.ts';

/** What became of a statement that an earlier attempt may have sent, by how things stood before it and how they stand now. */
export async function standing(database: Database, mark: Mark): Promise<'done' | 'not-done' | 'unknown'> {
  if (mark.truth === 'repeatable') return 'not-done';
  if (mark.hash === null) return 'unknown';
  const { sql, parameters } = pictureOf(mark);
  const [now] = await database.execute({ sql: `SELECT ${sql}`, parameters, effect: 'read' });
  if (now?.[0] == null) return 'unknown';
  return now[0] === mark.hash ? 'not-done' : 'done';
}
