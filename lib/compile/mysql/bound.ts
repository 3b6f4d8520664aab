import type { Bound } from '../../core/manifest.ts';
import { type Head, isSet } from '../../engine/mysql/statement/statement-kind.ts';
import type { Word } from '../../engine/mysql/statement/words.ts';
import { asksOfLast, isReplayable, setsLastId, variables } from './session.ts';

/**
 * Statements that need something which an earlier one left in its session and which cannot be made again: a variable from a query, a
 * temporary table, LAST_INSERT_ID(). `session` holds those that may be executed again before later ones.
 */
export function readSession(statements: readonly { words: readonly Word[]; head: Head }[]): {
  session: number[];
  bound: Bound[];
} {
  const session: number[] = [];
  const bound: Bound[] = [];
  const makers = new Map<string, { statement: number; what: string }>();
  let inserted: number | undefined;
  for (const [index, { words, head }] of statements.entries()) {
    const statement = index + 1;
    const { named, written } = variables(words);
    const needs = [...named].flatMap(name =>
      written.has(name) && head.verb !== 'select' ? [] : (makers.get(`@${name}`) ?? []),
    );
    for (const { name } of words) {
      const maker = name === undefined ? undefined : makers.get(name.toLowerCase());
      if (maker) needs.push(maker);
    }
    if (asksOfLast(words) === 'last_insert_id' && inserted !== undefined) {
      needs.push({ statement: inserted, what: 'LAST_INSERT_ID()' });
    }
    const first = needs.sort((a, b) => a.statement - b.statement)[0];
    if (first) bound.push({ statement, to: first.statement, what: first.what });
    const replayable = isSet(words) && !first && isReplayable(words);
    if (replayable) session.push(statement);
    for (const name of written) {
      if (replayable) makers.delete(`@${name}`);
      else makers.set(`@${name}`, { statement, what: `@${name}` });
    }
    if (head.temporary) {
      for (const { name } of head.objects) {
        if (head.verb === 'create') makers.set(name.toLowerCase(), { statement, what: `the temporary table ${name}` });
        else makers.delete(name.toLowerCase());
      }
    }
    if (setsLastId(words, head.verb)) inserted = statement;
  }
  return { session, bound };
}
