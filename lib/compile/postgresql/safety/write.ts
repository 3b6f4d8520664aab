import { deparseSync } from '@libpg-query/parser';
import type { Node } from '../parser.ts';
import type { Tree } from '../tree.ts';

/** Write a statement from its tree, with a semicolon. */
export function write(node: Node): string {
  return `${deparseSync({ version: 170004, stmts: [{ stmt: withTrue(node) }] })};`;
}

/** `true` as older parsers have it: the library writes its own form as `false`. */
const TRUE = {
  TypeCast: {
    arg: { A_Const: { sval: { sval: 't' } } },
    typeName: { names: [{ String: { sval: 'pg_catalog' } }, { String: { sval: 'bool' } }], typemod: -1 },
  },
};

function withTrue<T>(tree: T): T {
  if (Array.isArray(tree)) return tree.map(withTrue) as T;
  if (typeof tree !== 'object' || tree === null) return tree;
  const constant = (tree as { A_Const?: { boolval?: { boolval?: boolean } } }).A_Const;
  if (constant?.boolval?.boolval) return TRUE as T;
  return Object.fromEntries(Object.entries(tree).map(([name, value]) => [name, withTrue(value)])) as T;
}

/** The same statement with other values at its top: `write(withValues(node, { concurrent: true }))`. */
export function withValues(node: Node, values: Tree): Node {
  const [kind = ''] = Object.keys(node);
  return { [kind]: { ...(node as unknown as Record<string, Tree>)[kind], ...values } } as unknown as Node;
}

/** An `ALTER TABLE … ADD CONSTRAINT` with other values of its constraint, and as its own name where it has none. */
export function withConstraint(node: Node, values: Tree): Node {
  const [command] = commandsOf(node);
  const constraint = (command?.def as Record<string, Tree> | undefined)?.Constraint;
  return withCommand(node, { ...command, def: { Constraint: { ...constraint, ...values } } });
}

/** An `ALTER TABLE … ADD COLUMN` without the constraints of the kinds that are named. */
export function withoutConstraints(node: Node, ...kinds: readonly string[]): Node {
  const [command] = commandsOf(node);
  const column = (command?.def as Record<string, Tree> | undefined)?.ColumnDef;
  const all = (column?.constraints as { Constraint?: Tree }[] | undefined) ?? [];
  const constraints = all.filter(({ Constraint }) => !kinds.includes(String(Constraint?.contype)));
  return withCommand(node, { ...command, def: { ColumnDef: { ...column, constraints } } });
}

/** The constraint of a kind that an `ALTER TABLE … ADD COLUMN` gives to its column, as an `ALTER TABLE … ADD CONSTRAINT`. */
export function constraintOfColumn(node: Node, contype: string, column: string): Node {
  const [command] = commandsOf(node);
  const { constraints = [] } = ((command?.def as Record<string, Tree> | undefined)?.ColumnDef ?? {}) as {
    constraints?: { Constraint?: Tree }[];
  };
  const constraint = constraints.find(({ Constraint }) => Constraint?.contype === contype)?.Constraint;
  const keys = contype === 'CONSTR_FOREIGN' ? { fk_attrs: [{ String: { sval: column } }] } : {};
  return withCommand(node, { subtype: 'AT_AddConstraint', def: { Constraint: { ...constraint, ...keys } } });
}

/** The expression of a column's default, as PostgreSQL would read it. */
export function writeExpression(expression: unknown): string {
  const select = {
    SelectStmt: {
      targetList: [{ ResTarget: { val: expression } }],
      limitOption: 'LIMIT_OPTION_DEFAULT',
      op: 'SETOP_NONE',
    },
  };
  return write(select as unknown as Node)
    .replace(/^SELECT /, '')
    .replace(/;$/, '');
}

/** A name as it must be written. */
export function quote(name: string): string {
  return /^[a-z_][a-z0-9_$]*$/.test(name) ? name : `"${name.replaceAll('"', '""')}"`;
}

function commandsOf(node: Node): Tree[] {
  const { cmds = [] } = (node as { AlterTableStmt?: { cmds?: { AlterTableCmd?: Tree }[] } }).AlterTableStmt ?? {};
  return cmds.flatMap(({ AlterTableCmd }) => (AlterTableCmd ? [AlterTableCmd] : []));
}

function withCommand(node: Node, command: Tree): Node {
  return withValues(node, { cmds: [{ AlterTableCmd: command }] } as unknown as Tree);
}
