/** The parse tree as plain JSON, for what is looked for anywhere in it. */
export type Tree = { readonly [key: string]: unknown };

/**
 * Visit every object of a tree, parents before children, with the key under which it stands (of a list: the list's). With a stack of its
 * own: an expression may be thousands deep.
 */
export function walk(root: unknown, visit: (key: string, tree: Tree) => void): void {
  const keys = [''];
  const values = [root];
  while (values.length > 0) {
    const value = values.pop();
    const key = keys.pop()!;
    if (Array.isArray(value)) {
      for (let at = value.length - 1; at >= 0; at--) {
        keys.push(key);
        values.push(value[at]);
      }
    } else if (typeof value === 'object' && value !== null) {
      const tree = value as Tree;
      visit(key, tree);
      const children = Object.keys(tree);
      for (let at = children.length - 1; at >= 0; at--) {
        const child = tree[children[at]!];
        if (typeof child !== 'object') continue;
        keys.push(children[at]!);
        values.push(child);
      }
    }
  }
}

/** The strings of a qualified name: `[{ String: { sval } }, …]`. */
export function nameParts(list: unknown): string[] {
  if (!Array.isArray(list)) return [];
  return list.flatMap(item => {
    const text = (item as { String?: { sval?: string } }).String?.sval;
    return text === undefined ? [] : [text];
  });
}

/** The body of a `DO`, or the bodies of a function: the strings of their `AS`. */
export function bodies(options: unknown): string[] {
  if (!Array.isArray(options)) return [];
  return options.flatMap(item => {
    const { defname, arg } =
      (item as { DefElem?: { defname?: string; arg?: { List?: { items?: unknown } } } }).DefElem ?? {};
    if (defname !== 'as' || !arg) return [];
    return arg.List ? nameParts(arg.List.items) : [constant(arg)];
  });
}

/** Last part of a qualified name. */
export function lastName(list: unknown): string | undefined {
  return nameParts(list).at(-1);
}

/** The value of an option of a statement (`WITH (name = value)`, `(name)`), as text; `true` where it has none; undefined: not given. */
export function option(options: unknown, name: string): string | undefined {
  if (!Array.isArray(options)) return undefined;
  for (const item of options) {
    const { defname, arg } = (item as { DefElem?: { defname?: string; arg?: Tree } }).DefElem ?? {};
    if (defname === name) return arg === undefined ? 'true' : constant(arg);
  }
  return undefined;
}

/** Whether such an option is given and on. */
export function isOn(options: unknown, name: string): boolean {
  return ON.has(option(options, name)?.toLowerCase() ?? 'off');
}

/** Whether such an option is given and off. */
export function isOff(options: unknown, name: string): boolean {
  const value = option(options, name);
  return value !== undefined && !ON.has(value.toLowerCase());
}

const ON = new Set(['true', 'on', '1', 'yes', 't', 'y']);

/** A constant as text; '' for what is none. Zero, false and the empty string have no value in the tree. */
export function constant(node: unknown): string {
  const tree = node as {
    String?: { sval?: string };
    Integer?: { ival?: number };
    Boolean?: { boolval?: boolean };
    TypeName?: { names?: unknown };
    TypeCast?: { arg?: unknown };
    A_Const?: {
      sval?: { sval?: string };
      ival?: { ival?: number };
      boolval?: { boolval?: boolean };
      fval?: { fval?: string };
    };
  };
  if (tree.String) return tree.String.sval ?? '';
  if (tree.Integer) return String(tree.Integer.ival ?? 0);
  if (tree.Boolean) return String(tree.Boolean.boolval ?? false);
  if (tree.TypeName) return lastName(tree.TypeName.names) ?? '';
  if (tree.TypeCast) return constant(tree.TypeCast.arg);
  if (tree.A_Const?.sval) return tree.A_Const.sval.sval ?? '';
  if (tree.A_Const?.ival) return String(tree.A_Const.ival.ival ?? 0);
  if (tree.A_Const?.boolval) return String(tree.A_Const.boolval.boolval ?? false);
  if (tree.A_Const?.fval) return tree.A_Const.fval.fval ?? '';
  return '';
}
