import type { Head } from '../../../engine/mysql/statement/statement-kind.ts';
import { clausesOf, namesAt } from '../../../engine/mysql/statement/words.ts';
import { type Action, type Part, requestIn, target } from './action.ts';
import type { Clause } from './clause.ts';
import { columnAt, keyAt } from './definition.ts';
import { charsetOptions, optionValue } from './table-options.ts';

/** Reads an ALTER TABLE: one action a clause, of some two. */
export function alterTable(clause: Clause, { next }: Head): Action[] {
  const table = clause.table(next);
  if (!table) return [];
  const around = { tableSql: clause.slice(next, table.next).sql, request: requestIn(clause) };
  const clauses = separate(
    clausesOf(clause.words, table.next).map(words => clause.with(words)),
    clause,
  );
  return clauses.flatMap(own => {
    if (/^(algorithm|lock)$/.test(own.sign(0))) return [];
    const parts = CLAUSES[own.sign(0)]?.(own, table.name, table.schema) ?? options(own, table.name);
    return parts.map(part => ({ sql: own.sql, ...around, ...part }));
  });
}

/** What is said of partitions is one clause to the end of the statement: the commas in it are between their names. */
function separate(clauses: readonly Clause[], whole: Clause): readonly Clause[] {
  const at = clauses.findIndex(
    own => /^(drop|truncate|reorganize|rebuild)$/.test(own.sign(0)) && own.has(1, 'partition'),
  );
  if (at < 0) return clauses;
  return [...clauses.slice(0, at), whole.slice(whole.words.indexOf(clauses[at]!.words[0]!))];
}

type Written = Part & { readonly sql?: string };
type Reader = (clause: Clause, table: string, schema: string | null) => Written[];

const CLAUSES: Readonly<Record<string, Reader>> = {
  add,
  drop,
  alter,
  change(clause, table) {
    const at = clause.has(1, 'column') ? 2 : 1;
    const to = columnAt(clause, at + 1);
    const from = clause.name(at);
    const renames = from.toLowerCase() !== to.name.toLowerCase();
    return [
      { do: 'change-column', table, column: from, to },
      ...(renames ? ([{ do: 'rename', kind: 'column', table, from, to: to.name }] as const) : []),
    ];
  },
  modify(clause, table) {
    const to = columnAt(clause, clause.has(1, 'column') ? 2 : 1);
    return [{ do: 'change-column', table, column: to.name, to }];
  },
  rename,
  convert(clause, table) {
    const charset = clause.has(1, 'to') ? clause.slice(2) : clause;
    return [{ do: 'set-charset', table, written: charsetOptions(charset), convert: true }];
  },
  force: (_, table) => [{ do: 'table-option', table, option: 'force', value: '' }],
  order: (_, table) => [{ do: 'table-option', table, option: 'order by', value: '' }],
  partition: (_, table) => [partitioning(table, 'by')],
  remove: (_, table) => [partitioning(table, 'remove')],
  truncate: partitions,
  reorganize: partitions,
  coalesce: partitions,
  rebuild: partitions,
  exchange: partitions,
};

function add(clause: Clause, table: string): Written[] {
  if (clause.has(1, 'partition')) return [partitioning(table, 'add', [], hasValues(clause))];
  const key = keyAt(clause, 1);
  if (key) {
    return 'index' in key
      ? [{ do: 'add-index', table, index: key.index }]
      : [{ do: 'add-constraint', table, constraint: key.constraint }];
  }
  const at = clause.has(1, 'column') ? 2 : 1;
  if (!clause.has(at, '(')) return [{ do: 'add-column', table, column: columnAt(clause, at) }];
  return clausesOf(clause.group(at).words, 0).flatMap((words): Written[] => {
    const element = clause.with(words);
    const sql = `ADD ${element.sql}`;
    const own = keyAt(element, 0);
    if (!own) return [{ do: 'add-column', table, column: columnAt(element, 0), sql }];
    return 'index' in own
      ? [{ do: 'add-index', table, index: own.index, sql }]
      : [{ do: 'add-constraint', table, constraint: own.constraint, sql }];
  });
}

function drop(clause: Clause, table: string): Written[] {
  switch (clause.sign(1)) {
    case 'partition':
      return partitions(clause, table);
    case 'primary':
      return [{ do: 'drop-primary-key', table }];
    case 'index':
    case 'key':
      return [{ do: 'drop-index', table, name: clause.name(2) }];
    case 'foreign':
      return [{ do: 'alter-table', table, how: 'inplace' }];
    case 'check':
      return [{ do: 'alter-table', table, how: 'instant' }];
    case 'constraint':
      return [{ do: 'drop-constraint', table, name: clause.name(2) }];
    default:
      return [{ do: 'drop-column', table, column: clause.name(clause.has(1, 'column') ? 2 : 1) }];
  }
}

function alter(clause: Clause, table: string): Written[] {
  if (/^(check|constraint)$/.test(clause.sign(1)))
    return [{ do: 'enforce-check', table, name: clause.name(2), enforced: !clause.has(3, 'not') }];
  return [{ do: 'alter-table', table, how: clause.has(1, 'index') ? 'inplace' : 'instant' }];
}

function rename(clause: Clause, table: string, schema: string | null): Written[] {
  if (/^(column|index|key)$/.test(clause.sign(1))) {
    const kind = clause.has(1, 'column') ? 'column' : 'index';
    return [{ do: 'rename', kind, table, from: clause.name(2), to: clause.name(4) }];
  }
  const to = clause.table(/^(to|as|=)$/.test(clause.sign(1)) ? 2 : 1);
  return to ? [{ do: 'rename', kind: 'table', table: null, from: table, to: target({ schema }, to) }] : [];
}

function partitions(clause: Clause, table: string): Written[] {
  const names = namesAt(clause.words, 2).map(({ name }) => name);
  return [partitioning(table, clause.sign(0), names)];
}

function partitioning(table: string, how: string, names: readonly string[] = [], values = false): Part {
  return { do: 'partition', table, how, names, hasValues: values };
}

function hasValues(clause: Clause): boolean {
  return clause.words.some(({ sign }) => sign === 'values');
}

const OPTIONS = ['engine', 'row_format', 'key_block_size', 'tablespace'] as const;

/** Options of the table, of which several may stand between two commas. PARTITION BY and its like need no comma before them. */
function options(clause: Clause, table: string): Written[] {
  const found: Written[] = [];
  for (const option of OPTIONS) {
    const value = optionValue(clause, option);
    if (value !== undefined) found.push({ do: 'table-option', table, option, value: value.toLowerCase() });
  }
  const written = charsetOptions(clause);
  if (written.charset !== null || written.collation !== null)
    found.push({ do: 'set-charset', table, written, convert: false });
  if (clause.find(0, 'partition', 'by') >= 0) found.push(partitioning(table, 'by'));
  if (clause.find(0, 'remove', 'partitioning') >= 0) found.push(partitioning(table, 'remove'));
  const how = /^(disable|enable|discard|import|with|without|analyze|check|repair|optimize)$/.test(clause.sign(0))
    ? 'instant'
    : 'inplace';
  return found.length > 0 ? found : [{ do: 'alter-table', table, how }];
}
