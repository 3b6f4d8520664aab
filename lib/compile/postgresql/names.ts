import { bodyNames } from './body.ts';
import type { Statement } from './statements.ts';
import { bodies, lastName, nameParts, type Tree } from './tree.ts';

/** Names of objects, last parts only, lower-cased. */
export interface Names {
  /** Relations, and whatever else a statement makes, changes or drops. */
  readonly names: Set<string>;
  /** What it may mean, if a migration of the folder makes such a thing. */
  readonly mentions: Set<string>;
  /** What it makes. */
  readonly creates: Set<string>;
}

/** Collect the names of one statement. Too many are safer than too few: they stop a plan, and the reader decides. */
export function collectNames({ node, facts }: Statement, into: Names): void {
  const [kind, tree] = Object.entries(node)[0] as [string, Tree];
  const add = (set: Set<string>, names: Iterable<string>) => {
    for (const name of names) if (name !== '') set.add(name.toLowerCase());
  };
  add(into.names, facts.relations);
  add(into.names, facts.implied);
  add(into.names, made(kind, tree));
  add(into.names, touched(kind, tree));
  add(into.creates, made(kind, tree));
  if (RELATION_MAKERS.has(kind)) {
    add(into.creates, facts.relations);
    add(into.creates, facts.implied);
  }
  add(into.mentions, facts.referred);
  add(
    into.mentions,
    facts.calls.map(call => call.name),
  );
  for (const text of [...facts.calls.flatMap(call => call.texts), ...facts.castTexts])
    add(into.mentions, [lastPart(text)]);
  if (kind === 'DoStmt' || kind === 'CreateFunctionStmt') {
    for (const body of [...bodies(tree.args), ...bodies(tree.options)]) add(into.mentions, bodyNames(body));
  }
}

/** Makers of relations: all relations of such a statement count as made, the referred ones were made elsewhere anyway. */
const RELATION_MAKERS = new Set([
  'CreateStmt',
  'CreateTableAsStmt',
  'ViewStmt',
  'CreateSeqStmt',
  'CreateForeignTableStmt',
  'CompositeTypeStmt',
  'AlterTableStmt',
]);

/** `public."Users"` → `Users`. */
function lastPart(text: string): string {
  return text.length > 200 ? '' : (text.split('.').at(-1) ?? '').replaceAll('"', '');
}

/** What a statement makes, where that is no relation written as one. */
function made(kind: string, tree: Tree): string[] {
  return [
    tree.idxname,
    tree.trigname,
    tree.rulename,
    tree.policy_name,
    tree.pubname,
    oldName(kind, tree),
    newName(kind, tree),
    own(kind, tree),
  ]
    .concat(lastName(tree.defnames), lastName(tree.domainname))
    .filter((name): name is string => typeof name === 'string');
}

function own(kind: string, tree: Tree): unknown {
  switch (kind) {
    case 'CreateFunctionStmt':
      return lastName(tree.funcname);
    case 'CreateEnumStmt':
    case 'CreateRangeStmt':
    case 'AlterEnumStmt':
    case 'AlterDomainStmt':
      return lastName(tree.typeName);
    case 'CreateSchemaStmt':
      return tree.schemaname;
    case 'CreateExtensionStmt':
    case 'AlterExtensionStmt':
    case 'AlterExtensionContentsStmt':
      return tree.extname;
    case 'CreateRoleStmt':
      return tree.role;
    case 'AlterRoleStmt':
    case 'AlterRoleSetStmt':
      return (tree.role as Tree | undefined)?.rolename;
    case 'AlterDefaultPrivilegesStmt':
      return 'default privileges';
    default:
      return undefined;
  }
}

/** The name of a renamed schema, role or the like, or of a subscription. */
function oldName(kind: string, tree: Tree): unknown {
  return kind === 'RenameStmt' && PARTS.test(String(tree.renameType)) ? undefined : tree.subname;
}

const PARTS = /COLUMN|CONSTRAINT|ATTRIBUTE/;

/** The new name of a renamed object; columns, constraints and the like are parts of one. */
function newName(kind: string, tree: Tree): unknown {
  return kind === 'RenameStmt' && !PARTS.test(String(tree.renameType)) ? tree.newname : undefined;
}

/** What is dropped, altered, commented or granted, where it is not written as a relation. */
function touched(kind: string, tree: Tree): string[] {
  const type = String(tree.removeType ?? tree.objtype ?? tree.objectType ?? tree.renameType ?? '');
  const objects = Array.isArray(tree.objects)
    ? (tree.objects as unknown[])
    : [tree.object, tree.func && { ObjectWithArgs: tree.func }];
  const names = objects.flatMap(object => ofObject(type, (object ?? {}) as Tree));
  // ALTER SEQUENCE … OWNED BY table.column
  for (const item of Array.isArray(tree.options) ? (tree.options as Tree[]) : []) {
    const { defname, arg } = (item.DefElem ?? {}) as { defname?: string; arg?: { List?: { items?: unknown } } };
    if (defname === 'owned_by') names.push(nameParts(arg?.List?.items).at(-2) ?? '');
  }
  return kind === 'DropRoleStmt' || kind === 'DropOwnedStmt' ? [...names, ...roles(tree.roles)] : names;
}

function ofObject(type: string, object: Tree): string[] {
  const {
    List,
    ObjectWithArgs,
    TypeName,
    String: text,
  } = object as {
    List?: { items?: unknown };
    ObjectWithArgs?: { objname?: unknown };
    TypeName?: { names?: unknown };
    String?: { sval?: string };
  };
  if (text?.sval) return [text.sval];
  const name = lastName(ObjectWithArgs?.objname) ?? lastName(TypeName?.names);
  if (name !== undefined) return [name];
  const parts = nameParts(List?.items);
  // `schema.table.column`, `schema.table.trigger`: of a column the table counts, of what has a name of its own in a table both.
  if (type === 'OBJECT_COLUMN') return parts.slice(-2, -1);
  return parts.slice(/TRIGGER|RULE|POLICY|TABCONSTRAINT/.test(type) && !type.includes('EVENT') ? -2 : -1);
}

function roles(list: unknown): string[] {
  return ((list as { RoleSpec?: { rolename?: string } }[] | undefined) ?? []).flatMap(
    item => item.RoleSpec?.rolename ?? [],
  );
}
