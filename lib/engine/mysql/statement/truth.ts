import type { Ddl, DdlObject } from '../../../core/manifest.ts';
import type { Head } from './statement-kind.ts';
import { nameAt, namesAt, type QualifiedName, stands, type Word } from './words.ts';

type Facts = Omit<Ddl, 'statement'>;

const UNKNOWN: Facts = { truth: 'unknown', objects: [] };
const REPEATABLE: Facts = { truth: 'repeatable', objects: [] };

/** Statements that a transaction takes back. */
const TRANSACTIONAL = new Set(
  'select insert replace update delete with table values do set show explain desc describe load checksum kill'.split(
    ' ',
  ),
);
const HARMLESS = new Set('analyze optimize check repair flush cache grant reset'.split(' '));
const PICTURED = /^(table|view|procedure|function|trigger|event|database)$/;

/**
 * How to find out whether a statement that commits by itself is done, when its answer was lost; undefined: it commits with its checkpoint.
 */
export function truthOf(words: readonly Word[], head: Head): Facts | undefined {
  const { verb, what, objects, lenient, temporary } = head;
  if (verb === 'set' && stands(words, 1, 'password')) return REPEATABLE;
  if (verb === 'set' && (stands(words, 1, 'default', 'role') || words[1]?.sign === 'persist')) return REPEATABLE;
  if (TRANSACTIONAL.has(verb) || temporary) return undefined;
  if (HARMLESS.has(verb)) return REPEATABLE;
  // A right that is taken away already is an error.
  if (verb === 'revoke') return stands(words, 1, 'if', 'exists') ? REPEATABLE : UNKNOWN;
  // One for a single time is gone when that is over, whether it was made or not.
  if (what === 'event' && words.some((_, at) => stands(words, at, 'on', 'schedule', 'at'))) return UNKNOWN;
  const kind = what === 'index' ? 'table' : what;
  const of = (names: readonly QualifiedName[]): DdlObject[] =>
    names.map(({ schema, name }) => ({ kind: kind as DdlObject['kind'], schema, name }));
  switch (verb) {
    case 'truncate':
      return { truth: 'identity', objects: of(objects) };
    case 'rename':
      return what === 'table' ? { truth: 'identity', objects: of(renamed(words, head.next)) } : UNKNOWN;
    case 'create':
    case 'alter':
    case 'drop':
      break;
    default:
      return UNKNOWN;
  }
  if (what === 'index') {
    const table = tableOfIndex(words, head.next);
    return table ? { truth: 'picture', objects: of([table]) } : UNKNOWN;
  }
  // A user may be altered twice; a role that is there, or is not, is so by whatever way.
  if (what === 'user' || what === 'role') return lenient || verb === 'alter' ? REPEATABLE : UNKNOWN;
  if (!PICTURED.test(what) || objects.length === 0) return UNKNOWN;
  if (lenient && verb !== 'alter') return REPEATABLE;
  if (verb === 'alter' && what === 'table') return altered(words, head, of);
  if (verb === 'alter' && what === 'event')
    return { truth: 'picture', objects: of([objects[0]!, ...newNames(words, head)]) };
  return { truth: 'picture', objects: of(objects) };
}

/** `a TO b, c TO d`: all of them. */
function renamed(words: readonly Word[], from: number): QualifiedName[] {
  const names: QualifiedName[] = [];
  for (let at = from; ; at++) {
    const name = nameAt(words, at);
    if (!name) return names;
    names.push(name);
    at = name.next;
    if (words[at]?.sign !== 'to' && words[at]?.sign !== ',') return names;
  }
}

/** `index ON table` */
function tableOfIndex(words: readonly Word[], from: number): QualifiedName | undefined {
  for (let at = from + 1; at < Math.min(words.length, from + 8); at++)
    if (words[at]!.sign === 'on') return nameAt(words, at + 1);
  return undefined;
}

function newNames(words: readonly Word[], { next }: Head): QualifiedName[] {
  return words.flatMap(({ sign }, at) => {
    if (sign !== 'rename' || at < next) return [];
    const to = words[at + 1]?.sign;
    if (/^(column|index|key)$/.test(to ?? '')) return [];
    return namesAt(words, to === 'to' || to === 'as' || to === '=' ? at + 2 : at + 1).slice(0, 1);
  });
}

/** What only moves rows or files changes no definition: the number of the table tells. */
const MOVES = /^(exchange|truncate|engine|force|tablespace|import|discard|rebuild|reorganize|coalesce)$/;
/** What leaves nothing at all to see, and may be done twice. */
const TRACELESS = /^(enable|disable|auto_increment|analyze|optimize|check|repair|order)$/;

function altered(words: readonly Word[], head: Head, of: (names: readonly QualifiedName[]) => DdlObject[]): Facts {
  const table = head.objects[0]!;
  const after =
    nameAt(
      words,
      words.findIndex(({ token }, at) => at >= head.next && token.start >= 0),
    )?.next ?? head.next;
  const clauses = clausesOf(words, after);
  const exchanged = words.flatMap((_, at) =>
    stands(words, at, 'with', 'table') ? namesAt(words, at + 2).slice(0, 1) : [],
  );
  const objects = of([table, ...newNames(words, head), ...exchanged]);
  if (clauses.length > 0 && clauses.every(sign => TRACELESS.test(sign))) return REPEATABLE;
  return { truth: clauses.every(sign => MOVES.test(sign) || TRACELESS.test(sign)) ? 'identity' : 'picture', objects };
}

/** The first words of the clauses of an ALTER TABLE. */
function clausesOf(words: readonly Word[], from: number): string[] {
  const found: string[] = [];
  let depth = 0;
  let begins = true;
  for (const { sign } of words.slice(from)) {
    if (begins && depth === 0) found.push(sign);
    begins = false;
    if (sign === '(') depth++;
    else if (sign === ')') depth--;
    else if (sign === ',' && depth === 0) begins = true;
  }
  return found;
}
