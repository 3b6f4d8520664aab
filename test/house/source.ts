import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseAst } from 'vitest/node';

export const ROOT = fileURLToPath(new URL('../../', import.meta.url));

export interface SourceFile {
  /** From the root: `lib/core/name.ts`. */
  readonly path: string;
  readonly text: string;
  /** The text without comments. */
  readonly code: string;
}

/** Every TypeScript file below these folders. A folder that is not there has none. */
export function sources(...folders: string[]): SourceFile[] {
  return folders.flatMap(folder =>
    entries(folder)
      .filter(path => path.endsWith('.ts'))
      .map(path => {
        const text = readFileSync(ROOT + path, 'utf8');
        return { path, text, code: text.replace(/\/\*[\s\S]*?\*\/|(?<=^|\s)\/\/.*$/gm, '') };
      }),
  );
}

/** A piece of a program, as the parser gives it (ESTree): only what is looked at. */
export interface Node {
  readonly type: string;
  readonly [member: string]: unknown;
}

/** All of a program in TypeScript, each with what is around it, from the outside in. */
export function nodesOf(text: string): { readonly node: Node; readonly parents: readonly Node[] }[] {
  const found: { node: Node; parents: readonly Node[] }[] = [];
  const visit = (value: unknown, parents: readonly Node[]) => {
    if (Array.isArray(value)) for (const one of value) visit(one, parents);
    else if (typeof value === 'object' && value !== null && typeof (value as Node).type === 'string') {
      const node = value as Node;
      found.push({ node, parents });
      const inside = [...parents, node];
      for (const member of Object.values(node)) if (typeof member === 'object') visit(member, inside);
    }
  };
  visit(parseAst(text, { lang: 'ts' }), []);
  return found;
}

/** What a file imports or exports from elsewhere, types and dynamic imports included. */
export function imports({ code }: SourceFile): string[] {
  const patterns = [
    /^\s*(?:import|export)\b[^'"`;]*?\bfrom\s*['"]([^'"]+)['"]/gm,
    /^\s*import\s*['"]([^'"]+)['"]/gm,
    /\bimport\(\s*['"]([^'"]+)['"]/g,
    /\brequire(?:\.resolve)?\(\s*['"]([^'"]+)['"]/g,
    /\bimport\.meta\.resolve\(\s*['"]([^'"]+)['"]/g,
  ];
  return patterns.flatMap(pattern => [...code.matchAll(pattern)].map(([, specifier]) => specifier!));
}

function entries(folder: string): string[] {
  try {
    return readdirSync(ROOT + folder, { recursive: true, encoding: 'utf8' }).map(
      path => `${folder}/${path.replaceAll('\\', '/')}`,
    );
  } catch {
    return [];
  }
}
