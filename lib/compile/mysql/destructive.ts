import type { Head } from '../../engine/mysql/statement/statement-kind.ts';
import { nameAt, stands, type Word } from '../../engine/mysql/statement/words.ts';

/** What a second application of a statement would not leave harmless, as it ends "line 12 …"; undefined: nothing that is known. */
export function harm(words: readonly Word[], head: Head): string | undefined {
  const { verb, what, objects, temporary } = head;
  const object = objects[0]?.name ?? '';
  switch (verb) {
    case 'drop':
      return temporary ? undefined : `drops ${what} ${object}`.trimEnd();
    case 'truncate':
      return `truncates ${object}`;
    case 'rename':
      return `renames ${object}`;
    case 'alter':
      return what === 'table' || what === 'event' ? altered(words, object) : undefined;
    case 'delete':
      return `deletes from ${tableAfter(words, 'from')}`;
    case 'update':
      return `updates ${nameAt(words, 1)?.name ?? 'a table'}`;
    case 'insert':
      return isForgiving(words)
        ? undefined
        : `inserts into ${tableAfter(words, 'into')} without ON DUPLICATE KEY UPDATE`;
    case 'with':
      return words.some(({ sign }) => sign === 'delete' || sign === 'update') ? 'changes rows' : undefined;
    case 'load':
      return 'loads rows';
    case 'call':
      return `calls ${nameAt(words, 1)?.name ?? 'a procedure'}`;
    default:
      return undefined;
  }
}

function isForgiving(words: readonly Word[]): boolean {
  return words.some((_, at) => stands(words, at, 'on', 'duplicate', 'key') || (at < 4 && stands(words, at, 'ignore')));
}

function tableAfter(words: readonly Word[], sign: string): string {
  const at = words.findIndex(word => word.sign === sign);
  return (at < 0 ? nameAt(words, 1) : nameAt(words, at + 1))?.name ?? 'a table';
}

/** Clauses that take something away, or that make another one each time they run: an index or a constraint without a name. */
function altered(words: readonly Word[], table: string): string | undefined {
  for (const [at, { sign }] of words.entries()) {
    const next = words[at + 1]?.sign ?? '';
    if (sign === 'drop')
      return `drops ${/^(column|index|key|constraint|primary|foreign|check|partition|default)$/.test(next) ? next : 'a column'} from ${table}`;
    if (sign === 'rename') return `renames ${table} or a part of it`;
    if (sign === 'change' || sign === 'exchange' || sign === 'truncate' || sign === 'discard')
      return `${sign}s a part of ${table}`;
    if (sign === 'add' && isUnnamed(words, at + 1)) return `adds an index or constraint without a name to ${table}`;
  }
  return undefined;
}

function isUnnamed(words: readonly Word[], at: number): boolean {
  const kind = words[at]?.sign ?? '';
  if (kind === 'foreign') return stands(words, at + 1, 'key', '(');
  if (kind === 'check') return true;
  if (!/^(index|key|unique|fulltext|spatial)$/.test(kind)) return false;
  const after = /^(index|key)$/.test(words[at + 1]?.sign ?? '') ? at + 2 : at + 1;
  return stands(words, after, '(') || stands(words, after, 'using');
}
