import type { Head } from '../../../engine/mysql/statement/statement-kind.ts';
import { namesAt, type Word } from '../../../engine/mysql/statement/words.ts';
import { type Action, type Part, type Request, requestIn, target } from './action.ts';
import { alterTable } from './alter-table.ts';
import { Clause } from './clause.ts';
import { createTable } from './create-table.ts';
import { partsOf } from './definition.ts';

const NO_REQUEST: Request = { algorithm: null, lock: null };

/** The parts of a statement, in order; none for what no rule looks at. */
export function actionsOf(words: readonly Word[], head: Head, text: string): Action[] {
  const clause = new Clause(words, text);
  if (head.what === 'table' && head.verb === 'alter') return alterTable(clause, head);
  const read = READERS[`${head.verb} ${head.what}`.trim()];
  return (read?.(clause, head) ?? []).map(part => ({ sql: '', tableSql: '', request: NO_REQUEST, ...part }));
}

type Reader = (clause: Clause, head: Head) => (Part & Partial<Pick<Action, 'sql' | 'tableSql' | 'request'>>)[];

const READERS: Readonly<Record<string, Reader>> = {
  'create table': createTable,
  'create view': (_, { objects }) => objects.slice(0, 1).map(({ name }) => ({ do: 'create-view', name })),
  'create index': createIndex,
  'drop index': dropIndex,
  'drop table': dropped('table'),
  'drop view': dropped('view'),
  'drop database': dropped('database'),
  'rename table': renameTables,
  'truncate table': (_, { objects }) => objects.slice(0, 1).map(({ name }) => ({ do: 'truncate', table: name })),
  'optimize table': (_, { objects }) =>
    objects.map(({ name }) => ({ do: 'table-option', table: name, option: 'optimize', value: '', tableSql: name })),
  update: changeRows,
  delete: changeRows,
  with: changeRows,
  set: foreignKeyChecks,
};

function dropped(kind: 'table' | 'view' | 'database'): Reader {
  return (_, { objects, lenient, temporary }) =>
    temporary ? [] : objects.map(({ name }) => ({ do: 'drop', kind, name, ifExists: lenient }));
}

/** `CREATE FULLTEXT INDEX i ON t (a, (b + 1)) ALGORITHM = INPLACE LOCK = NONE` */
function createIndex(clause: Clause, { objects, next }: Head): ReturnType<Reader> {
  const on = clause.find(next, 'on');
  const table = clause.table(on + 1);
  const [index] = objects;
  if (on < 0 || !table || !index) return [];
  const kind = /^(unique|fulltext|spatial)$/.test(clause.sign(1))
    ? (clause.sign(1) as 'unique' | 'fulltext' | 'spatial')
    : 'plain';
  const name = clause.name(next);
  const list = clause.slice(table.next, clause.afterGroup(table.next)).sql;
  const sql = `ADD ${kind === 'plain' ? '' : `${kind.toUpperCase()} `}INDEX ${clause.slice(next, next + 1).sql} ${list}`;
  const parts = partsOf(clause.group(table.next));
  return [
    {
      do: 'add-index',
      table: table.name,
      index: { name, kind, ...parts },
      sql,
      tableSql: clause.slice(on + 1, table.next).sql,
      request: requestIn(clause),
    },
  ];
}

function dropIndex(clause: Clause, { objects, next }: Head): ReturnType<Reader> {
  const on = clause.find(next, 'on');
  const table = clause.table(on + 1);
  const [index] = objects;
  if (on < 0 || !table || !index) return [];
  const tableSql = clause.slice(on + 1, table.next).sql;
  const part: Part =
    index.name.toLowerCase() === 'primary'
      ? { do: 'drop-primary-key', table: table.name }
      : { do: 'drop-index', table: table.name, name: index.name };
  return [{ ...part, sql: `DROP INDEX ${clause.slice(next, next + 1).sql}`, tableSql, request: requestIn(clause) }];
}

function renameTables(clause: Clause, { next }: Head): ReturnType<Reader> {
  const found: Part[] = [];
  for (let at = next; at < clause.words.length; at++) {
    const from = clause.table(at);
    const to = from && clause.has(from.next, 'to') ? clause.table(from.next + 1) : undefined;
    if (!from || !to) return found;
    found.push({ do: 'rename', kind: 'table', table: null, from: from.name, to: target(from, to) });
    at = to.next;
  }
  return found;
}

/** UPDATE and DELETE of one table: what joins others, or has a WHERE or LIMIT, is not of all rows. */
function changeRows(clause: Clause): ReturnType<Reader> {
  const update = clause.find(0, 'update');
  const remove = clause.find(0, 'delete');
  const start = update >= 0 ? update : remove;
  if (start < 0) return [];
  let at = start + 1;
  while (/^(low_priority|quick|ignore|from)$/.test(clause.sign(at))) at++;
  const [first, ...others] = namesAt(clause.words, at);
  if (!first) return [];
  const verb = update >= 0 ? 'UPDATE' : 'DELETE';
  const isJoined =
    others.length > 0 || clause.find(at, 'join') >= 0 || (verb === 'DELETE' && clause.find(at, 'from') >= 0);
  const limits = clause.find(at, 'where') >= 0 || clause.find(at, 'limit') >= 0 || clause.find(at, 'using') >= 0;
  return [{ do: 'change-rows', verb, table: first.name, all: !isJoined && !limits }];
}

/** `SET @old = @@foreign_key_checks, foreign_key_checks = 0`: what is not 0 is on. */
function foreignKeyChecks(clause: Clause): ReturnType<Reader> {
  for (let at = clause.find(0, 'foreign_key_checks'); at >= 0; at = clause.find(at + 1, 'foreign_key_checks')) {
    if (!/^:?=$/.test(clause.sign(at + 1))) continue;
    return [{ do: 'foreign-key-checks', on: !/^(0|off|false)$/i.test(clause.value(at + 2)) }];
  }
  return [];
}
