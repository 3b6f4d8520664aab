import { bodyWords } from './body.ts';
import type { Statement } from './pieces.ts';
import { constant, lastName, nameParts, type Tree, walk } from './tree.ts';

/** Names of objects, last parts only. */
export interface Names {
  /** Relations and whatever else the statement itself makes, changes or drops. */
  readonly names: Set<string>;
  /** What it may mean, if the folder makes such a thing. */
  readonly mentions: Set<string>;
  /** What it makes that is no relation, or may be looked for by name in a body. */
  readonly creates: Set<string>;
}

/** Collect the names of one statement. Too many are safer than too few: they stop a plan, and the reader decides. */
export function collectNames({ node }: Statement, into: Names): void {
  const add = (name: string | undefined) => name && into.names.add(name);
  const mention = (name: string | undefined) => name && into.mentions.add(name);
  for (const [key, tree] of walk(node)) {
    if (typeof tree.relname === 'string') add(tree.relname);
    if (key === 'FuncCall') {
      mention(lastName(tree.funcname));
      for (const arg of (tree.args as readonly unknown[] | undefined) ?? []) mentionText(constant(arg), into);
    }
    if (Array.isArray(tree.names)) mention(lastName(tree.names));
    if (key === 'TypeCast') mentionText(constant((tree as { arg?: unknown }).arg ?? {}), into);
    if (key === 'DoStmt' || key === 'CreateFunctionStmt') {
      for (const body of bodies(tree)) for (const word of bodyWords(body)) mention(word);
    }
  }
  const [kind, statement] = Object.entries(node)[0] as [string, Tree];
  for (const name of made(kind, statement)) {
    into.names.add(name);
    into.creates.add(name);
  }
  for (const [, tree] of walk(node))
    if (typeof tree.relname === 'string' && CREATORS.has(kind)) into.creates.add(tree.relname);
  for (const name of touched(kind, statement)) into.names.add(name);
}

const CREATORS = new Set([
  'CreateStmt',
  'CreateTableAsStmt',
  'ViewStmt',
  'CreateSeqStmt',
  'CreateForeignTableStmt',
  'CompositeTypeStmt',
  'RenameStmt',
]);

function mentionText(text: string, into: Names): void {
  const last = text.split('.').at(-1)?.replaceAll('"', '');
  if (last) into.mentions.add(last);
}

function bodies(tree: Tree): string[] {
  const elements = [
    ...((tree.args as unknown[] | undefined) ?? []),
    ...((tree.options as unknown[] | undefined) ?? []),
  ];
  return elements.flatMap(element => {
    const { defname, arg } =
      (element as { DefElem?: { defname?: string; arg?: { List?: { items?: unknown } } } }).DefElem ?? {};
    if (defname !== 'as' || !arg) return [];
    return arg.List ? nameParts(arg.List.items) : [constant(arg)];
  });
}

/** Names of what is made and is no relation. */
function made(kind: string, tree: Tree): string[] {
  const names = [
    tree.idxname,
    tree.trigname,
    tree.rulename,
    tree.policy_name,
    kind === 'CreateSchemaStmt' ? tree.schemaname : undefined,
    kind === 'CreateExtensionStmt' ? tree.extname : undefined,
    kind === 'CreateFunctionStmt' ? lastName(tree.funcname) : undefined,
    lastName(tree.defnames),
    lastName(tree.domainname),
    kind === 'CreateEnumStmt' || kind === 'CreateRangeStmt' ? lastName(tree.typeName) : undefined,
    kind === 'RenameStmt' && !PARTS.has(String(tree.renameType)) ? tree.newname : undefined,
  ];
  return names.filter((name): name is string => typeof name === 'string');
}

/** What is renamed inside of an object, and is none. */
const PARTS = new Set([
  'OBJECT_COLUMN',
  'OBJECT_TABCONSTRAINT',
  'OBJECT_DOMCONSTRAINT',
  'OBJECT_ATTRIBUTE',
  'OBJECT_ROLE',
  'OBJECT_DATABASE',
]);

/** Names of what is dropped, altered, commented, granted, and is not written as a relation. */
function touched(kind: string, tree: Tree): string[] {
  const objects =
    kind === 'DropStmt' || kind === 'GrantStmt' ? ((tree.objects as unknown[] | undefined) ?? []) : [tree.object];
  return objects.flatMap(object => {
    const {
      List,
      ObjectWithArgs,
      TypeName,
      String: text,
    } = (object ?? {}) as {
      List?: { items?: unknown };
      ObjectWithArgs?: { objname?: unknown };
      TypeName?: { names?: unknown };
      String?: { sval?: string };
    };
    if (text?.sval) return [text.sval];
    // Of `table.trigger` and `schema.table.column` all parts: which one is the relation depends on the kind.
    if (List) return nameParts(List.items);
    return [lastName(ObjectWithArgs?.objname) ?? lastName(TypeName?.names) ?? []].flat();
  });
}
