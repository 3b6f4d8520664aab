import type { Head } from '../../engine/mysql/statement/statement-kind.ts';
import { nameAt, stands, type Word } from '../../engine/mysql/statement/words.ts';
import { harm } from './destructive.ts';

/** Whether a second execution of a statement leaves the database as the first one did. What is not known here is not. */
export function isRepeatable(words: readonly Word[], head: Head): boolean {
  if (harm(words, head) !== undefined) return false;
  return REPEATABLE_VERBS.has(head.verb) || head.temporary || (head.verb === 'create' && head.lenient);
}

const REPEATABLE_VERBS = new Set(
  (
    'set select with table values show explain desc describe use do insert replace grant revoke lock unlock flush ' +
    'analyze optimize check checksum repair'
  ).split(' '),
);

/** `CREATE … IF NOT EXISTS`: it does nothing where its object exists, so that a second run would not apply an edit of it. */
export function isLenientCreation(words: readonly Word[], { verb, next, temporary }: Head): boolean {
  return verb === 'create' && !temporary && stands(words, next, 'if', 'not', 'exists');
}

/** What a statement takes away: objects that it drops, renames or empties, and tables of which it drops a part. */
export function dropsOf(words: readonly Word[], { verb, objects, what }: Head): string[] {
  const [first] = objects;
  switch (verb) {
    case 'drop':
      return [...objects.map(({ name }) => name), ...(what === 'index' ? namesAfter(words, 'on') : [])];
    case 'truncate':
      return objects.map(({ name }) => name);
    case 'rename':
      return words.flatMap(({ sign }, at) => (sign === 'to' ? (words[at - 1]?.name ?? []) : []));
    case 'alter':
      return first && words.some(({ sign }) => TAKING.has(sign)) ? [first.name] : [];
    case 'delete':
      return namesAfter(words, 'from');
    default:
      return [];
  }
}

const TAKING = new Set(['drop', 'rename', 'change', 'truncate', 'exchange', 'discard']);

function namesAfter(words: readonly Word[], sign: string): string[] {
  const at = words.findIndex(word => word.sign === sign);
  const name = at < 0 ? undefined : nameAt(words, at + 1)?.name;
  return name === undefined ? [] : [name];
}
