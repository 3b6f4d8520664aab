import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Compiled, type CompileOptions, compile } from '../../lib/compile/index.ts';
import { describe as inWords } from '../../lib/core/errors.ts';
import type { Migration, MigrationBody } from '../../lib/core/manifest.ts';

/** Files of a folder, by name, with their content. */
export type Files = Readonly<Record<string, string | Uint8Array>>;

/** Compile files that are written to a folder for the purpose; problems name them without it. */
export async function compileFiles(files: Files, options: Partial<CompileOptions> = {}): Promise<Compiled> {
  return withFolder(files, dir => compile({ dir, engine: 'postgresql', relativeTo: dir, ...options }));
}

/** One migration, `1_m.sql`, that must compile. */
export async function compileOne(sql: string): Promise<Migration & MigrationBody> {
  const { manifest, bodies, errors } = await compileFiles({ '1_m.sql': sql });
  if (errors.length > 0) throw new Error(errors.map(inWords).join('\n'));
  return { ...manifest.migrations[1]!, ...bodies.get('1_m')! };
}

/** What is wrong with one migration: `line:column code`, in order. */
export async function problemsOf(sql: string, which: 'errors' | 'warnings' = 'errors'): Promise<string[]> {
  const compiled = await compileFiles({ '1_m.sql': sql });
  return compiled[which].map(({ code, place }) => `${place?.line}:${place?.column} ${code}`);
}

/** The texts of the pieces that are statements. */
export function statementsOf({ up: { content, facts } }: Pick<MigrationBody, 'up'>): string[] {
  const bytes = Buffer.from(content);
  let at = 0;
  return facts.pieces.flatMap(length => {
    const piece = bytes.subarray(at, at + Math.abs(length)).toString();
    at += Math.abs(length);
    return length > 0 ? [piece] : [];
  });
}

export async function withFolder<T>(files: Files, work: (dir: string) => T | Promise<T>): Promise<T> {
  const dir = mkdtempSync(join(tmpdir(), 'compile-'));
  try {
    for (const [name, content] of Object.entries(files)) writeFileSync(join(dir, name), content);
    return await work(dir);
  } finally {
    rmSync(dir, { recursive: true });
  }
}
