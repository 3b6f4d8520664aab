import type { Head } from '../../engine/mysql/statement/statement-kind.ts';
import { nameAt, type Word } from '../../engine/mysql/statement/words.ts';

const BEFORE_TABLE = /^(from|join|straight_join|into|update|table|tables|like)$/;
const OPENS_LIST = /^(from|update|table|tables)$/;
const ENDS_LIST =
  /^(where|set|select|values|value|group|order|having|limit|window|union|except|intersect|for|partition)$/;
const MODIFIER = /^(low_priority|delayed|high_priority|ignore|quick|only)$/;

/** Names that stand where a statement names a table, lower-cased and without their database. */
export function tablesNamed(words: readonly Word[], head: Head): Set<string> {
  const found = new Set(head.objects.map(({ name }) => name.toLowerCase()));
  const inList = [false];
  // INSERT t VALUES: INTO may be left out.
  let expected = /^(insert|replace|delete|update)$/.test(head.verb) ? 1 : -1;
  for (const [at, { sign, name }] of words.entries()) {
    if (at === expected) {
      if (MODIFIER.test(sign) || sign === '(' || BEFORE_TABLE.test(sign)) expected = at + 1;
      else if (name !== undefined) found.add((nameAt(words, at)?.name ?? name).toLowerCase());
    }
    if (sign === '(') inList.push(false);
    else if (sign === ')') inList.pop();
    else if (BEFORE_TABLE.test(sign) || (sign === 'on' && head.what === 'index')) expected = at + 1;
    else if (sign === ',' && inList.at(-1)) expected = at + 1;
    if (OPENS_LIST.test(sign)) inList[inList.length - 1] = true;
    else if (ENDS_LIST.test(sign)) inList[inList.length - 1] = false;
  }
  return found;
}
