import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

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
