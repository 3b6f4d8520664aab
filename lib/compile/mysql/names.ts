import type { Head } from '../../engine/mysql/statement/statement-kind.ts';
import { nameAt, namesAt, type Word } from '../../engine/mysql/statement/words.ts';

/** Stands for whatever there is: without a transaction around DDL a changed migration may only be the newest one. */
const ANYTHING = '*';

const BEFORE_TABLE = new Set(['from', 'join', 'into', 'update', 'references', 'table', 'on', 'like', 'tables']);

/** Collect the names of one statement. Too many are safer than too few. */
export function collectNames(
  words: readonly Word[],
  head: Head,
  into: { names: Set<string>; creates: Set<string> },
): void {
  into.names.add(ANYTHING);
  for (const { name } of head.objects) {
    into.names.add(name);
    if (head.verb === 'create') into.creates.add(name);
  }
  for (const [at, { sign }] of words.entries()) {
    if (!BEFORE_TABLE.has(sign)) continue;
    for (const { name } of sign === 'on' ? [nameAt(words, at + 1)].flatMap(one => one ?? []) : namesAt(words, at + 1))
      into.names.add(name);
  }
}
