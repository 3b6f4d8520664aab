import type { Ddl, Judge } from '../../../core/manifest.ts';
import { alteredParts, type Part } from './alter-parts.ts';
import { type Head, headOf } from './statement-kind.ts';
import { clausesOf, nameAt, namesAt, type QualifiedName, stands, type Word } from './words.ts';

/** What is known of a statement that commits by itself. */
export type ImplicitCommit = Omit<Ddl, 'statement'>;

/** Nothing tells whether it ran. */
const UNJUDGED: ImplicitCommit = { judges: [], changes: [], unjudged: true };
/** Executing it twice has the effect of executing it once. */
const REPEATABLE: ImplicitCommit = { judges: [], changes: [] };

/** Statements that a transaction takes back. */
const TRANSACTIONAL = new Set(
  (
    'select insert replace update delete with table values do set show explain desc describe load checksum kill ' +
    'prepare execute deallocate'
  ).split(' '),
);
const HARMLESS = new Set('analyze optimize check repair flush cache grant reset'.split(' '));
const JUDGED = /^(table|view|procedure|function|trigger|event|database)$/;

/**
 * Reads what tells whether a statement that commits by itself ran, and what it changes of that for others; undefined: a transaction takes the
 * statement back. Source of what commits: https://dev.mysql.com/doc/refman/8.0/en/implicit-commit.html
 */
export function implicitCommitOf(words: readonly Word[], head: Head = headOf(words)): ImplicitCommit | undefined {
  const { verb, what, objects, lenient, temporary } = head;
  if (verb === 'set' && stands(words, 1, 'password')) return REPEATABLE;
  if (verb === 'set' && (stands(words, 1, 'default', 'role') || words[1]?.sign === 'persist')) return REPEATABLE;
  if (TRANSACTIONAL.has(verb) || temporary || (verb === 'drop' && what === 'prepare')) return undefined;
  if (HARMLESS.has(verb)) return rebuilt(objects);
  // Revoking a right that is not there is an error.
  if (verb === 'revoke') return stands(words, 1, 'if', 'exists') ? REPEATABLE : UNJUDGED;
  // An event for a single time is dropped by the server when that time is over.
  if (what === 'event' && words.some((_, at) => stands(words, at, 'on', 'schedule', 'at'))) return UNJUDGED;
  if (verb === 'truncate') return judgedTables('identity', objects);
  if (verb === 'rename') return what === 'table' ? renamed(words, head) : UNJUDGED;
  if (!/^(create|alter|drop)$/.test(verb)) return UNJUDGED;
  if (what === 'index') return ofIndex(words, head);
  // A user may be altered twice. An account that exists may have been created by anybody.
  if (what === 'user' || what === 'role') return lenient || verb === 'alter' ? REPEATABLE : UNJUDGED;
  if (!JUDGED.test(what) || objects.length === 0) return UNJUDGED;
  if (verb === 'alter' && what === 'table') return altered(words, head);
  return ofObjects(words, head);
}

/** May be executed twice. OPTIMIZE and its like make a table anew, with another number. */
function rebuilt(tables: readonly QualifiedName[]): ImplicitCommit {
  return { judges: [], changes: tables.map(({ name }) => `definition:${name.toLowerCase()}`) };
}

/** CREATE and DROP of objects, judged by their existence; IF EXISTS, OR REPLACE and other ALTERs are executed again. */
function ofObjects(words: readonly Word[], head: Head): ImplicitCommit {
  const { verb, what, lenient } = head;
  const objects = verb === 'alter' && what === 'event' ? [head.objects[0]!, ...newNames(words, head)] : head.objects;
  const isRelation = what === 'table' || what === 'view';
  const how = (what === 'view' ? 'table' : what) as Judge['how'];
  const renames = verb === 'alter' && objects.length > 1;
  const repeated = (lenient || verb === 'alter') && !renames;
  const judges: Judge[] = repeated ? [] : objects.map(({ schema, name }) => ({ how, schema, name }));
  const keys = (name: string) => {
    if (!isRelation) return [`${how}:${name}`];
    return verb === 'create' ? [`table:${name}`, `definition:${name}`, `made:${name}`] : wholeTable(name);
  };
  const changes = objects.flatMap(({ name }) => keys(name.toLowerCase()));
  // Its triggers go with a table, and everything in it with a database.
  if (isRelation && verb === 'drop') changes.push('trigger:*');
  if (what === 'database' && verb === 'drop') changes.push('*');
  return { judges, changes };
}

function ofIndex(words: readonly Word[], { verb, objects, next }: Head): ImplicitCommit {
  const table = tableOfIndex(words, next);
  const name = objects[0]?.name;
  if (!table || name === undefined) return UNJUDGED;
  return ofParts(table, [{ how: 'index', name, drops: verb === 'drop' }]);
}

/** `a TO b, c TO d`: the definition tells, unless a name stands on both sides, as in a swap. */
function renamed(words: readonly Word[], { next }: Head): ImplicitCommit {
  const names: QualifiedName[] = [];
  for (let at = next; ; at++) {
    const name = nameAt(words, at);
    if (!name) break;
    names.push(name);
    at = name.next;
    if (words[at]?.sign !== 'to' && words[at]?.sign !== ',') break;
  }
  const distinct = new Set(names.map(({ name }) => name.toLowerCase())).size === names.length;
  if (distinct) return judgedTables('definition', names);
  // Where a view and a table change places, the definitions tell.
  const { judges, changes } = judgedTables('identity', names);
  return { judges: [...judges, ...judgedTables('definition', names).judges], changes };
}

/** What only moves rows or files changes no definition: the number of the table tells. */
const MOVES = /^(exchange|truncate|engine|force|tablespace|import|discard|rebuild|reorganize|coalesce)$/;
/** What leaves nothing to see, and may be executed twice. */
const TRACELESS = /^(enable|disable|auto_increment|analyze|optimize|check|repair|order)$/;

function altered(words: readonly Word[], head: Head): ImplicitCommit {
  const table = head.objects[0]!;
  const clauses = clausesOf(words, table.next);
  const signs = clauses.map(([first]) => first?.sign ?? '');
  if (clauses.length > 0 && signs.every(sign => TRACELESS.test(sign))) return rebuilt([table]);
  const others = [
    ...newNames(words, head),
    ...words.flatMap((_, at) => (stands(words, at, 'with', 'table') ? namesAt(words, at + 2).slice(0, 1) : [])),
  ];
  const parts = others.length === 0 ? alteredParts(clauses) : undefined;
  if (parts) return ofParts(table, parts);
  const moves = signs.every(sign => MOVES.test(sign) || TRACELESS.test(sign));
  return judgedTables(moves ? 'identity' : 'definition', [table, ...others]);
}

/** Names that an ALTER gives to the object itself. */
function newNames(words: readonly Word[], { next }: Head): QualifiedName[] {
  return words.flatMap(({ sign }, at) => {
    if (sign !== 'rename' || at < next) return [];
    const to = words[at + 1]?.sign;
    if (/^(column|index|key)$/.test(to ?? '')) return [];
    return namesAt(words, to === 'to' || to === 'as' || to === '=' ? at + 2 : at + 1).slice(0, 1);
  });
}

/** `index ON table` */
function tableOfIndex(words: readonly Word[], from: number): QualifiedName | undefined {
  for (let at = from + 1; at < Math.min(words.length, from + 8); at++)
    if (words[at]!.sign === 'on') return nameAt(words, at + 1);
  return undefined;
}

function judgedTables(how: 'definition' | 'identity', tables: readonly QualifiedName[]): ImplicitCommit {
  return {
    judges: tables.map(({ schema, name }) => ({ how, schema, name })),
    changes: tables.flatMap(({ name }) => wholeTable(name.toLowerCase())),
  };
}

function wholeTable(name: string): string[] {
  return [
    `table:${name}`,
    `definition:${name}`,
    `made:${name}`,
    ...['column', 'index', 'constraint'].map(part => `${part}:${name}.*`),
  ];
}

/** Parts of a table that are made or taken away. The first whose name stands there once tells whether the statement ran. */
function ofParts({ schema, name: table }: QualifiedName, parts: readonly Part[]): ImplicitCommit {
  const lower = table.toLowerCase();
  const named = ({ how, name }: Part) => `${how}:${lower}.${name.toLowerCase()}`;
  const judge = parts.find(one => parts.filter(other => named(other) === named(one)).length === 1);
  if (!judge) return judgedTables('definition', [{ schema, name: table, next: 0 }]);
  const { how, name, drops } = judge;
  const changes = parts.flatMap(part => [
    named(part),
    // A constraint brings an index of its name, and a unique index is a constraint.
    ...(part.how === 'column' ? [] : [named({ ...part, how: part.how === 'index' ? 'constraint' : 'index' })]),
    ...(part.drops ? [] : [`made:${lower}`]),
    ...(part.drops && part.how === 'column' ? [`index:${lower}.*`, `constraint:${lower}.*`] : []),
  ]);
  return {
    judges: [{ how, schema, name: table, part: name, ...(drops && { drops }) }],
    changes: [...new Set([...changes, `definition:${lower}`])],
  };
}
