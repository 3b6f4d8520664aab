import type { Node } from './parser.ts';
import { constant, lastName, nameParts, type Tree, walk } from './tree.ts';

/** What is looked for anywhere in the tree of a statement, gathered in one walk: a tree may have millions of nodes. */
export interface StatementFacts {
  /** Last parts of the names of relations, in any position. */
  readonly relations: ReadonlySet<string>;
  /** Functions called, with those of their arguments that are text. */
  readonly calls: readonly { readonly name: string; readonly texts: readonly string[] }[];
  /** Last parts of the names of types, and of functions that are named, not called. */
  readonly referred: ReadonlySet<string>;
  /** Texts cast to something: `'users'::regclass`. */
  readonly castTexts: readonly string[];
  /** Kinds of the statements that write rows, the statement itself included. */
  readonly writes: readonly Write[];
  /** Sequences and indexes that get their names by rule: `users_id_seq`, `users_pkey`. */
  readonly implied: ReadonlySet<string>;
}

export interface Write {
  readonly kind: 'InsertStmt' | 'UpdateStmt' | 'DeleteStmt' | 'MergeStmt';
  readonly table: string;
  readonly onConflict: boolean;
}

const WRITES = new Set(['InsertStmt', 'UpdateStmt', 'DeleteStmt', 'MergeStmt']);

export function statementFacts(node: Node): StatementFacts {
  const relations = new Set<string>();
  const calls: { name: string; texts: string[] }[] = [];
  const referred = new Set<string>();
  const castTexts: string[] = [];
  const writes: Write[] = [];
  const implied = new Set<string>();
  let owner = '';
  walk(node, (key, tree) => {
    if (key === 'A_Const' || key === 'String') return;
    if (typeof tree.relname === 'string') {
      relations.add(tree.relname);
      if (key === 'relation') owner = tree.relname;
    } else if (key === 'FuncCall') calls.push(callOf(tree));
    else if (key === 'TypeCast') castTexts.push(constant(tree.arg ?? {}));
    else if (WRITES.has(key)) writes.push(writeOf(key as Write['kind'], tree));
    else if (key === 'ColumnDef') for (const name of ofColumn(owner, tree)) implied.add(name);
    else if (key === 'Constraint') for (const name of ofConstraint(owner, tree)) implied.add(name);
    const other =
      lastName(tree.names) ?? lastName(tree.objname) ?? (key === 'FuncCall' ? undefined : lastName(tree.funcname));
    if (other !== undefined) referred.add(other);
  });
  return { relations, calls, referred, castTexts: castTexts.filter(Boolean), writes, implied };
}

function callOf(tree: Tree): { name: string; texts: string[] } {
  const args = (tree.args as readonly unknown[] | undefined) ?? [];
  return { name: lastName(tree.funcname) ?? '', texts: args.map(arg => constant(arg)) };
}

function writeOf(kind: Write['kind'], tree: Tree): Write {
  const { relname = '' } = (tree.relation ?? {}) as { relname?: string };
  return { kind, table: relname, onConflict: tree.onConflictClause !== undefined };
}

const SERIAL = /^(small|big)?serial[248]?$/;

function ofColumn(table: string, column: Tree): string[] {
  const type = lastName((column.typeName as Tree | undefined)?.names) ?? '';
  const constraints =
    (column.constraints as { Constraint?: { contype?: string; conname?: string } }[] | undefined) ?? [];
  const has = (kind: string) => constraints.some(item => item.Constraint?.contype === kind && !item.Constraint.conname);
  const name = `${table}_${column.colname}`;
  return [
    ...(SERIAL.test(type) || has('CONSTR_IDENTITY') ? [`${name}_seq`] : []),
    ...(has('CONSTR_UNIQUE') ? [`${name}_key`] : []),
  ];
}

function ofConstraint(table: string, { contype, conname, keys, indexname }: Tree): string[] {
  const name = typeof conname === 'string' ? conname : undefined;
  const index = typeof indexname === 'string' ? [indexname] : [];
  if (contype === 'CONSTR_PRIMARY') return [name ?? `${table}_pkey`, ...index];
  if (contype === 'CONSTR_EXCLUSION') return name ? [name] : [];
  if (contype !== 'CONSTR_UNIQUE') return [];
  const columns = nameParts(keys);
  return [...(name ? [name] : columns.length > 0 ? [`${table}_${columns.join('_')}_key`] : []), ...index];
}
