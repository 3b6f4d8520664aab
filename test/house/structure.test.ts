import { posix } from 'node:path';
import { describe, expect, test } from 'vitest';
import { imports, type Node, nodesOf, type SourceFile, sources } from './source.ts';

describe('imports', () => {
  test('make no circle, types included', () => {
    const files = sources('lib', 'lambda', 'bin');
    expect(files.length).toBeGreaterThan(300);
    expect(circlesOf(graphOf(files))).toEqual([]);
  });
});

describe('functions', () => {
  /** The longest that a person sees at once. */
  const MAX_LINES = 60;

  const lengths = sources('lib/runner', 'lib/engine', 'lib/data-api').flatMap(functionsOf);

  test(`of runner, engines and data-api have at most ${MAX_LINES} lines`, () => {
    expect(lengths.length).toBeGreaterThan(500);
    const tooLong = lengths.filter(({ lines }) => lines > MAX_LINES);
    expect(tooLong).toEqual([]);
  });
});

describe('the test of the structure itself', () => {
  const file = (path: string, text: string): SourceFile => ({ path, text, code: text });

  test('finds a circle of types, over several files, once', () => {
    const files = [
      file('lib/a.ts', "import type { B } from './b.ts';"),
      file('lib/b.ts', "export { c } from './c/c.ts';"),
      file('lib/c/c.ts', "import { a } from '../a.ts';"),
      file('lib/d.ts', "import { a } from './a.ts';\nimport 'node:fs';"),
    ];
    expect(circlesOf(graphOf(files))).toEqual([['lib/a.ts', 'lib/b.ts', 'lib/c/c.ts']]);
    expect(circlesOf(graphOf(files.slice(1)))).toEqual([]);
  });

  test('counts the lines of functions of every kind, by their names', () => {
    const text =
      'function a() {\n  const b = () => {\n  };\n}\nclass C {\n  d() {\n  }\n  #e = () => 1;\n}\nconst f = { g() {\n\n}, h: () => 1 };\n';
    expect(functionsOf(file('x.ts', text)).map(({ name, lines }) => `${name} ${lines}`)).toEqual([
      'x.ts a 4',
      'x.ts b 2',
      'x.ts d 2',
      'x.ts #e 1',
      'x.ts g 3',
      'x.ts h 1',
    ]);
  });
});

/** Which files each file imports. */
function graphOf(files: readonly SourceFile[]): Map<string, string[]> {
  const known = new Set(files.map(({ path }) => path));
  return new Map(
    files.map(file => {
      const paths = imports(file).map(specifier => posix.join(posix.dirname(file.path), specifier));
      return [file.path, paths.filter(path => known.has(path))];
    }),
  );
}

/** The files that import each other in a circle: one list for all that hang together. By Tarjan's algorithm. */
function circlesOf(graph: ReadonlyMap<string, readonly string[]>): string[][] {
  const circles: string[][] = [];
  const numbers = new Map<string, number>();
  const lowest = new Map<string, number>();
  const open: string[] = [];
  const visit = (path: string) => {
    const number = numbers.size;
    numbers.set(path, number);
    lowest.set(path, number);
    open.push(path);
    for (const next of graph.get(path)!) {
      if (!numbers.has(next)) visit(next);
      if (open.includes(next)) lowest.set(path, Math.min(lowest.get(path)!, lowest.get(next)!));
    }
    if (lowest.get(path) !== number) return;
    const together = open.splice(open.indexOf(path));
    if (together.length > 1 || graph.get(path)!.includes(path)) circles.push(together.sort());
  };
  for (const path of graph.keys()) if (!numbers.has(path)) visit(path);
  return circles;
}

function functionsOf({ path, text }: SourceFile): { name: string; lines: number }[] {
  return nodesOf(text).flatMap(({ node, parents }) => {
    if (!/^(FunctionDeclaration|FunctionExpression|ArrowFunctionExpression)$/.test(node.type)) return [];
    const { start, end } = node as unknown as { start: number; end: number };
    return [{ name: `${path} ${nameOf(node, parents.at(-1)!)}`, lines: text.slice(start, end).split('\n').length }];
  });
}

/** The name of a function: its own, or that of the variable or the member that holds it. */
function nameOf(node: Node, parent: Node): string {
  const holder = (node.id ?? parent.key ?? (parent.type === 'VariableDeclarator' ? parent.id : undefined)) as
    | (Node & { name?: string })
    | undefined;
  const name = holder?.name ?? '(no name)';
  return holder?.type === 'PrivateIdentifier' ? `#${name}` : name;
}
